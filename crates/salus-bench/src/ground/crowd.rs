//! More patients with accounts of their own than the demo has: charts by an import, accounts as the demo makes them.

use std::{io::Cursor, sync::Arc};

use anyhow::{Context as _, Result};
use salus::{
    access::{Breached, Clock, RunChange, SystemRun, founding::Opened},
    accounts::{
        admin::{self, NewAccount},
        password::NewPassword,
        totp,
    },
    import::{self, Input, Silent, Source},
};
use salus_db::{Sql, args, sql};
use salus_kernel::{Action, PatientId};
use serde_json::json;

use super::Demo;
use crate::people::Person;

const FIND: Sql = sql!("SELECT patient_id FROM patient WHERE source_index = $1");

impl Demo {
    /// Makes so many more patients who can sign in. Nobody serves the clinic meanwhile.
    pub async fn crowd(&self, count: usize, clock: &Clock) -> Result<Vec<Person>> {
        let Opened { db, ledger } = self.open(Arc::clone(clock), true).await?;
        let root = self.config()?.root()?;
        let run = |name, action| SystemRun::new(name, action, db.clone(), ledger.clone(), &root, clock());
        let source = Source::default();
        let importing = run("import", Action::ImportRecords).await?;
        import::import_file(&importing, &source, &charts(count)?, &Silent).await?;
        let accounts = run("accounts", Action::ManageAccounts).await?;
        let mut people = Vec::new();
        let mut change = accounts.begin().await?;
        for number in 0..count {
            people.push(account(&accounts, &mut change, &source, number).await?);
        }
        change.commit().await?;
        ledger.close().await?;
        db.close().await;
        Ok(people)
    }
}

fn name_of(number: usize) -> String {
    format!("urn:uuid:00000000-0000-4000-8000-{number:012}")
}

/// A bundle of patients who have a name and a date of birth, and nothing else.
fn charts(count: usize) -> Result<Input> {
    let entry = |number: usize| {
        json!({
            "fullUrl": name_of(number),
            "resource": {
                "resourceType": "Patient",
                "name": [{ "family": "Crowd", "given": [format!("Number {number}")] }],
                "gender": "female",
                "birthDate": "1980-05-17"
            }
        })
    };
    let entries: Vec<_> = (0..count).map(entry).collect();
    let bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": entries });
    let bytes: Arc<[u8]> = serde_json::to_vec(&bundle)?.into();
    let size = u64::try_from(bytes.len())?;
    Ok(Input::new("crowd", size, move || Ok(Box::new(Cursor::new(Arc::clone(&bytes))))))
}

async fn account(run: &SystemRun, change: &mut RunChange<'_>, source: &Source, number: usize) -> Result<Person> {
    let index = run.vault().index("import", &format!("{}|{}", source.name(), name_of(number))).into_string();
    change.see_imported().await?;
    let found: Option<(PatientId,)> = change.tx.maybe(FIND, args![index]).await?;
    change.see_own().await?;
    let (patient,) = found.context("a patient of the crowd is missing")?;
    change.look_at(patient).await?;
    let password = totp::demo_password();
    let parsed = NewPassword::parse(&password, &[], &Breached::default())
        .map_err(|_| anyhow::anyhow!("a random password that is too weak"))?;
    let (email, name) = (format!("crowd-{number}@example.org"), format!("Number {number} Crowd"));
    let new = NewAccount { email: email.clone(), name, password: parsed, staff: None };
    let id = admin::create(run, change, new).await?;
    let totp_secret = admin::enroll(run, change, id).await?.base32();
    admin::grant_own_chart(run, change, id, patient).await?;
    Ok(Person {
        role: "patient".to_owned(),
        email,
        password,
        totp_secret,
        patient: Some(patient.to_string()),
        enrolled: true,
    })
}
