//! Every record of testdata comes in whole and once, and for each patient and type the pages show as many things as the
//! source has. In a debug build that takes a minute or two, so only `./x test` asks for it.

use super::{
    record_pages::{TYPES, owner, shown},
    *,
};

/// Compares every section of every chart, walked page by page as its owner, with the source.
async fn are_shown(w: &World, expected: &Expected) {
    let vault = w.run("import", Action::ImportRecords).await;
    let urls: HashMap<String, &str> = expected.rows["patient"]
        .iter()
        .map(|url| (vault.vault().index("import", &format!("import|{url}")).into_string(), url.as_str()))
        .collect();
    let begun = std::time::Instant::now();
    let (mut things, mut charts) = (0, 0);
    for (id, _, index, _) in &snapshot(w).await["patient"] {
        let person = owner(w, "A Patient", id.parse().unwrap()).await;
        for (section, kind) in TYPES {
            let table = table(ResourceType::named(kind).unwrap());
            let there = expected.records.get(&(urls[index].to_owned(), table)).copied().unwrap_or(0);
            let found = shown(w, &person, section).await;
            assert_eq!(found.len(), there, "{kind} of {}", urls[index]);
            assert!(found.values().all(|times| *times == 1), "{kind} twice");
            things += there;
        }
        charts += 1;
    }
    // Nothing of any record is in a section that was not asked.
    assert_eq!(things, expected.records.values().sum::<usize>());
    println!("{things} things in {charts} charts are shown: {:.1?}", begun.elapsed());
}

async fn come_in_and_are_shown(w: World, inputs: Vec<Input>, expected: Expected) {
    come_in_as(&w, &inputs, &expected).await;
    are_shown(&w, &expected).await;
}

fn counted(inputs: &[Input]) -> Expected {
    let mut expected = Expected::default();
    inputs.iter().for_each(|input| expected.add(&unpacked(input)));
    expected
}

salus_test! {
slow async fn all_of_testdata_comes_in_and_is_shown(w: World) {
    let inputs = some_files(usize::MAX, usize::MAX);
    assert_eq!(inputs.len(), 116);
    let expected = counted(&inputs);
    come_in_and_are_shown(w, inputs, expected).await;
}
}

/// The lines of the files of a bulk export: a file for each type.
fn lines_of_another_seed() -> Vec<Value> {
    let packed = std::fs::File::open(testdata().join("seed-7/carebundle-40-ndjson.tar.gz")).unwrap();
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(packed));
    let mut lines = Vec::new();
    for file in archive.entries().unwrap() {
        let mut text = String::new();
        file.unwrap().read_to_string(&mut text).unwrap();
        lines.extend(text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()));
    }
    lines
}

salus_test! {
slow async fn records_of_another_seed_come_in_and_are_shown(w: World) {
    let folder = std::fs::read_dir(testdata().join("seed-7")).unwrap();
    let mut files: Vec<PathBuf> = folder.map(|file| file.unwrap().path()).collect();
    files.sort();
    let bundles = files.iter().filter(|path| path.to_string_lossy().ends_with(".json.gz"));
    let mut inputs: Vec<Input> = bundles.map(|path| Input::file(path).unwrap()).collect();
    assert_eq!(inputs.len(), 4);
    let mut expected = counted(&inputs);
    let lines = lines_of_another_seed();
    inputs.push(of_lines("bulk.ndjson", &lines));
    // The same lines as what the counting reads: entries whose fullUrl is what lines are known by.
    let known_by = |line: &Value| format!("{}/{}", text(line, "resourceType"), text(line, "id"));
    let entries: Vec<Value> =
        lines.iter().map(|line| json!({ "fullUrl": known_by(line), "resource": line })).collect();
    expected.add(json!({ "entry": entries }).to_string().as_bytes());
    assert_eq!(expected.rows["patient"].len(), 44);
    come_in_and_are_shown(w, inputs, expected).await;
}
}
