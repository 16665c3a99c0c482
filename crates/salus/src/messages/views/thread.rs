//! One conversation, and the form for an answer.

use askama::Template;

use super::{SAMPLE_ID, SAMPLE_RTL_TEXT, SAMPLE_WHEN, Writing, sample_writing};
use crate::shell::{
    urls,
    view::{
        ChartBanner, Field, Place, SAMPLE_LONG_NAME, SAMPLE_PATIENT, SAMPLE_RTL_NAME, View, initials, sample_banner,
        sample_phone,
    },
    words::{self, filters},
};

/// One message.
#[derive(Clone)]
pub struct Bubble {
    /// Its place in the conversation.
    pub number: u64,
    /// Whether the reader's own side wrote it.
    pub own: bool,
    /// Whether the reader has not seen it before.
    pub fresh: bool,
    /// Who wrote it.
    pub who: String,
    /// What they are, such as "Nurse"; empty for the reader.
    pub role: String,
    /// For the round picture.
    pub initials: String,
    /// "9:10 am Central Time".
    pub time: String,
    /// What they wrote.
    pub body: String,
    /// Whether and when the other side read it; for own messages.
    pub receipt: Option<String>,
}

/// The messages of one day.
#[derive(Clone)]
pub struct Day {
    /// "Sunday, November 22, 2026".
    pub day: String,
    /// Its messages, oldest first.
    pub bubbles: Vec<Bubble>,
}

/// Whether the reader can answer.
#[derive(Clone, PartialEq, Eq)]
pub enum Can {
    /// They can.
    Yes,
    /// It is closed; a new one can be begun at this address.
    Closed(String),
    /// Nobody on the care team would read it.
    NobodyReads,
    /// Somebody else is answering, by this name.
    TakenBy(String),
}

/// Who answers, for the care team.
#[derive(Clone)]
pub struct ClaimBox {
    /// Who has it and since when, in words; or that nobody has.
    pub text: String,
    /// What can be done: the word of a form, and the button's words.
    pub action: Option<(&'static str, String)>,
    /// Whose account has it, for taking it over.
    pub holder: String,
}

/// One conversation.
#[derive(Clone, Template)]
#[template(path = "messages/templates/thread.html")]
pub struct Thread {
    /// Whose chart.
    pub patient: String,
    /// The conversation.
    pub id: String,
    /// Whose chart that is, when staff look at it.
    pub banner: Option<ChartBanner>,
    /// In the words of who began it.
    pub subject: String,
    /// What it is about.
    pub topic: String,
    /// Who reads it: names with what they work as.
    pub readers: Vec<String>,
    /// The page with what was written before.
    pub earlier: Option<String>,
    /// What was written, by day.
    pub days: Vec<Day>,
    /// Who answers; for the care team, while it is open.
    pub claim: Option<ClaimBox>,
    /// Whether the reader can answer.
    pub can: Can,
    /// The form for an answer.
    pub form: Writing,
    /// That this form was sent already, with other words.
    pub sent_before: bool,
    /// Within how many working days the team usually answers.
    pub answer_days: u64,
    /// The clinic's telephone number.
    pub clinic_phone: String,
}

impl Thread {
    fn is_closed(&self) -> bool {
        matches!(self.can, Can::Closed(_))
    }
}

impl View for Thread {
    fn title(&self) -> String {
        // Nothing that somebody wrote: the browser's history is not the place for it.
        words::t("messages-thread-title")
    }

    fn place(&self) -> Place {
        Place::Messages
    }

    fn has_problems(&self) -> bool {
        !self.form.problems().is_empty()
    }

    fn samples() -> Vec<(&'static str, Self)> {
        let bubble = |number, own, who: &str, role: &str, body: &str, receipt: Option<&str>| Bubble {
            number,
            own,
            fresh: false,
            who: if own { words::t("messages-you") } else { who.to_owned() },
            role: role.to_owned(),
            initials: initials(who),
            time: "9:10\u{a0}am Central\u{a0}Time".to_owned(),
            body: body.to_owned(),
            receipt: receipt.map(str::to_owned),
        };
        let read = words::t1("messages-read-by-team", "when", SAMPLE_WHEN);
        let unread = words::t("messages-unread-by-team");
        let question = "Hi, here are my readings for the last two weeks.\nThe mornings seem higher than the evenings.\n\nShould I change when I take my tablet?";
        let answer = "Thanks Maya, that is really helpful. I have passed these to Dr. Park, who will look at them tomorrow. Please keep taking your tablet at the same time for now.";
        let days = vec![
            Day {
                day: "Thursday, November 19, 2026".to_owned(),
                bubbles: vec![
                    bubble(1, true, "Maya Okafor", "", question, Some(&read)),
                    bubble(2, false, "Dana Whitfield", "Nurse", answer, None),
                ],
            },
            Day {
                day: "Sunday, November 22, 2026".to_owned(),
                bubbles: vec![
                    Bubble {
                        fresh: true,
                        ..bubble(
                            3,
                            false,
                            "Dr. Lena Park",
                            "Doctor",
                            "Taking the tablet in the evening is fine. Let’s check again at your visit on Wednesday.",
                            None,
                        )
                    },
                    bubble(4, true, "Maya Okafor", "", "Thank you! 👍🏽", Some(&unread)),
                ],
            },
        ];
        let normal = Self {
            patient: SAMPLE_PATIENT.to_owned(),
            id: SAMPLE_ID.to_owned(),
            banner: None,
            subject: "Your blood pressure readings".to_owned(),
            topic: words::t("messages-topic-health"),
            readers: vec!["Dr. Lena Park, Doctor".to_owned(), "Dana Whitfield, Nurse".to_owned()],
            earlier: None,
            days,
            claim: None,
            can: Can::Yes,
            form: sample_writing(),
            sent_before: false,
            answer_days: 2,
            clinic_phone: sample_phone(),
        };
        let error = Self {
            form: Writing { body: Field::wrong("", words::t("messages-problem-body")), ..sample_writing() },
            ..normal.clone()
        };
        let draft = Self {
            form: Writing {
                body: Field::typed("One more thing:"),
                saved: Some(words::t1("messages-draft-saved", "when", SAMPLE_WHEN)),
                ..sample_writing()
            },
            ..normal.clone()
        };
        let closed = Self { can: Can::Closed(urls::messages_new(SAMPLE_PATIENT)), ..normal.clone() };
        let closed_draft = Self { can: closed.can.clone(), ..draft.clone() };
        let nobody = Self { can: Can::NobodyReads, readers: Vec::new(), ..draft.clone() };
        let sent_before = Self { sent_before: true, ..draft.clone() };
        let long = Self {
            subject: format!("{SAMPLE_LONG_NAME}: {SAMPLE_LONG_NAME}"),
            readers: vec![format!("{SAMPLE_LONG_NAME}, Doctor"), format!("{SAMPLE_RTL_NAME}, Nurse")],
            days: vec![Day {
                day: "Sunday, November 22, 2026".to_owned(),
                bubbles: vec![
                    bubble(1, true, SAMPLE_LONG_NAME, "", &"x".repeat(300), Some(&unread)),
                    bubble(2, false, SAMPLE_LONG_NAME, "Doctor", SAMPLE_LONG_NAME, None),
                    bubble(3, false, SAMPLE_RTL_NAME, "Nurse", SAMPLE_RTL_TEXT, None),
                ],
            }],
            ..normal.clone()
        };
        let rtl = Self {
            subject: SAMPLE_RTL_TEXT.to_owned(),
            days: vec![Day {
                day: "Sunday, November 22, 2026".to_owned(),
                bubbles: vec![
                    bubble(1, true, SAMPLE_RTL_NAME, "", SAMPLE_RTL_TEXT, Some(&read)),
                    bubble(2, false, SAMPLE_RTL_NAME, "Doctor", SAMPLE_RTL_TEXT, None),
                ],
            }],
            ..normal.clone()
        };
        let many = Self {
            earlier: Some(format!("{}?before=5", urls::thread(SAMPLE_PATIENT, SAMPLE_ID))),
            days: vec![Day {
                day: "Sunday, November 22, 2026".to_owned(),
                bubbles: (5..55)
                    .map(|number| bubble(number, number % 3 == 0, "Dana Whitfield", "Nurse", answer, None))
                    .collect(),
            }],
            ..normal.clone()
        };
        let claim = |text: String, action: Option<(&'static str, &str)>| {
            let action = action.map(|(word, id)| (word, words::t(id)));
            Some(ClaimBox { text, action, holder: SAMPLE_ID.to_owned() })
        };
        let for_staff = |mut view: Self| {
            for bubble in view.days.iter_mut().flat_map(|day| &mut day.bubbles) {
                bubble.own = !bubble.own;
                if !bubble.own {
                    bubble.who = "Maya Okafor".to_owned();
                    bubble.role = words::t("messages-role-patient");
                    bubble.receipt = None;
                }
            }
            Self { banner: Some(sample_banner()), ..view }
        };
        let staff = Self {
            claim: claim(words::t("messages-claim-nobody"), Some(("take", "messages-claim-take"))),
            ..for_staff(normal.clone())
        };
        let mine = words::t1("messages-claim-mine", "when", SAMPLE_WHEN);
        let staff_mine = Self { claim: claim(mine, Some(("give-back", "messages-claim-give-back"))), ..staff.clone() };
        let other =
            words::t_with("messages-claim-other", [("name", "Dana Whitfield".into()), ("when", SAMPLE_WHEN.into())]);
        let staff_other = Self {
            claim: claim(other, Some(("take-over", "messages-claim-take-over"))),
            can: Can::TakenBy("Dana Whitfield".to_owned()),
            ..staff.clone()
        };
        let staff_closed = Self { can: closed.can.clone(), claim: None, ..staff.clone() };
        vec![
            ("normal", normal),
            ("error", error),
            ("draft", draft),
            ("closed", closed),
            ("closed-draft", closed_draft),
            ("nobody-reads", nobody),
            ("sent-before", sent_before),
            ("long-names", long),
            ("right-to-left", rtl),
            ("50-rows", many),
            ("staff", staff),
            ("staff-mine", staff_mine),
            ("staff-other", staff_other),
            ("staff-closed", staff_closed),
        ]
    }
}
