//! Prints how the resources of a file are shown: one line each, a few of every type. For looking at, not for use.
use std::collections::BTreeMap;
use std::io::Write as _;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    let most: usize = std::env::var("MOST").ok().and_then(|most| most.parse().ok()).unwrap_or(3);
    let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for file in std::env::args().skip(1) {
        salus_fhir::read::entries(std::fs::File::open(&file)?, |entry| -> Result<(), Box<dyn std::error::Error>> {
            let Some(kind) = entry.kind else {
                return Ok(());
            };
            if let Err(problems) = salus_fhir::check(kind, &entry.resource) {
                writeln!(out, "PROBLEM {file} {} {problems:?}", entry.path)?;
            }
            let line = salus_fhir::show::line(kind, &entry.resource);
            let times = seen.entry((kind.name().to_owned(), line.title.clone())).or_default();
            *times += 1;
            let all = kinds.entry(kind.name().to_owned()).or_default();
            if *times == 1 && *all < most {
                *all += 1;
                writeln!(
                    out,
                    "{kind}: {} | {:?} | {:?} | {:?} | {:?} | {:?}",
                    line.title,
                    line.when,
                    line.status.map(|s| format!("{} {:?}", s.word, s.tone)),
                    line.facts,
                    line.dates,
                    line.note
                )?;
            }
            Ok(())
        })
        .map_err(|stopped| format!("{file}: {stopped}"))?;
    }
    Ok(())
}
