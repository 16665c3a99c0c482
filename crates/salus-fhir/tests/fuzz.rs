//! Nothing panics, whatever the JSON: real resources and samples with random damage, and files with random bytes changed.

use std::error::Error;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use salus_fhir::{ResourceType, check, facts, identity, read, references, show};
use serde_json::{Map, Value, json};

/// A small generator of random numbers: the same each time.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }
}

fn junk(dice: &mut Dice) -> Value {
    let texts = [
        "",
        " ",
        "x",
        "é",
        "日本語",
        "\u{0}",
        "🏥🏥🏥",
        "<script>alert(1)</script>",
        "2020",
        "2020-05",
        "2020-02-30",
        "-0001-01-01",
        "9999-12-31T23:59:60.9999999+14:00",
        "0001-01-01T00:00:00+14:00",
        "T",
        "-",
        ":",
        "#",
        "/",
        "?",
        "|",
        "Patient/",
        "urn:uuid:",
        "Practitioner?identifier=|",
        "{'a': ",
        "{'observation': {'codes': []}}",
        "{'text': 'é",
        " (",
        "()",
        " (disorder)",
        "_",
        "__é_",
        "[",
        " []",
        " [é] in Blood",
        "text/plain; charset=",
        "=====",
        "////",
        "entered-in-error",
        "mm[Hg]",
        "%",
    ];
    match dice.below(14) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(-1),
        3 => json!(u64::MAX),
        4 => json!(i64::MIN),
        5 => json!(f64::MAX),
        6 => json!(1e-300),
        7 => json!([]),
        8 => json!({}),
        9 => json!([[[null]]]),
        10 => json!([{"coding": [{"code": "x"}]}, 7]),
        11 => json!({"value": -0.0, "unit": "{", "code": "}", "comparator": "<"}),
        _ => json!(dice.pick(&texts).copied().unwrap_or_default()),
    }
}

/// Damages one random place.
fn damage(value: &mut Value, dice: &mut Dice) {
    if dice.below(6) > 0 {
        match value {
            Value::Object(fields) if !fields.is_empty() => {
                let names: Vec<String> = fields.keys().cloned().collect();
                let Some(name) = dice.pick(&names) else {
                    return;
                };
                match dice.below(12) {
                    0 => {
                        fields.remove(name);
                    }
                    1 => {
                        let taken = fields.remove(name).unwrap_or_default();
                        fields.insert(name.clone(), json!([taken]));
                    }
                    2 => {
                        let other = dice.pick(&names).cloned().unwrap_or_default();
                        let taken = fields.remove(name).unwrap_or_default();
                        fields.insert(other, taken);
                    }
                    _ => {
                        if let Some(inner) = fields.get_mut(name) {
                            damage(inner, dice);
                        }
                    }
                }
                return;
            }
            Value::Array(items) if !items.is_empty() => {
                let at = dice.below(items.len());
                if let Some(item) = items.get_mut(at) {
                    damage(item, dice);
                }
                return;
            }
            Value::String(text) if dice.below(2) == 0 => {
                let mut letters: Vec<char> = text.chars().collect();
                let at = dice.below(letters.len());
                match dice.below(3) {
                    0 => letters.truncate(at),
                    1 => letters
                        .insert(at, *dice.pick(&['é', '0', '-', '(', ' ', '\'', '🏥', '\u{202e}']).unwrap_or(&'x')),
                    _ => {
                        letters.drain(..at);
                    }
                }
                *text = letters.into_iter().collect();
                return;
            }
            _ => {}
        }
    }
    *value = junk(dice);
}

/// Everything that reads a resource.
fn use_all(kind: ResourceType, value: &Value) {
    if let Err(problems) = check(kind, value) {
        assert!(!problems.is_empty() && problems.len() <= 100);
    }
    let found = facts(kind, value);
    assert!(found.event.is_none() || found.event_text.is_some());
    let _ = identity(None, kind.name(), value);
    let line = show::line(kind, value);
    assert!(!line.title.trim().is_empty());
    let mut copy = value.clone();
    references::rewrite(&mut copy, |reference| references::Target::parse(reference).map(|_| "Patient/1".to_owned()));
    assert_eq!(references::all(&copy).len(), references::all(value).len());
}

fn folder() -> PathBuf {
    std::env::var_os("SALUS_TEST_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata"), PathBuf::from)
}

/// One real file, unpacked.
fn real_file() -> Result<Vec<u8>, Box<dyn Error>> {
    let mut files: Vec<(u64, PathBuf)> = std::fs::read_dir(folder().join("synthea"))?
        .filter_map(Result::ok)
        .filter_map(|file| Some((file.metadata().ok()?.len(), file.path())))
        .collect();
    files.sort();
    let mut text = Vec::new();
    for (_, file) in files.iter().take(1) {
        GzDecoder::new(File::open(file)?).read_to_end(&mut text)?;
    }
    Ok(text)
}

#[test]
fn damaged_resources() -> Result<(), Box<dyn Error>> {
    let mut resources: Vec<(ResourceType, Value)> = Vec::new();
    let mut take = |entry: read::RawEntry| -> Result<(), ()> {
        let count = resources.iter().filter(|(kind, _)| Some(*kind) == entry.kind).count();
        if let Some(kind) = entry.kind
            && count < 12
        {
            resources.push((kind, entry.resource));
        }
        Ok(())
    };
    read::entries(include_bytes!("samples.ndjson").as_slice(), &mut take)
        .map_err(|stopped| stopped.read_error().map_or_else(String::new, ToString::to_string))?;
    read::entries(real_file()?.as_slice(), &mut take)
        .map_err(|stopped| stopped.read_error().map_or_else(String::new, ToString::to_string))?;
    let mut dice = Dice(0x5a1u64);
    for round in 0..250_usize {
        for (kind, resource) in &resources {
            let mut value = resource.clone();
            // A Provenance names thousands of records: a few are enough.
            if let Some(targets) = value.get_mut("target").and_then(Value::as_array_mut) {
                targets.truncate(5);
            }
            for _ in 0..=dice.below(1 + round / 20) {
                damage(&mut value, &mut dice);
            }
            use_all(*kind, &value);
            if dice.below(10) == 0 {
                for other in ResourceType::ALL {
                    use_all(*other, &value);
                }
            }
        }
    }
    for kind in ResourceType::ALL {
        for value in [Value::Null, json!(7), json!("x"), json!([]), Value::Object(Map::new())] {
            use_all(*kind, &value);
        }
    }
    Ok(())
}

#[test]
fn damaged_files() -> Result<(), Box<dyn Error>> {
    let samples = include_bytes!("samples.ndjson");
    let whole: Vec<u8> = [
        b"{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[".as_slice(),
        b"{\"resource\":",
        samples.split(|byte| *byte == b'\n').next().unwrap_or_default(),
        b"}]}",
    ]
    .concat();
    let mut dice = Dice(77);
    for round in 0..4_000_usize {
        let mut bytes = if round % 2 == 0 {
            whole.clone()
        } else {
            samples.get(..2_000.min(samples.len())).unwrap_or_default().to_vec()
        };
        for _ in 0..=dice.below(4) {
            let at = dice.below(bytes.len());
            match dice.below(3) {
                0 => bytes.truncate(at),
                1 => bytes.insert(at, *dice.pick(b"{}[],:\"\\\x00\xff\xc3e9 \n").unwrap_or(&b'x')),
                _ => {
                    if let Some(byte) = bytes.get_mut(at) {
                        *byte = u8::try_from(dice.below(256)).unwrap_or(0);
                    }
                }
            }
        }
        let result = read::entries(bytes.as_slice(), |entry| {
            if let Some(kind) = entry.kind {
                use_all(kind, &entry.resource);
            }
            Ok::<(), ()>(())
        });
        if let Err(stopped) = result {
            let error = stopped.read_error().ok_or("the caller did not stop")?;
            assert!(!error.what.is_empty());
        }
    }
    Ok(())
}
