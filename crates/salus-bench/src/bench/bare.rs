//! The same pages without session, policy and ledger: a plain route reads the patient's key and goes ahead. For the ladder
//! also with session, and with session and policy.
//!
//! The statements stand here a second time, because the record's are its own; before anything is measured, [`super::pages`]
//! compares what both show. Rows, names, entries, view and frame are the record's own code.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderName, HeaderValue, StatusCode},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse as _, Response},
    routing::get,
};
use salus::{
    access::{
        App, ask,
        bench::{Bare, Upto},
        columns,
    },
    record::{self, Closed, Entry, Names, Telling, Wanted, views},
    shell::{
        error,
        page::{self, PageResult},
        urls::{self, Section},
        view::Pager,
    },
};
use salus_db::{DbError, FromRow, Row, Sql, args, sql};
use salus_fhir::show::{ConditionDetails, ObservationValue};
use salus_kernel::{ActionType, Column, ResourceId, actions};
use salus_vault::Opens;
use serde_json::Value;
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};

/// As many as the record shows on one page.
const PAGE: u32 = 50;
/// As the portal's own.
const TIME: Duration = Duration::from_secs(30);

const PROBLEMS: Sql = sql!(
    "SELECT id, event_at, state, encounter_id, resource,
            (SELECT COUNT(*) FROM condition counted WHERE counted.patient_id = $1) AS total
       FROM condition WHERE patient_id = $1
      ORDER BY CASE WHEN state IN ('active', 'recurrence', 'relapse', 'in-progress', 'on-hold', 'proposed', 'planned', 'accepted')
                    THEN 0 ELSE 1 END, event_at DESC NULLS LAST, id
      LIMIT $2 OFFSET $3"
);
const OBSERVATIONS: Sql = sql!(
    "SELECT id, event_at, state, encounter_id, resource,
            (SELECT COUNT(*) FROM observation counted WHERE counted.patient_id = $1) AS total
       FROM observation WHERE patient_id = $1
      ORDER BY event_at DESC NULLS LAST, id
      LIMIT $2 OFFSET $3"
);

/// Headers that every page of the portal has: taken from one, once there is one.
pub type Walls = Arc<OnceLock<Vec<(HeaderName, HeaderValue)>>>;

/// Both pages, behind what every request passes that is neither session nor policy nor ledger.
pub fn router(app: &App, walls: &Walls) -> Router {
    Router::new()
        .route("/bare/{upto}/{patient}/record/problems", get(problems))
        .route("/bare/{upto}/{patient}/record/observations", get(observations))
        .layer(from_fn_with_state(app.clone(), error::pages))
        .layer(CatchPanicLayer::custom(|_panic: Box<dyn std::any::Any + Send>| {
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIME))
        .layer(DefaultBodyLimit::max(256 * 1024))
        .layer(from_fn_with_state(app.clone(), ask))
        .layer(from_fn_with_state(Arc::clone(walls), headers))
        .with_state(app.clone())
}

async fn headers(State(walls): State<Walls>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in walls.get().into_iter().flatten() {
        response.headers_mut().insert(name.clone(), value.clone());
    }
    response
}

async fn problems(State(app): State<App>, request: Request) -> PageResult {
    let read = |resource: &Value| Entry::from(ConditionDetails::read(resource));
    list::<actions::ViewProblems, columns::condition::Resource>(&app, request, PROBLEMS, Section::Problems, read).await
}

async fn observations(State(app): State<App>, request: Request) -> PageResult {
    let read = |resource: &Value| Entry::from(ObservationValue::read(resource));
    list::<actions::ViewResults, columns::observation::Resource>(
        &app,
        request,
        OBSERVATIONS,
        Section::Observations,
        read,
    )
    .await
}

fn upto(path: &str) -> Upto {
    match path.split('/').nth(2) {
        Some("session") => Upto::Session,
        Some("policy") => Upto::Policy,
        _ => Upto::Nothing,
    }
}

struct Counted {
    row: Closed,
    total: i64,
}

impl FromRow for Counted {
    fn from_row(row: &Row<'_>) -> Result<Self, DbError> {
        Ok(Self { total: row.column("total")?, row: Closed::from_row(row)? })
    }
}

/// As `record::pages::list`, for the patient in the path and whoever asks.
async fn list<A: ActionType + Opens<C>, C: Column>(
    app: &App,
    request: Request,
    sql: Sql,
    section: Section,
    read: fn(&Value) -> Entry,
) -> PageResult {
    let (mut parts, _) = request.into_parts();
    let (bare, mut tx) = Bare::open::<A>(upto(parts.uri.path()), &mut parts, app).await?;
    let patient = bare.scope().patient();
    let rows: Vec<Counted> = tx.all(sql, args![patient, PAGE, 0_i64]).await?;
    let total = rows.first().map_or(0, |first| u64::try_from(first.total).unwrap_or(0));
    let mut entries: Vec<(ResourceId, Entry)> = Vec::with_capacity(rows.len());
    for counted in &rows {
        entries.push((counted.row.id, read(&record::open::<A, C>(&bare, bare.scope(), &counted.row)?)));
    }
    let wanted = Wanted::of(entries.iter().flat_map(|(_, entry)| entry.names_in_list()));
    let telling = Telling {
        patient,
        zone: app.clinic().await.zone(),
        names: Names::look_up(&mut tx, wanted).await?,
        open: salus::shell::urls::Section::ALL.to_vec(),
    };
    drop(tx);
    let view = views::SectionList {
        patient: patient.to_string(),
        section,
        rows: entries.iter().map(|(id, entry)| telling.row(section, *id, entry)).collect(),
        pager: Pager::new(&urls::section(patient, section), 1, u64::from(PAGE), total),
        banner: None,
    };
    page::show(&bare, &view)
}
