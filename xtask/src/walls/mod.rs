//! `./x walls`: takes each wall away in a scratch copy, and sees that the test which guards it fails.
//!
//! A wall is a file `walls/NAME.patch`: a few lines about it, then a unified diff.
//!
//! ```text
//! Wall: a sealed value opens only in its own table
//! Test: salus-vault seal::tests::each_part_of_the_place_is_bound
//! Says: table is not bound
//!
//! --- a/crates/salus-vault/src/seal.rs
//! +++ b/crates/salus-vault/src/seal.rs
//! @@ …
//! ```
//!
//! `Test:` is a package and a test's full name (`salus/smoke NAME` for a test of `tests/smoke.rs`); there may be several,
//! and each must fail. `Says:` is what each failure must say, so that it fails for this reason and no other.
//!
//! Package by package: its named tests run on the code as it is, and must pass. Then a wall is taken away: the patch must
//! apply, the code must compile, the test must fail and say so. What compiles takes most of the time, and most of that on
//! one core, so there are two scratch copies side by side ([`copy`]), compiled incrementally and without debug information;
//! other people's crates are those of the real thing, our own are not. A test in the crate of the wall is cheaper than one
//! in a crate above it. Where one place has many walls they are taken away in groups ([`rounds`]), and alone where that
//! proves nothing; a wall that is asked for by its name is taken away alone. So is one whose patch says `Alone:` and why:
//! the whole portal stands on it, and every test would miss it.

mod copy;
mod rounds;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};

use self::copy::Copy;
pub use self::copy::ours;
use crate::{
    results::Results,
    run::{root, scratch, target_dir, told},
};

/// One wall and what guards it.
#[derive(Debug)]
struct Wall {
    name: String,
    what: String,
    tests: Vec<Test>,
    says: String,
    /// The file as a whole; `git apply` passes over the lines before the diff.
    patch: PathBuf,
    /// Files that the patch touches.
    touches: BTreeSet<String>,
    /// Nothing else can be tried while it is gone.
    alone: bool,
}

/// A test binary and a test in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Test {
    place: Place,
    name: String,
}

/// A package, and the file in its `tests/`; none is the library.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    package: String,
    file: Option<String>,
}

/// In how many groups a wall is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// With every change, after a step that ran all tests on the code as it is: that is not done again.
    Once,
    /// So that nothing but this wall explains what its test says.
    Twice,
}

/// `./x walls [--list] [--once] [NAME]...`
pub fn run(rest: &[&str]) -> Result<()> {
    if rest == ["--list"] {
        for wall in Wall::all()? {
            println!("{:<34}{}", wall.name, wall.what);
            for test in &wall.tests {
                println!("{:<34}  {} {}", "", test.place.package, test.name);
            }
        }
        return Ok(());
    }
    let log = scratch("test-logs")?.join("walls.txt");
    let begun = Instant::now();
    let (effort, names) = match rest {
        ["--once", names @ ..] => (Effort::Once, names),
        names => (Effort::Twice, names),
    };
    let (passed, failed) = measured(names, effort, &log)?;
    println!("\n{passed} passed, {failed} failed ({})", told(begun.elapsed()));
    if failed == 0 { Ok(()) } else { bail!("see target/test-logs/walls*.txt") }
}

/// Tries the named walls, or all: how many hold, and how many don't.
pub fn measured(names: &[&str], effort: Effort, log: &Path) -> Result<(u64, u64)> {
    let mut walls = Wall::all()?;
    if let Some(unknown) = names.iter().find(|name| !walls.iter().any(|wall| wall.name == **name)) {
        bail!("there is no walls/{unknown}.patch");
    }
    walls.retain(|wall| names.is_empty() || names.contains(&wall.name.as_str()));
    ensure!(!walls.is_empty(), "there are no walls");
    // Those of one package stand together, so that less is compiled.
    walls.sort_by(|left, right| left.tests.cmp(&right.tests));
    let copies =
        if walls.len() < WORTH_TWO { vec![Copy::first(log)?] } else { vec![Copy::first(log)?, Copy::second(log)?] };
    let trial = Trial { walls: &walls, broken: Mutex::default(), count: Mutex::default() };
    // A wall in a crate below makes all above it compile anew: so one copy keeps to the place with most walls, and nobody
    // touches what is below the rest before they are done.
    let mut places: Vec<&Place> = trial.places().into_keys().collect();
    let most = trial.places().into_iter().max_by_key(|(_, walls)| *walls).map(|(place, _)| place);
    places.retain(|place| Some(*place) != most);
    let grouped = most.filter(|_| names.is_empty());
    let mut done: BTreeSet<&str> = BTreeSet::new();
    let pieces = vec![most.into_iter().collect(), places];
    for here in shared(&copies, pieces, |copy, places: Vec<&Place>| trial.whole(copy, &places, grouped, effort))? {
        done.extend(here);
    }
    if let Some(place) = grouped {
        let proven = rounds::proven(&copies, place, &walls, &trial.broken(), effort)?;
        trial.count().0 += u64::try_from(proven.len())?;
        done.extend(proven);
    }
    let rest: Vec<&Wall> = walls.iter().filter(|wall| !done.contains(wall.name.as_str())).collect();
    shared(&copies, rest, |copy, wall| {
        trial.alone(copy, wall);
        Ok(())
    })?;
    if walls.iter().flat_map(|wall| &wall.tests).any(|test| test.place.file.is_some()) {
        // Tests of that kind come with the program, and the last one lacks a wall. Nobody shall find it there.
        drop(fs::remove_file(target_dir().join("debug/salus")));
    }
    let count = *trial.count();
    Ok(count)
}

/// With fewer walls than this, a second copy takes longer to make than it saves.
const WORTH_TWO: usize = 12;

/// Does all pieces of a work, in all copies at once: each takes the next when it is done with one.
fn shared<T: Send, R: Send>(
    copies: &[Copy],
    work: Vec<T>,
    each: impl Fn(&Copy, T) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let work = Mutex::new(work.into_iter());
    let next = || work.lock().unwrap_or_else(PoisonError::into_inner).next();
    thread::scope(|threads| {
        let begun: Vec<_> = copies
            .iter()
            .map(|copy| {
                let (next, each) = (&next, &each);
                threads
                    .spawn(move || std::iter::from_fn(next).map(|piece| each(copy, piece)).collect::<Result<Vec<R>>>())
            })
            .collect();
        let mut all = Vec::new();
        for one in begun {
            all.extend(one.join().map_err(|_| anyhow::anyhow!("a copy's thread panicked"))??);
        }
        Ok(all)
    })
}

/// What is tried, and what came of it so far.
struct Trial<'a> {
    walls: &'a [Wall],
    /// Tests that don't pass with all walls in place.
    broken: Mutex<BTreeSet<&'a Test>>,
    /// How many walls held, and how many did not.
    count: Mutex<(u64, u64)>,
}

impl<'a> Trial<'a> {
    /// Places with tests, and how many walls each has.
    fn places(&self) -> BTreeMap<&'a Place, usize> {
        let mut places = BTreeMap::new();
        for wall in self.walls {
            for place in wall.tests.iter().map(|test| &test.place).collect::<BTreeSet<_>>() {
                *places.entry(place).or_default() += 1;
            }
        }
        places
    }

    /// Places as they are, then each of their walls alone but for those of the place that has them in groups: the walls
    /// that are done.
    fn whole(
        &self,
        copy: &Copy,
        places: &[&'a Place],
        grouped: Option<&Place>,
        effort: Effort,
    ) -> Result<Vec<&'a str>> {
        let tests: BTreeSet<&Test> = self.walls.iter().flat_map(|wall| &wall.tests).collect();
        let mut done = Vec::new();
        for place in places {
            if effort == Effort::Twice {
                let broken = copy.as_it_is(place, &tests)?;
                self.broken.lock().unwrap_or_else(PoisonError::into_inner).extend(broken);
            }
            let here = |wall: &&Wall| wall.tests.iter().all(|test| test.place == **place);
            for wall in self.walls.iter().filter(here).filter(|_| Some(*place) != grouped) {
                self.alone(copy, wall);
                done.push(wall.name.as_str());
            }
        }
        Ok(done)
    }

    /// Takes a wall away alone, and says and counts what came of it.
    fn alone(&self, copy: &Copy, wall: &Wall) {
        let begun = Instant::now();
        let broken = self.broken();
        let outcome = match wall.tests.iter().find(|test| broken.contains(*test)) {
            Some(test) => Err(anyhow::anyhow!("{} does not pass with the wall in place, or is not there", test.name)),
            None => alone(copy, wall),
        };
        match outcome {
            Ok(compiling) => {
                self.count().0 += 1;
                let (all, compiling) = (told(begun.elapsed()), told(compiling));
                println!("  ok      {:<32} {all}, of which compiling {compiling}", wall.name);
            }
            Err(error) => {
                self.count().1 += 1;
                println!("  FAILED  {} ({}): {} — {error:#}", wall.name, told(begun.elapsed()), wall.what);
            }
        }
    }

    fn broken(&self) -> BTreeSet<&'a Test> {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn count(&self) -> MutexGuard<'_, (u64, u64)> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a wall away; fine when each of its tests fails, and for the reason it names. Says how long compiling took.
fn alone(copy: &Copy, wall: &Wall) -> Result<Duration> {
    copy.without(&[wall], |applied| {
        if let Some(Err(error)) = applied.first() {
            bail!("{error:#}");
        }
        wall.tests.iter().try_fold(Duration::ZERO, |compiling, test| {
            let begun = Instant::now();
            let program = copy.compile(&test.place)?;
            let compiling = compiling + begun.elapsed();
            let program =
                program.ok().context("the code does not compile without it: see target/test-logs/walls*.txt")?;
            let said = copy.test(&test.place, &program, &[&test.name])?;
            judged(wall, test, &Results::read(&said.text), &said.text)?;
            Ok(compiling)
        })
    })
}

/// Whether a test failed for want of its wall; `said` is what it printed.
fn judged(wall: &Wall, test: &Test, results: &Results, said: &str) -> Result<()> {
    ensure!(!results.names.contains(&test.name), "{} PASSES without the wall", test.name);
    ensure!(results.failed > 0, "{} neither passed nor failed", test.name);
    let why = reason(said);
    ensure!(said.contains(&wall.says), "{} fails for another reason than '{}': {why}", test.name, wall.says);
    Ok(())
}

/// What a failed test said: its first words after `panicked at`, on one line.
fn reason(text: &str) -> String {
    let after = text.lines().skip_while(|line| !line.contains("panicked at")).skip(1);
    let words = after.take_while(|line| !line.is_empty()).take(3);
    words.map(str::trim).collect::<Vec<_>>().join(" ").chars().take(300).collect()
}

impl Wall {
    fn all() -> Result<Vec<Self>> {
        let folder = root().join("walls");
        let mut files: Vec<PathBuf> =
            fs::read_dir(&folder).context("walls/")?.flatten().map(|entry| entry.path()).collect();
        files.retain(|path| path.extension().is_some_and(|ending| ending == "patch"));
        files.sort();
        files.into_iter().map(|path| Self::read(&path, &fs::read_to_string(&path)?)).collect()
    }

    fn read(path: &Path, text: &str) -> Result<Self> {
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let head = text.lines().take_while(|line| !line.starts_with("--- ") && !line.starts_with("diff "));
        let field = |key: &str| {
            head.clone()
                .filter_map(|line| line.strip_prefix(key)?.strip_prefix(": "))
                .map(str::trim)
                .collect::<Vec<_>>()
        };
        let tests = field("Test")
            .into_iter()
            .map(Test::read)
            .collect::<Result<Vec<_>>>()
            .with_context(|| format!("walls/{name}.patch"))?;
        let touches = text
            .lines()
            .filter_map(|line| line.strip_prefix("+++ b/").or_else(|| line.strip_prefix("--- a/")))
            .map(|path| path.trim_end().to_owned())
            .collect::<BTreeSet<_>>();
        let what = field("Wall").join(" ");
        let says = field("Says").join(" ");
        ensure!(
            !what.is_empty() && !says.is_empty() && !tests.is_empty() && !touches.is_empty(),
            "walls/{name}.patch lacks 'Wall:', 'Test:', 'Says:' or a diff"
        );
        let alone = !field("Alone").is_empty();
        Ok(Self { name, what, tests, says, patch: path.to_owned(), touches, alone })
    }
}

impl Test {
    fn read(text: &str) -> Result<Self> {
        let (place, name) =
            text.split_once(' ').with_context(|| format!("'Test: {text}' is not a package and a test's name"))?;
        let (package, file) =
            place.split_once('/').map_or((place, None), |(package, file)| (package, Some(file.to_owned())));
        Ok(Self { place: Place { package: package.to_owned(), file }, name: name.trim().to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATCH: &str = "Wall: it opens only there\nTest: salus-vault a::b\nTest: salus/smoke c\nSays: not bound\n\n\
        --- a/crates/salus-vault/src/seal.rs\n+++ b/crates/salus-vault/src/seal.rs\n@@ -1 +1 @@\n-a\n+b\n";

    #[test]
    fn a_failure_s_reason_is_what_it_said() {
        let said = "test a ... FAILED\n\nthread 'a' panicked at src/lib.rs:1:2:\n  row is not bound\nstack\n\nmore\n";
        assert_eq!(reason(said), "row is not bound stack");
        assert_eq!(reason("error: killed"), "");
    }

    #[test]
    fn a_wall_is_read_from_its_patch() {
        let wall = Wall::read(Path::new("walls/a-name.patch"), PATCH).unwrap();
        assert_eq!((wall.name.as_str(), wall.what.as_str()), ("a-name", "it opens only there"));
        assert_eq!(wall.says, "not bound");
        assert_eq!(wall.touches, BTreeSet::from(["crates/salus-vault/src/seal.rs".to_owned()]));
        let place = |package: &str, file: Option<&str>| Place { package: package.into(), file: file.map(Into::into) };
        let tests = [
            Test { place: place("salus-vault", None), name: "a::b".into() },
            Test { place: place("salus", Some("smoke")), name: "c".into() },
        ];
        assert_eq!(wall.tests, tests);
        for lacking in ["Wall: ", "Test: ", "Says: ", "+++ b/"] {
            // Without its second line, a diff names no file either.
            let gone = |line: &str| line.starts_with(lacking) || (lacking == "+++ b/" && line.starts_with("---"));
            let without: String = PATCH.lines().filter(|line| !gone(line)).map(|line| format!("{line}\n")).collect();
            assert!(Wall::read(Path::new("walls/a.patch"), &without).is_err(), "without {lacking}");
        }
    }
}
