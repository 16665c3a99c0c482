//! A conversation from end to end, what people type, drafts, and who answers.

use salus_kernel::{MINUTE, Role};

use super::{begun, field, nurse, treats, typed};
use crate::{messages::model::LONGEST_BODY, salus_test, shell::urls, testing::Postbox};

salus_test! {
async fn a_patient_asks_the_team_answers_and_the_patient_thanks(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let dana = nurse(&w, "Dana Whitfield", ana.patient).await;
    let postbox = Postbox::new();
    let (list, new) = (urls::messages(ana.patient), urls::messages_new(ana.patient));
    ana.get(&list).await.is_ok().shows("You have no messages yet").shows("Not for emergencies.").shows("call 911").shows("within 2 working days");
    ana.get(&new).await.is_ok().shows("Dana Whitfield, Nurse").shows("Not for emergencies.");
    postbox.work(&w).await;
    let before = postbox.mails().await.len();
    let fields = [("topic", "medicines"), ("subject", "My new tablet"), ("body", "Before or after a meal?\n\nThank you.")];
    let sent = ana.post(&list, &fields).await;
    let thread = sent.location().to_owned();
    sent.goes_to(&thread);
    ana.get(&thread).await.is_ok().shows("My new tablet").shows("Medicines").shows("Before or after a meal?").shows("You").shows("Not read yet").shows("9:0").shows("Central Time").shows("Your message is sent");
    ana.get(&list).await.is_ok().shows("My new tablet").shows("Waiting for an answer").hides("new</span>");
    // A patient's message tells nobody by mail: it stands in the inbox.
    postbox.work(&w).await;
    assert_eq!(postbox.mails().await.len(), before, "a mail for a patient's message");

    dana.get(urls::INBOX).await.is_ok().shows("1 conversation with a patient in your care waits").shows("Ana Ruiz").shows("My new tablet").shows("Nobody yet").hides("Before or after");
    dana.get(&list).await.is_ok().shows("1 new").shows("The patient wrote last");
    let page = dana.get(&thread).await;
    page.is_ok().shows("Before or after a meal?").shows("Ana Ruiz , Patient").shows("Nobody has taken this one yet").shows("New");
    ana.get(&thread).await.is_ok().shows("Read by your care team");
    w.advance(MINUTE);
    dana.get(&thread).await.is_ok();
    dana.post(&thread, &[("body", "After a meal, Ana."), ("submission", &field(&page, "submission"))]).await.goes_to(&thread);
    postbox.work(&w).await;
    let mails = postbox.mails().await;
    assert_eq!(mails.len(), before + 1, "one mail for the answer");
    let mail = mails.last().unwrap();
    assert!(mail.contains(&ana.email), "{mail}");
    for secret in ["tablet", "meal", "Dana", "Ruiz", "Medicines"] {
        assert!(!mail.contains(secret), "{secret} in {mail}");
    }
    // Answering claims.
    dana.get(&thread).await.is_ok().shows("You have taken this one").shows("Not read by the patient yet");
    dana.get(urls::INBOX).await.is_ok().shows("No message from a patient in your care waits").shows("Answered");
    ana.get(&list).await.is_ok().shows("1 new").shows("Your care team wrote last");
    ana.get(&thread).await.is_ok().shows("After a meal, Ana.").shows("Dana Whitfield , Nurse");
    ana.get(&list).await.is_ok().hides("s-count");
    dana.get(&thread).await.is_ok().shows("Read by the patient");
    w.advance(MINUTE);
    ana.get(&thread).await.is_ok();
    ana.post(&thread, &[("body", "Thank you!")]).await.goes_to(&thread);
    dana.get(&format!("{}?show=mine", urls::INBOX)).await.is_ok().shows("Ana Ruiz").shows("Waiting").shows("Give it back");
    let page = dana.get(&thread).await;
    let order: Vec<usize> = ["Before or after", "After a meal", "Thank you!"].iter().map(|text| page.body.find(text).unwrap()).collect();
    assert!(order.is_sorted(), "{order:?}");

    // What the patient reads about it, and the rows are as they were written.
    ana.get(&urls::access_log(ana.patient)).await.is_ok().shows("Dana Whitfield").shows("Wrote a message in your record").shows("Read your messages");
    w.rows_are_intact().await;
}
}

salus_test! {
async fn what_cannot_be_sent_comes_back_as_it_was_typed(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    nurse(&w, "Dana Whitfield", ana.patient).await;
    let (list, new) = (urls::messages(ana.patient), urls::messages_new(ana.patient));
    let page = ana.get(&new).await;
    let number = field(&page, "submission");
    let page = ana.post(&list, &[("topic", ""), ("subject", ""), ("body", "  "), ("submission", &number)]).await;
    page.is(422).shows("Choose what your message is about").shows("Enter a subject").shows("Write your message").shows("Error:");
    let long = "é".repeat(LONGEST_BODY + 1);
    let page = ana.post(&list, &[("topic", "results"), ("subject", &"s".repeat(121)), ("body", &long), ("submission", &number)]).await;
    page.is(422).shows("it has 10,001 characters, and 10,000 fit").shows("it has 121 characters, and 120 fit");
    assert_eq!(typed(&page), long);
    assert!(page.body.contains("<option value=\"results\" selected>") && page.body.contains(&"s".repeat(121)));
    assert_eq!(field(&page, "submission"), number, "the form is another one");
    let page = ana.post(&list, &[("topic", "spells"), ("subject", "x"), ("body", "<script>alert(1)</script> & \"more\"")]).await;
    page.is(422).shows("Choose what your message is about").hides("<script>alert");
    ana.get(&list).await.is_ok().shows("You have no messages yet");

    // As long as can be, every script, and lines as they were.
    for text in ["é".repeat(LONGEST_BODY), "👩🏽‍⚕️👍🏽".repeat(1_000), "صباح الخير\u{200f}\n\nهل آخذه قبل الأكل؟ (500 mg)".to_owned(), "<b>a</b> &amp; b".to_owned()] {
        ana.get(&new).await.is_ok();
        let sent = ana.post(&list, &[("topic", "other"), ("subject", "د. ليلى 👩🏽‍⚕️"), ("body", &text)]).await;
        let page = ana.get(sent.location()).await;
        let shown = page.body.split("class=\"s-said__text\" dir=\"auto\">").nth(1).unwrap().split("</div>").next().unwrap();
        let shown = shown.replace("&#60;", "<").replace("&#62;", ">").replace("&lt;", "<").replace("&gt;", ">").replace("&#38;", "&").replace("&amp;amp;", "&amp;");
        assert!(shown == text, "{:?} is not {:?}", &shown.chars().take(40).collect::<String>(), &text.chars().take(40).collect::<String>());
        page.shows("د. ليلى 👩🏽‍⚕️");
    }
    // The same in a conversation.
    let thread = urls::thread(ana.patient, begun(&ana, ana.patient, "x").await);
    ana.get(&thread).await.is_ok();
    assert_eq!(typed(ana.post(&thread, &[("body", &long)]).await.is(422).shows("10,001")), long);
    ana.post(&thread, &[("body", "")]).await.is(422).shows("Write your message").shows("x body");
}
}

salus_test! {
async fn a_form_that_is_sent_twice_is_one_message(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    nurse(&w, "Dana Whitfield", ana.patient).await;
    let list = urls::messages(ana.patient);
    let number = field(&ana.get(&urls::messages_new(ana.patient)).await, "submission");
    let fields = [("topic", "other"), ("subject", "Once"), ("body", "Only once"), ("submission", number.as_str())];
    let pages = futures_util::future::join_all((0..5).map(|_| ana.post(&list, &fields))).await;
    let thread = pages[0].location().to_owned();
    assert!(pages.iter().all(|page| page.status == 303 && page.location() == thread), "{:?}", pages.iter().map(|page| (page.status, page.location())).collect::<Vec<_>>());
    ana.post(&list, &fields).await.goes_to(&thread);
    assert_eq!(ana.get(&list).await.body.matches("s-row__link").count(), 1);
    let page = ana.get(&thread).await;
    assert_eq!(page.body.matches("Only once").count(), 1);
    let number = field(&page, "submission");
    let fields = [("body", "And once more"), ("submission", number.as_str())];
    let pages = futures_util::future::join_all((0..5).map(|_| ana.post(&thread, &fields))).await;
    assert!(pages.iter().all(|page| page.status == 303 && page.location() == thread));
    assert_eq!(ana.get(&thread).await.body.matches("And once more").count(), 1);
    // The same form with other words, from another tab: they are not lost, and not sent unasked.
    let page = ana.post(&thread, &[("body", "Other words"), ("submission", &number)]).await;
    page.is(422).shows("You sent this message already, with other words");
    assert_eq!(typed(&page), "Other words");
    assert_ne!(field(&page, "submission"), number);
    ana.post(&thread, &[("body", "Other words"), ("submission", &field(&page, "submission"))]).await.goes_to(&thread);
    assert_eq!(ana.get(&thread).await.body.matches("Other words").count(), 1);
    w.rows_are_intact().await;
}
}

salus_test! {
async fn a_draft_survives_logoff_and_another_device_and_ends_when_it_is_sent(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let dana = nurse(&w, "Dana Whitfield", ana.patient).await;
    let (list, new, keep) = (urls::messages(ana.patient), urls::messages_new(ana.patient), urls::messages_new_draft(ana.patient));
    let number = field(&ana.get(&new).await, "submission");
    let fields = [("topic", "papers"), ("subject", "A letter"), ("body", "Dear team,\n\nI need"), ("submission", number.as_str())];
    ana.post(&keep, &fields).await.goes_to(&new);
    ana.get(&new).await.is_ok().shows("Your draft is saved").shows("Draft saved Sunday");
    ana.post(urls::SIGN_OUT, &[]).await.is(303);
    let phone = w.browser();
    w.sign_in_with(&ana, &phone).await;
    phone.get(&list).await.is_ok().shows("Go on with your draft").shows("You have no messages yet");
    let page = phone.get(&new).await;
    assert_eq!((typed(&page).as_str(), field(&page, "submission").as_str()), ("Dear team,\n\nI need", number.as_str()));
    assert!(page.body.contains("value=\"A letter\"") && page.body.contains("<option value=\"papers\" selected>"));
    // Nobody else sees it, not even on the team.
    dana.get(&new).await.is_ok().hides("A letter").hides("Dear team");
    dana.get(urls::INBOX).await.is_ok().hides("A letter");
    let sent = phone.post(&list, &[("topic", "papers"), ("subject", "A letter"), ("body", "Dear team, I need it."), ("submission", &number)]).await;
    let thread = sent.location().to_owned();
    // A save of the same form that comes late brings nothing back.
    phone.get(&thread).await.is_ok();
    phone.post(&keep, &fields).await.is(303);
    phone.get(&new).await.is_ok().hides("A letter").hides("Draft saved Sunday");
    phone.get(&list).await.is_ok().shows("Write a new message");

    // One for each conversation and each person.
    let keep = format!("{thread}/draft");
    phone.post(&keep, &[("body", "PS: by Friday")]).await.goes_to(&thread);
    dana.get(&thread).await.is_ok().hides("by Friday");
    dana.post(&keep, &[("body", "We will see")]).await.goes_to(&thread);
    phone.get(&list).await.is_ok().shows("Draft");
    assert_eq!(typed(&phone.get(&thread).await), "PS: by Friday");
    assert_eq!(typed(&dana.get(&thread).await), "We will see");
    phone.post(&keep, &[("body", "PS: by Monday")]).await.goes_to(&thread);
    assert_eq!(typed(&phone.get(&thread).await), "PS: by Monday");
    phone.post(&keep, &[("body", "PS: by Monday"), ("discard", "yes")]).await.goes_to(&thread);
    assert_eq!(typed(phone.get(&thread).await.shows("Your draft is deleted")), "");
    assert_eq!(typed(&dana.get(&thread).await), "We will see");
    w.rows_are_intact().await;
}
}

salus_test! {
async fn of_two_who_claim_at_once_one_has_it_and_the_other_sees_who(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let dana = nurse(&w, "Dana Whitfield", ana.patient).await;
    let omar = nurse(&w, "Omar Haddad", ana.patient).await;
    let id = begun(&ana, ana.patient, "x").await;
    let (thread, claim) = (urls::thread(ana.patient, &id), urls::thread_claim(ana.patient, &id));
    for person in [&dana, &omar] {
        person.get(urls::INBOX).await.is_ok();
    }
    let take = [("what", "take")];
    let (one, two) = futures_util::join!(dana.post(&claim, &take), omar.post(&claim, &take));
    one.goes_to(&thread);
    two.goes_to(&thread);
    let (of_dana, of_omar) = (dana.get(&thread).await.text(), omar.get(&thread).await.text());
    let (has, hasnt, loser, winner) = if of_dana.contains("You have taken this one") { (&of_dana, &of_omar, &omar, "Dana Whitfield") } else { (&of_omar, &of_dana, &dana, "Omar Haddad") };
    assert!(has.contains("You answer this one. Your colleagues see that.") && has.contains("Give it back"));
    assert!(hasnt.contains("Somebody else was faster") && hasnt.contains(&format!("{winner} has taken this one")), "{hasnt}");
    // Who does not have it does not answer over them, and what they typed stays.
    let page = loser.post(&thread, &[("body", "My answer")]).await;
    page.is(422).shows(&format!("{winner} is answering")).shows("What you wrote is still here");
    assert_eq!(typed(&page), "My answer");
    // They can take it over from whom they saw, and from nobody else.
    let winner = if winner == "Dana Whitfield" { &dana } else { &omar };
    loser.post(&claim, &[("what", "take-over"), ("holder", &loser.account.to_string())]).await.goes_to(&thread);
    loser.get(&thread).await.shows("Somebody else was faster");
    loser.post(&claim, &[("what", "take-over"), ("holder", &winner.account.to_string())]).await.goes_to(&thread);
    loser.get(&thread).await.shows("You have taken this one");
    winner.post(&claim, &[("what", "give-back")]).await.goes_to(&thread);
    loser.get(&thread).await.shows("You have taken this one");
    loser.post(&thread, &[("body", "My answer")]).await.goes_to(&thread);
    loser.post(&claim, &[("what", "give-back")]).await.goes_to(&thread);
    winner.get(&thread).await.shows("Nobody has taken this one yet").shows("My answer");
    winner.post(&claim, &[("what", "steal")]).await.is(400);
    // Two answers in one moment: one is sent, and the other comes back.
    ana.get(&thread).await.is_ok();
    ana.post(&thread, &[("body", "And?")]).await.goes_to(&thread);
    let (one, two) = futures_util::join!(dana.post(&thread, &[("body", "From Dana")]), omar.post(&thread, &[("body", "From Omar")]));
    let mut both = [one.status.as_u16(), two.status.as_u16()];
    both.sort_unstable();
    assert_eq!(both, [303, 422]);
    let page = ana.get(&thread).await;
    assert_eq!(page.body.matches("From Dana").count() + page.body.matches("From Omar").count(), 1);
    w.rows_are_intact().await;
}
}

salus_test! {
async fn a_closed_conversation_is_read_and_a_new_one_begins_with_its_topic(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    let dana = nurse(&w, "Dana Whitfield", ana.patient).await;
    let id = begun(&ana, ana.patient, "x").await;
    let (thread, state) = (urls::thread(ana.patient, &id), urls::thread_state(ana.patient, &id));
    ana.get(&thread).await.is_ok();
    ana.post(&format!("{thread}/draft"), &[("body", "One more")]).await.goes_to(&thread);
    ana.post(&state, &[("closed", "yes")]).await.is_not_found();
    dana.get(&thread).await.is_ok();
    dana.post(&state, &[("closed", "yes")]).await.goes_to(&thread);
    dana.get(urls::INBOX).await.is_ok().shows("Closed").shows("No message from a patient in your care waits");
    // What was begun is moved to a new one, with the topic.
    ana.get(&thread).await.is_ok().shows("This conversation is closed").shows("Start a new message with this").shows("x body");
    let page = ana.post(&thread, &[("body", "One more thing")]).await;
    page.is(422).shows("Start a new message with this");
    assert_eq!(typed(&page), "One more thing");
    ana.post(&urls::messages_new_draft(ana.patient), &[("from", &id), ("body", "One more thing")]).await.goes_to(&urls::messages_new(ana.patient));
    let page = ana.get(&urls::messages_new(ana.patient)).await;
    assert_eq!(typed(&page), "One more thing");
    assert!(page.body.contains("<option value=\"health\" selected>"), "the topic is gone");
    ana.get(&thread).await.is_ok().shows("Start a new message").hides("with this");
    assert!(ana.get(&thread).await.body.contains("/messages/new?topic=health"));
    dana.post(&thread, &[("body", "Too late")]).await.is(422).shows("This conversation is closed");
    dana.post(&state, &[("closed", "no")]).await.goes_to(&thread);
    ana.get(&thread).await.is_ok();
    ana.post(&thread, &[("body", "Thanks for opening it again")]).await.goes_to(&thread);
    w.rows_are_intact().await;
}
}

salus_test! {
async fn the_team_writes_first_too_and_the_inbox_lists_what_waits_longest_first(w: World) {
    let dana = treats(&w, "Dana Whitfield", Role::Nurse).await;
    let mut people = Vec::new();
    for name in ["Ana Ruiz", "Ben Okafor", "Cleo Young"] {
        let person = w.patient(name).await;
        w.assign(&dana, person.patient).await;
        people.push(person);
    }
    for person in &people {
        begun(person, person.patient, "waits").await;
        w.advance(MINUTE);
    }
    let first = begun(&dana, people[0].patient, "hello from us").await;
    let page = dana.get(urls::INBOX).await;
    page.is_ok().shows("3 conversations with patients in your care wait");
    let order: Vec<usize> = ["Ana Ruiz", "Ben Okafor", "Cleo Young", "hello from us"].iter().map(|text| page.body.find(text).unwrap()).collect();
    assert!(order.is_sorted(), "{order:?}");
    people[0].get(&urls::messages(people[0].patient)).await.is_ok().shows("1 new").shows("hello from us subject");
    people[0].get(&urls::thread(people[0].patient, &first)).await.is_ok().shows("hello from us body").shows("Dana Whitfield");
    dana.get(&format!("{}?show=unclaimed", urls::INBOX)).await.is_ok().shows("waits subject").hides("hello from us");
    dana.get(&format!("{}?show=answered", urls::INBOX)).await.is_ok().shows("hello from us").hides("waits subject");
    dana.get(&format!("{}?show=mine", urls::INBOX)).await.is_ok().shows("You have taken nothing");
    w.advance(3 * 24 * 60 * MINUTE);
    w.sign_in(&dana).await;
    dana.get(urls::INBOX).await.is_ok().shows("Waiting long");
    // Somebody who waits and writes again waits since the first time.
    w.sign_in(&people[0]).await;
    let waits = people[0].get(&urls::messages(people[0].patient)).await;
    let link = waits.body.split("href=\"").filter_map(|rest| rest.split('"').next()).filter(|url| url.contains("/messages/0")).last().unwrap().to_owned();
    people[0].get(&link).await.is_ok();
    people[0].post(&link, &[("body", "Still waiting")]).await.goes_to(&link);
    let page = dana.get(urls::INBOX).await;
    assert!(page.body.find("Ana Ruiz").unwrap() < page.body.find("Ben Okafor").unwrap());
}
}

salus_test! {
async fn what_was_typed_in_a_session_that_ended_is_sent_afterwards(w: World) {
    let ana = w.patient("Ana Ruiz").await;
    nurse(&w, "Dana Whitfield", ana.patient).await;
    let id = begun(&ana, ana.patient, "x").await;
    let thread = urls::thread(ana.patient, &id);
    let number = field(&ana.get(&thread).await, "submission");
    w.advance(40 * MINUTE);
    let ended = ana.post(&thread, &[("body", "Twenty minutes of typing"), ("submission", &number)]).await;
    let kept = ended.goes_to("/session/ended").location().split("next=").nth(1).unwrap().to_owned();
    w.sign_in(&ana).await;
    let page = ana.get(&kept).await;
    page.is_ok().shows("Twenty minutes of typing").hides("Submission");
    ana.post(&thread, &[("body", "Twenty minutes of typing"), ("submission", &field(&page, "submission"))]).await.goes_to(&thread);
    ana.get(&thread).await.is_ok().shows("Twenty minutes of typing");
}
}
