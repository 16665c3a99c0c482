//! The privacy officer's weekly review.

use axum::extract::Path;
use jiff::{ToSpan, civil::Date, tz::TimeZone};
use salus_kernel::{
    ResourceId,
    actions::{JudgeFinding, SignReview, ViewReviews},
};
use serde::Deserialize;

use super::{
    model::{BEHIND_AFTER, LATE_AFTER, Verdict},
    signs::Sign,
    store::{self, Finding, Judged},
    views::{self, FindingLine, SignOff, WeekLine, Weeks},
};
use crate::{
    access::{Disclosed, Posted, Worklist},
    audit, clinic,
    shell::{
        dates,
        error::Error,
        flash::Flash,
        page::{self, PageResult, see_other, see_other_with},
        urls,
        view::Fact,
        words,
    },
};

/// How many weeks a page shows: two years.
const WEEKS: usize = 104;
/// How many looks of a week it shows.
const MOST: usize = 200;

fn number(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

/// The days of a week, as two texts: "November 23" and "29, 2026".
fn days(first_day: &str) -> [String; 2] {
    let Ok(first) = first_day.parse::<Date>() else { return [first_day.to_owned(), String::new()] };
    let last = first.saturating_add(6.days());
    let month = |day: Date| format!("{}\u{a0}{}", dates::month(day.month()), day.day());
    match (first.year() == last.year(), first.month() == last.month()) {
        (true, true) => [month(first), format!("{},\u{a0}{}", last.day(), last.year())],
        (true, false) => [month(first), dates::date(last)],
        _ => [dates::date(first), dates::date(last)],
    }
}

fn in_words(id: &str, first_day: &str) -> String {
    let [first, last] = days(first_day);
    words::t_with(id, [("first", first.into()), ("last", last.into())])
}

fn signed(week: &store::Week, zone: &TimeZone) -> Option<String> {
    let at = week.signed_at?;
    let given =
        [("name", week.signer.clone().unwrap_or_default().into()), ("when", dates::day_and_time(at, zone).into())];
    Some(words::t_with("reviews-signed", given))
}

/// All weeks, and what waits in them.
pub async fn weeks(list: Worklist<ViewReviews>) -> PageResult {
    let (zone, now) = (list.app().clinic().await.zone(), list.now());
    let mut tx = list.read().await?;
    let mut rows = store::weeks(&mut tx, WEEKS + 1).await?;
    let more = rows.len() > WEEKS;
    rows.truncate(WEEKS);
    let line = |week: &store::Week| {
        let late = now.since(week.ends_at) > LATE_AFTER;
        let open = words::t1("reviews-open", "count", number(week.open));
        let followed =
            (week.followed_up > 0).then(|| words::t1("reviews-followed-up", "count", number(week.followed_up)));
        let waits = (week.open > 0 || week.signed_at.is_none()).then_some(open);
        WeekLine {
            id: week.id.to_string(),
            title: in_words("reviews-week", &week.first_day),
            tag: views::tag(week.signed_at.is_some(), now >= week.ends_at, late),
            notes: [waits, followed, signed(week, &zone)].into_iter().flatten().collect(),
        }
    };
    let (read_until, founded) = store::read_until(&mut tx).await?;
    let read_until = read_until.unwrap_or(founded);
    let behind = (now.since(read_until) > BEHIND_AFTER)
        .then(|| words::t1("reviews-behind", "until", dates::day_and_time(read_until, &zone)));
    page::show(&list, &Weeks { weeks: rows.iter().map(line).collect(), behind, more })
}

/// One week: what stood out, what was said of it, and the sign-off.
pub async fn week(list: Worklist<ViewReviews>, Path(id): Path<String>) -> PageResult {
    let id: ResourceId = id.parse().map_err(|_| Error::NotFound)?;
    let (zone, now) = (list.app().clinic().await.zone(), list.now());
    let (week, mut rows) = {
        let mut tx = list.read().await?;
        let week = store::week(&mut tx, id).await?;
        (week, store::findings(&mut tx, id, MOST + 1).await?)
    };
    let more = rows.len() > MOST;
    rows.truncate(MOST);
    let mut patients: Vec<_> = rows.iter().filter_map(|row| row.patient).collect();
    patients.sort_unstable();
    patients.dedup();
    let disclosed = list.disclose(&patients).await?;
    let own = list.session().account;
    let may_say =
        |row: &Finding| row.account != own && (week.signed_at.is_none() || row.verdict() == Some(Verdict::FollowUp));
    let line = |row: &Finding| line(row, row.account == own, may_say(row), &disclosed, &zone);
    let lines = rows.iter().map(line).collect::<Result<Vec<_>, _>>()?;
    let more = more.then(|| {
        let open = rows.iter().filter(|row| row.judged_at.is_none()).count();
        words::t(if week.open > i64::try_from(open).unwrap_or(i64::MAX) {
            "reviews-more-findings"
        } else {
            "reviews-more-judged"
        })
    });
    let (waiting, judged): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| line.said.is_none());
    let late = now.since(week.ends_at) > LATE_AFTER;
    let sign_off = match signed(&week, &zone) {
        Some(said) => SignOff::Done(said),
        None if !week.is_complete(now) && now.since(week.ends_at) > BEHIND_AFTER => {
            SignOff::NotYet(words::t1("reviews-not-behind", "until", dates::day_and_time(week.read_until, &zone)))
        }
        None if !week.is_complete(now) => {
            let day = dates::date_with_weekday(dates::on(week.ends_at, &zone));
            SignOff::NotYet(words::t1("reviews-not-later", "day", day))
        }
        None if waiting.iter().any(|line| !line.own) => SignOff::NotYet(words::t("reviews-not-open")),
        None if week.open > 0 => SignOff::NotYet(words::t("reviews-not-own")),
        None => SignOff::Ready,
    };
    let count = |label: &str, value: i64| Fact::new(words::t(label), words::number(number(value)));
    page::show(
        &list,
        &views::Week {
            id: week.id.to_string(),
            title: in_words("reviews-week-title", &week.first_day),
            tag: views::tag(week.signed_at.is_some(), now >= week.ends_at, late),
            counts: vec![
                count("reviews-entries", week.entries),
                count("reviews-looks", week.looks),
                count("reviews-unexplained", week.unexplained),
                count("reviews-refused", week.refused),
                Fact::new(words::t("reviews-until"), dates::day_and_time(week.read_until, &zone)),
            ],
            waiting,
            judged,
            more,
            sign_off,
        },
    )
}

fn line(
    row: &Finding,
    own: bool,
    may_say: bool,
    disclosed: &Disclosed<'_, ViewReviews>,
    zone: &TimeZone,
) -> Result<FindingLine, Error> {
    let signs = match (row.patient, row.signs()) {
        (Some(patient), _) if disclosed.erased.contains_key(&patient) => vec![words::t("reviews-erased")],
        (_, Some(signs)) => {
            let signs = signs.open(&disclosed.keys)?;
            signs.split(' ').filter_map(Sign::from_word).map(views::sign_in_words).collect()
        }
        (_, None) => vec![words::t("reviews-sign-many")],
    };
    let whose = match row.patient {
        Some(patient) => words::t1("reviews-record", "number", audit::ending(&patient.to_string())),
        None => words::t1("reviews-many", "count", number(row.looks)),
    };
    let at = |when| dates::day_and_time(when, zone);
    let when = match (row.patient, row.looks) {
        (Some(_), 2..) => words::t_with(
            "reviews-when-many",
            [
                ("count", number(row.looks).into()),
                ("first", at(row.first_at).into()),
                ("last", dates::time(row.last_at, zone).into()),
            ],
        ),
        _ => words::t1("reviews-when-one", "when", at(row.first_at)),
    };
    let said = row.judged_at.zip(row.verdict()).map(|(judged, verdict)| {
        let given = [("name", row.judge.clone().unwrap_or_default().into()), ("when", at(judged).into())];
        words::t_with(&format!("reviews-said-{}", verdict.word()), given)
    });
    Ok(FindingLine {
        id: row.id.to_string(),
        name: row.name.clone(),
        role: row.role().map(clinic::role_in_words).unwrap_or_default(),
        whose,
        when,
        signs,
        said,
        breach: row.verdict() == Some(Verdict::NotRight),
        choices: if may_say { views::choices() } else { Vec::new() },
        own,
        account: row.account.to_string(),
        patient: row.patient.map(|patient| patient.to_string()).unwrap_or_default(),
        day: dates::on(row.first_at, zone).to_string(),
    })
}

/// What the officer says.
#[derive(Deserialize)]
pub struct JudgeForm {
    #[serde(default)]
    verdict: String,
}

/// Notes what came of a look. What is said may be said otherwise until the week is signed off.
pub async fn judge(
    list: Worklist<JudgeFinding>,
    Path(id): Path<String>,
    Posted(form): Posted<JudgeForm>,
) -> PageResult {
    let id: ResourceId = id.parse().map_err(|_| Error::NotFound)?;
    let verdict = Verdict::from_word(&form.verdict).ok_or(Error::Malformed)?;
    let mut change = list.begin().await?;
    match store::judge(&mut change, id, list.session().account, verdict, list.now()).await? {
        Judged::Now(week) => {
            change.commit().await?;
            Ok(see_other_with(&urls::review(week), Flash::FindingJudged))
        }
        Judged::TooLate(week) => Ok(see_other_with(&urls::review(week), Flash::FindingNotJudged)),
        Judged::Gone => Ok(see_other(urls::REVIEWS)),
        Judged::Own => Err(Error::NotFound),
    }
}

/// Signs a week off. Twice is once.
pub async fn sign(list: Worklist<SignReview>, Path(id): Path<String>) -> PageResult {
    let id: ResourceId = id.parse().map_err(|_| Error::NotFound)?;
    let mut change = list.begin().await?;
    let week = store::week(&mut change, id).await?;
    let to = urls::review(id);
    if week.signed_at.is_some() {
        return Ok(see_other(&to));
    }
    let complete = week.is_complete(list.now());
    if complete && store::sign(&mut change, &week, list.session().account, list.now()).await? {
        change.commit().await?;
        return Ok(see_other_with(&to, Flash::ReviewSigned));
    }
    Ok(see_other_with(&to, Flash::ReviewNotSigned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_read_as_people_say_them() {
        let said = |first| in_words("reviews-week", first).replace('\u{a0}', " ");
        assert_eq!(said("2026-11-23"), "November 23 to 29, 2026");
        assert_eq!(said("2026-11-30"), "November 30 to December 6, 2026");
        assert_eq!(said("2026-12-28"), "December 28, 2026 to January 3, 2027");
    }
}
