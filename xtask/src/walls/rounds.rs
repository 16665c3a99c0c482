//! Taking walls away in groups: compiling takes most of the time, and one compilation without ten walls takes as long as
//! one without a single one.
//!
//! To be sure, each wall is gone in two rounds, and no two walls share both. In both rounds its test must fail and say what
//! it says for want of this wall: for these words to come from somewhere else, two other walls would have to bring them, one
//! in either round. With every change each wall is gone in one round: a test that no longer misses its wall shows there too,
//! unless another wall of the round makes it say the very same. A wall for which that does not work out (its patch gets in the way of another's, its test stops at something
//! else that is missing) is tried in other company, as long as that proves some; in the end it is taken away alone. What
//! does not compile stays out of its round, which goes on without it.

use std::{collections::BTreeSet, time::Instant};

use anyhow::Result;

use super::{Copy, Effort, Place, Test, Wall, judged, shared};
use crate::{results::Results, run::told};

/// With fewer walls than this, groups save nothing.
const WORTH_IT: usize = 16;

/// How many walls are gone at once where each is gone once: with more, patches get in each other's way.
const AT_ONCE: usize = 22;

/// The names of a place's walls that were proven in groups.
pub(super) fn proven<'a>(
    copies: &[Copy],
    place: &Place,
    walls: &'a [Wall],
    broken: &BTreeSet<&Test>,
    effort: Effort,
) -> Result<BTreeSet<&'a str>> {
    let here =
        |wall: &&Wall| !wall.alone && wall.tests.iter().all(|test| test.place == *place && !broken.contains(test));
    let mut left: Vec<&Wall> = walls.iter().filter(here).collect();
    let mut proven = BTreeSet::new();
    while left.len() >= WORTH_IT {
        let names = turn(copies, place, &left, effort)?;
        if names.is_empty() {
            break;
        }
        left.retain(|wall| !names.contains(wall.name.as_str()));
        // Whoever stood beside a wall the last time stands elsewhere.
        left.reverse();
        proven.extend(names);
    }
    Ok(proven)
}

/// Those that were proven in one turn.
fn turn<'a>(copies: &[Copy], place: &Place, walls: &[&'a Wall], effort: Effort) -> Result<BTreeSet<&'a str>> {
    let rounds = match effort {
        Effort::Once => once(walls),
        Effort::Twice => twice(walls),
    };
    let times = |name: &str| rounds.iter().flatten().filter(|wall| wall.name == name).count();
    let numbered: Vec<(usize, &Vec<&Wall>)> = (1..).zip(&rounds).collect();
    let seen = shared(copies, numbered, |copy, (number, round)| {
        let begun = Instant::now();
        let seen = seen(copy, place, round)?;
        let (some, all) = (seen.len(), round.len());
        println!("  round {number} of {}: {some} of {all} walls missed ({})", rounds.len(), told(begun.elapsed()));
        let not: Vec<&str> = round.iter().map(|wall| wall.name.as_str()).filter(|name| !seen.contains(name)).collect();
        if !not.is_empty() {
            println!("    once more later: {}", not.join(", "));
        }
        Ok(seen)
    })?;
    let seen: Vec<&str> = seen.into_iter().flatten().collect();
    let names: BTreeSet<&str> = walls
        .iter()
        .map(|wall| wall.name.as_str())
        .filter(|name| times(name) > 0 && seen.iter().filter(|seen| seen == &name).count() == times(name))
        .collect();
    for name in &names {
        println!("  ok      {name:<32} missed in {} of its rounds", times(name));
    }
    Ok(names)
}

/// Who is gone when: each wall in one round, walls of one test never together.
fn once<'a>(walls: &[&'a Wall]) -> Vec<Vec<&'a Wall>> {
    let mut rounds: Vec<Vec<&Wall>> = vec![Vec::new(); walls.len().div_ceil(AT_ONCE)];
    for wall in walls {
        let free = rounds.iter_mut().filter(|round| !round.iter().any(|other| of_one_test(wall, other)));
        match free.min_by_key(|round| round.len()) {
            Some(round) => round.push(wall),
            None => rounds.push(vec![wall]),
        }
    }
    rounds
}

fn of_one_test(wall: &Wall, other: &Wall) -> bool {
    other.tests.iter().any(|test| wall.tests.contains(test))
}

/// Who is gone when: each wall in two rounds, no two walls in the same two, and walls of one test never together. One for
/// which there is no room is in none.
fn twice<'a>(walls: &[&'a Wall]) -> Vec<Vec<&'a Wall>> {
    // n rounds have n(n-1)/2 pairs; one more leaves room to evade.
    let count = (2..).find(|count| count * (count - 1) / 2 >= walls.len()).unwrap_or(2) + 1;
    let mut rounds: Vec<Vec<&Wall>> = vec![Vec::new(); count];
    let mut pairs: Vec<(usize, usize)> =
        (0..count).flat_map(|first| (first + 1..count).map(move |second| (first, second))).collect();
    for wall in walls {
        let at = |round: usize| rounds.get(round).map(Vec::as_slice).unwrap_or_default();
        let free = |round: usize| !at(round).iter().any(|other| of_one_test(wall, other));
        let fit = (0..pairs.len())
            .filter_map(|index| pairs.get(index).map(|pair| (index, *pair)))
            .filter(|(_, (first, second))| free(*first) && free(*second))
            .min_by_key(|(_, (first, second))| at(*first).len() + at(*second).len());
        if let Some((index, (first, second))) = fit {
            pairs.swap_remove(index);
            for round in [first, second] {
                if let Some(round) = rounds.get_mut(round) {
                    round.push(wall);
                }
            }
        }
    }
    rounds
}

/// The walls of a round whose tests failed for want of them.
fn seen<'a>(copy: &Copy, place: &Place, round: &[&'a Wall]) -> Result<Vec<&'a str>> {
    let seen = copy.without(round, |applied| {
        let gone: Vec<&Wall> =
            round.iter().zip(applied).filter(|(_, applied)| applied.is_ok()).map(|(wall, _)| *wall).collect();
        let program = match copy.compile(place)? {
            Ok(program) => program,
            Err(wrong) => return Ok(Err(wrong)),
        };
        let tests: Vec<&str> = gone.iter().flat_map(|wall| &wall.tests).map(|test| test.name.as_str()).collect();
        let text = copy.test(place, &program, &tests)?.text;
        let results = Results::read(&text);
        let missed = |wall: &&&Wall| {
            wall.tests.iter().all(|test| judged(wall, test, &results, &part(&text, &test.name)).is_ok())
        };
        Ok(Ok(gone.iter().filter(missed).map(|wall| wall.name.as_str()).collect()))
    })?;
    match seen {
        Ok(seen) => Ok(seen),
        Err(wrong) => {
            let rest: Vec<&Wall> = round.iter().filter(|wall| wall.touches.is_disjoint(&wrong)).copied().collect();
            if rest.len() == round.len() || rest.is_empty() { Ok(Vec::new()) } else { self::seen(copy, place, &rest) }
        }
    }
}

/// What one of several tests printed before it failed.
fn part(text: &str, test: &str) -> String {
    let lines = text.lines().skip_while(|line| *line != format!("---- {test} stdout ----")).skip(1);
    lines
        .take_while(|line| !line.starts_with("---- ") && *line != "failures:")
        .map(|line| format!("{line}\n"))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn wall(name: &str, test: &str) -> Wall {
        let patch = format!("Wall: w\nTest: salus {test}\nSays: s\n\n--- a/{name}\n+++ b/{name}\n");
        Wall::read(Path::new(&format!("{name}.patch")), &patch).unwrap()
    }

    #[test]
    fn each_wall_is_gone_as_often_as_it_shall_and_no_two_walls_share_both_rounds() {
        for count in [WORTH_IT, 17, 37, 60] {
            // Some tests guard three walls.
            let walls: Vec<Wall> =
                (0..count).map(|n| wall(&format!("w{n}"), &format!("t{}", if n < 9 { n / 3 } else { n }))).collect();
            let walls: Vec<&Wall> = walls.iter().collect();
            let rounds = twice(&walls);
            let of = |wall: &Wall| -> Vec<usize> {
                (0..rounds.len()).filter(|at| rounds[*at].iter().any(|other| other.name == wall.name)).collect()
            };
            let pairs: BTreeSet<Vec<usize>> = walls.iter().map(|wall| of(wall)).collect();
            assert_eq!(pairs.len(), walls.len(), "two walls share both rounds");
            assert!(pairs.iter().all(|pair| pair.len() == 2), "a wall is not gone twice: {pairs:?}");
            for round in &rounds {
                let tests: BTreeSet<&Test> = round.iter().flat_map(|wall| &wall.tests).collect();
                assert_eq!(tests.len(), round.len(), "one test was asked for two walls at once");
            }
            assert!(rounds.len() * 2 <= walls.len(), "{} rounds for {count} walls", rounds.len());
            let rounds = once(&walls);
            let mut names: Vec<&str> = rounds.iter().flatten().map(|wall| wall.name.as_str()).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!((names.len(), rounds.iter().flatten().count()), (walls.len(), walls.len()), "each is gone once");
            for round in &rounds {
                let tests: BTreeSet<&Test> = round.iter().flat_map(|wall| &wall.tests).collect();
                assert_eq!(tests.len(), round.len(), "one test was asked for two walls at once");
            }
        }
    }

    #[test]
    fn what_another_test_said_is_not_this_one_s() {
        let text = "test a ... FAILED\ntest b ... FAILED\n\nfailures:\n\n---- a stdout ----\npanicked at x:\n  one\n\n\
            ---- b stdout ----\npanicked at y:\n  two\n\n\nfailures:\n    a\n    b\n";
        assert!(part(text, "a").contains("one") && !part(text, "a").contains("two"));
        assert!(part(text, "b").contains("two") && !part(text, "b").contains("one"));
        assert_eq!(part(text, "c"), "");
    }
}
