//! From which ages on a record is the child's own: what counts, what will, and what was decided before. ADR 0031.

use salus_kernel::{
    ActionType, ResourceId,
    actions::{ChangeAges, ViewClinic},
};

use super::{
    store,
    views::ages::{AgeLine, AgePart, Ages},
};
use crate::{
    access::{AgeRule, AgeRuleRow, AgesVersion as Version, Posted, Worklist, decided_ages},
    proxies,
    shell::{
        dates,
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other_with},
        typed::{self, Form},
        urls,
        view::{Choice, Field, Tag, Tone},
        words,
    },
};

/// The longest name of a law, and of who reviewed it.
const LONGEST: usize = 200;

/// What counts, and the form.
pub async fn page(list: Worklist<ViewClinic>) -> PageResult {
    let rows = decided_ages(&mut list.read().await?).await?;
    let typed = as_stored(rows.last());
    page::show(&list, &view(&list, &rows, typed).await?)
}

/// What stands in the form.
struct Typed {
    teen: String,
    adult: String,
    teen_problem: Option<String>,
    adult_problem: Option<String>,
    law: Field,
    counsel: Field,
    stale: bool,
}

/// What was decided last, but for who reviewed it: that must be said anew.
fn as_stored(last: Option<&AgeRuleRow>) -> Typed {
    Typed {
        teen: last.map_or(AgeRule::FIRST.teen, |row| row.teen).to_string(),
        adult: last.map_or(AgeRule::FIRST.adult, |row| row.adult).to_string(),
        teen_problem: None,
        adult_problem: None,
        law: Field::typed(last.map(|row| row.law.clone()).unwrap_or_default()),
        counsel: Field::empty(),
        stale: false,
    }
}

/// What a rule says, in the words of the page.
pub fn in_words(rule: AgeRule) -> Vec<String> {
    let says = |part| proxies::with_ages(&format!("clinic-ages-{part}"), rule);
    let mut says = ["child", "teenager", "adult"].map(says).to_vec();
    says.push(words::t("clinic-ages-guardian"));
    says
}

fn reviewed(row: Option<&AgeRuleRow>) -> Tag {
    match row {
        Some(row) if !row.counsel.is_empty() => Tag::new(words::t("clinic-ages-reviewed"), Tone::Good),
        _ => Tag::new(words::t("clinic-ages-unreviewed"), Tone::Caution),
    }
}

/// Where a version comes from: its law, who reviewed it, who decided.
fn notes(row: &AgeRuleRow) -> Vec<String> {
    let law = words::t1("clinic-ages-law", "law", row.law.as_str());
    let counsel = Some(&row.counsel).filter(|counsel| !counsel.is_empty());
    let counsel = counsel.map(|counsel| words::t1("clinic-ages-counsel-was", "counsel", counsel.as_str()));
    let day = dates::date(row.decided_on);
    let by = match &row.decided_by {
        Some(by) => words::t_with("clinic-ages-by", [("by", by.as_str().into()), ("day", day.into())]),
        None => words::t1("clinic-ages-by-nobody", "day", day),
    };
    [Some(law), counsel, Some(by)].into_iter().flatten().collect()
}

fn part(title: String, version: Version, rows: &[AgeRuleRow]) -> AgePart {
    let row = rows.iter().find(|row| row.number == version.number);
    let notes = match row {
        Some(row) => notes(row),
        None if rows.is_empty() => ["clinic-ages-first", "clinic-ages-first-next"].map(words::t).to_vec(),
        None => vec![words::t("clinic-ages-first")],
    };
    AgePart { title, says: in_words(version.rule), notes, tag: reviewed(row) }
}

async fn view<A: ActionType>(list: &Worklist<A>, rows: &[AgeRuleRow], typed: Typed) -> Result<Ages, Error> {
    let today = dates::on(list.now(), &list.app().clinic().await.zone());
    let ages = crate::access::Ages::of(rows);
    let (now, next) = (ages.begun(today), ages.next(today));
    let title = match now.number {
        0 => words::t("clinic-ages-now"),
        _ => words::t1("clinic-ages-since", "day", dates::date(now.from)),
    };
    let begins = list.new_ages_begin_on(&ages, today, None).await?;
    let years = |years: &i16, chosen: &str| {
        Choice::new(years.to_string(), words::t1("clinic-ages-years", "years", *years), years.to_string() == chosen)
    };
    let line = |row: &AgeRuleRow| AgeLine {
        says: words::t_with(
            "clinic-ages-line",
            [("teen", row.teen.into()), ("adult", row.adult.into()), ("day", dates::date(row.starts_on).into())],
        ),
        notes: notes(row),
        void: !ages.has(row.number),
    };
    let mut begins = vec![if begins > today {
        words::t1("clinic-ages-later", "day", dates::date(begins))
    } else {
        words::t("clinic-ages-at-once")
    }];
    begins.push(match next {
        Some(next) => words::t1("clinic-ages-waits", "day", dates::date(next.from)),
        None => words::t("clinic-ages-same"),
    });
    Ok(Ages {
        now: part(title, now, rows),
        next: next.map(|next| part(words::t1("clinic-ages-next", "day", dates::date(next.from)), next, rows)),
        begins,
        teens: AgeRule::TEENS.iter().map(|age| years(age, &typed.teen)).collect(),
        teen_problem: typed.teen_problem,
        adults: AgeRule::ADULTS.iter().map(|age| years(age, &typed.adult)).collect(),
        adult_problem: typed.adult_problem,
        law: typed.law,
        counsel: typed.counsel,
        version: rows.len().to_string(),
        stale: typed.stale,
        before: rows.iter().rev().map(line).collect(),
    })
}

/// Decides anew: another version, which begins on a day of its own.
pub async fn save(list: Worklist<ChangeAges>, Posted(form): Posted<Form>) -> PageResult {
    let age = |name: &str, of: &[i16]| of.iter().copied().find(|age| age.to_string() == form.text(name));
    let (teen, adult) = (age("teen", &AgeRule::TEENS), age("adult", &AgeRule::ADULTS));
    let law = typed::line(form.text("law"), LONGEST);
    let counsel = typed::note(form.text("counsel"), LONGEST);
    let version: i64 = form.text("version").parse().map_err(|_| Error::Malformed)?;
    let most = i64::try_from(LONGEST).unwrap_or(0);
    let again = |stale: bool| Typed {
        teen: form.text("teen").to_owned(),
        adult: form.text("adult").to_owned(),
        teen_problem: teen.is_none().then(|| words::t("clinic-ages-problem-teen")),
        adult_problem: adult.is_none().then(|| words::t("clinic-ages-problem-adult")),
        law: Field {
            value: form.text("law").to_owned(),
            problem: law.is_none().then(|| words::t1("clinic-ages-problem-law", "most", most)),
        },
        counsel: Field {
            value: form.text("counsel").to_owned(),
            problem: counsel.is_none().then(|| words::t1("clinic-ages-problem-counsel", "most", most)),
        },
        stale,
    };
    let rows = decided_ages(&mut list.read().await?).await?;
    let (Some(teen), Some(adult), Some(law), Some(counsel)) = (teen, adult, &law, &counsel) else {
        return page::again(&list, &view(&list, &rows, again(false)).await?);
    };
    let ages = crate::access::Ages::of(&rows);
    let today = dates::on(list.now(), &list.app().clinic().await.zone());
    let rule = AgeRuleRow {
        number: version.saturating_add(1),
        starts_on: list.new_ages_begin_on(&ages, today, Some(AgeRule { teen, adult })).await?,
        teen,
        adult,
        law: law.clone(),
        counsel: counsel.clone(),
        decided_on: today,
        decided_by: None,
    };
    let id = ResourceId::new(list.now(), salus_vault::random());
    let mut change = list.begin().await?;
    let saved = store::decide_ages(&mut change, id, &rule, list.session().account, list.now()).await?;
    if saved {
        change.commit().await?;
    } else {
        drop(change);
    }
    list.refresh_ages().await?;
    if saved {
        return Ok(see_other_with(urls::CLINIC_AGES, Flash::AgesSaved));
    }
    let rows = decided_ages(&mut list.read().await?).await?;
    page::again(&list, &view(&list, &rows, again(true)).await?)
}
