//! Who opened the record, as a file to keep: each look by itself, for a spreadsheet. RFC 4180, UTF-8.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use jiff::tz::TimeZone;
use salus_kernel::actions::{ExportAccessLog, ViewAccessLog};

use super::{
    model::{self, Group, Line},
    pages::{batch, names},
    views::Copy,
};
use crate::{
    access::Chart,
    shell::{
        dates,
        error::{Error, chain},
        page::{self, PageResult},
        words,
    },
};

/// How many entries a file has at most: all of them are in memory for a moment.
const MOST: usize = 20_000;
/// The columns, the last part of their words' names.
const COLUMNS: [&str; 8] = ["date", "time", "zone", "who", "role", "what", "why", "refused"];
/// Without it spreadsheets take UTF-8 for something else.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// What the file is, and the button.
pub async fn page(chart: Chart<ViewAccessLog>) -> PageResult {
    page::show(&chart, &Copy { patient: chart.patient().to_string() })
}

/// The file.
pub async fn file(chart: Chart<ExportAccessLog>) -> Result<Response, Error> {
    let zone = chart.app().clinic().await.zone();
    let (lines, whole) = lines(&chart).await?;
    let names = names(&chart).await?;
    let broken = |error: csv::Error| Error::broken(chain(&error));
    let mut file = writer();
    file.write_record(COLUMNS.map(|column| words::t(&format!("access-log-copy-{column}")))).map_err(broken)?;
    for look in model::looks(&lines) {
        let name = look.name(|account| names.get(account).cloned());
        file.write_record(row(&look, &name, &zone)).map_err(broken)?;
    }
    if !whole {
        let mut last = COLUMNS.map(|_| String::new());
        if let Some(what) = last.get_mut(5) {
            *what = words::t("access-log-copy-older");
        }
        file.write_record(last).map_err(broken)?;
    }
    let text = file.into_inner().map_err(|error| Error::broken(chain(&error)))?;
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    let name = HeaderValue::from_static("attachment; filename=\"who-opened-my-record.csv\"");
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

/// Every cell in quotes: what splits cells elsewhere (a semicolon, a tab) splits none here.
fn writer() -> csv::Writer<Vec<u8>> {
    let mut how = csv::WriterBuilder::new();
    how.quote_style(csv::QuoteStyle::Always).terminator(csv::Terminator::CRLF);
    how.from_writer(BYTE_ORDER_MARK.as_bytes().to_vec())
}

fn row(look: &Group, name: &str, zone: &TimeZone) -> [String; 8] {
    let [date, time, offset] = dates::for_a_sheet(look.at(), zone);
    let refused = if look.refused { words::t("access-log-copy-yes") } else { String::new() };
    [date, time, offset, as_text(name), as_text(&look.role()), look.what(), look.purpose(), refused]
}

/// What people call themselves, for a spreadsheet that would reckon with what begins like a formula.
fn as_text(typed: &str) -> String {
    let formula = typed.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠']);
    if formula { format!("'{typed}") } else { typed.to_owned() }
}

/// Every entry, the newest first, and whether these are all.
async fn lines(chart: &Chart<ExportAccessLog>) -> Result<(Vec<Line>, bool), Error> {
    let mut ledger = chart.ledger().await?;
    let mut lines: Vec<Line> = Vec::new();
    while lines.len() < MOST {
        let mark = lines.last().map(|line| line.mark);
        if batch(chart, &mut ledger, mark, &mut lines).await? {
            return Ok((lines, true));
        }
    }
    Ok((lines, false))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{as_text, writer};

    proptest! {
        #[test]
        fn whatever_people_call_themselves_is_read_back_and_is_text(names in prop::collection::vec("[\\PC\\s]{0,20}", 8)) {
            let cells: Vec<String> = names.iter().map(|name| as_text(name)).collect();
            let mut file = writer();
            file.write_record(&cells).unwrap();
            let file = file.into_inner().unwrap();
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(file.get(3..).unwrap());
            let read: Vec<String> = reader.records().next().unwrap().unwrap().iter().map(str::to_owned).collect();
            prop_assert_eq!(&read, &cells);
            prop_assert!(read.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\0'])));
        }
    }

    #[test]
    fn a_name_is_never_a_formula() {
        // ASVS V1.2.10.
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\0=1", "＝1"] {
            assert_eq!(as_text(formula), format!("'{formula}"));
        }
        let mut file = writer();
        file.write_record([as_text("Rosa;=1"), as_text("\u{a0}\t=1")]).unwrap();
        let file = String::from_utf8(file.into_inner().unwrap()).unwrap();
        assert_eq!(file, "\u{feff}\"Rosa;=1\",\"\u{a0}\t=1\"\r\n");
        for name in ["Ana Ruiz", "O'Brien", "Anne-Marie", "a@b"] {
            assert_eq!(as_text(name), name);
        }
    }
}
