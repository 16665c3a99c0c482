//! `Routes`: takes only handlers whose first argument is a guard, and fills the table of routes as it goes.

use std::{pin::Pin, sync::Arc};

use axum::{
    Router,
    extract::{FromRequestParts, Request},
    handler::Handler,
    http::Method,
    middleware::from_fn_with_state,
    response::Response,
    routing::{get, post},
};
use salus_kernel::Action;

use super::{App, Feature, features::shut_unless_on, typed_text, uploads};

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Visitor,
    /// Whoever gave the right password.
    Halfway(Action),
    /// Whoever is signed in.
    SignedIn(Action),
    /// Whoever may do this in that patient's record.
    Chart(Action),
    /// Staff who may do this across patients.
    Worklist(Action),
}

impl Access {
    /// The guard's name and the action's word.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Visitor => ("Visitor", "-"),
            Self::Halfway(action) => ("Halfway", action.word()),
            Self::SignedIn(action) => ("SignedIn", action.word()),
            Self::Chart(action) => ("Chart", action.word()),
            Self::Worklist(action) => ("Worklist", action.word()),
        }
    }
}

/// What may stand first in a handler: it says who may call it, and its making is the proof.
#[diagnostic::on_unimplemented(
    message = "this handler does not say who may call it",
    note = "make its first argument a guard: Chart<Action>, Worklist<Action>, SignedIn<Action>, Halfway<Action> or Visitor"
)]
pub trait Guard: FromRequestParts<App> {
    /// For the table of routes.
    const ACCESS: Access;
}

/// The arguments of a handler, the first of which is a guard. axum's own shape: `(marker, first, second, …)`.
pub trait FirstIsGuard {
    /// The guard's.
    const ACCESS: Access;
}

macro_rules! first_is_guard {
    ($($rest:ident),*) => {
        impl<M, G: Guard, $($rest),*> FirstIsGuard for (M, G, $($rest),*) {
            const ACCESS: Access = G::ACCESS;
        }
    };
}
first_is_guard!();
first_is_guard!(T1);
first_is_guard!(T1, T2);
first_is_guard!(T1, T2, T3);
first_is_guard!(T1, T2, T3, T4);

/// A handler as every other: axum's whole machinery is compiled once for each type of handler, and this is one type.
#[derive(Clone)]
struct Door(Arc<dyn Fn(Request, App) -> Answer + Send + Sync>);

type Answer = Pin<Box<dyn Future<Output = Response> + Send>>;

impl Door {
    fn of<H: Handler<T, App>, T>(handler: H) -> Self {
        Self(Arc::new(move |request, app| Box::pin(handler.clone().call(request, app))))
    }
}

impl Handler<Self, App> for Door {
    type Future = Answer;

    fn call(self, request: Request, app: App) -> Answer {
        (self.0)(request, app)
    }
}

/// One line of `docs/generated/routes.txt`.
#[derive(Debug, Clone)]
pub struct RouteInfo {
    /// GET or POST.
    pub method: Method,
    /// The pattern.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// Without which it is not there.
    pub feature: Option<Feature>,
    /// Its form brings a file.
    pub takes_file: bool,
}

/// A slice's routes.
#[derive(Default)]
pub struct Routes {
    router: Router<App>,
    table: Vec<RouteInfo>,
}

impl Routes {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn note<T: FirstIsGuard>(&mut self, method: Method, path: &'static str, takes_file: bool) {
        self.table.push(RouteInfo { method, path, access: T::ACCESS, feature: None, takes_file });
    }

    /// A page.
    pub fn get<H, T>(mut self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: FirstIsGuard + 'static,
    {
        self.note::<T>(Method::GET, path, false);
        self.router = self.router.route(path, get(Door::of(handler)));
        self
    }

    /// A form's target. The layer in front of the guard checks where the form came from, and keeps what was typed when
    /// the session has ended meanwhile.
    pub fn post<H, T>(mut self, path: &'static str, handler: H, app: &App) -> Self
    where
        H: Handler<T, App>,
        T: FirstIsGuard + 'static,
    {
        self.note::<T>(Method::POST, path, false);
        self.router = self.router.route(
            path,
            post(Door::of(handler)).route_layer(from_fn_with_state((app.clone(), T::ACCESS), typed_text::before_guard)),
        );
        self
    }

    /// The target of a form that brings a file, and takes nothing typed: the page with the form is at the same address.
    pub fn post_file<H, T>(mut self, path: &'static str, handler: H, app: &App) -> Self
    where
        H: Handler<T, App>,
        T: FirstIsGuard + 'static,
    {
        self.note::<T>(Method::POST, path, true);
        let layer = from_fn_with_state(app.clone(), uploads::before_guard);
        self.router = self.router.route(path, post(Door::of(handler)).route_layer(layer));
        self
    }

    /// Says that the routes so far are there only while this feature is on. Off, each answers 404, whoever asks.
    #[must_use]
    pub fn only_with(mut self, feature: Feature, app: &App) -> Self {
        for route in &mut self.table {
            route.feature.get_or_insert(feature);
        }
        self.router = self.router.route_layer(from_fn_with_state((app.clone(), feature), shut_unless_on));
        self
    }

    /// Another slice's routes.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.table.extend(other.table);
        self
    }

    /// The table, and the router for axum.
    pub fn into_parts(self) -> (Vec<RouteInfo>, Router<App>) {
        (self.table, self.router)
    }
}

/// The table as committed in `docs/generated/routes.txt`.
pub fn table(routes: &[RouteInfo]) -> String {
    let mut lines: Vec<String> = routes
        .iter()
        .map(|route| {
            let (guard, action) = route.access.words();
            let file = if route.takes_file { "  takes a file" } else { "" };
            let feature = route.feature.map(|feature| format!("  only with {}", feature.key())).unwrap_or_default();
            format!("{:<5} {:<58} {:<9} {action}{feature}{file}\n", route.method.as_str(), route.path, guard)
        })
        .collect();
    lines.sort_by_key(|line| line.split_whitespace().skip(1).map(str::to_owned).collect::<Vec<_>>());
    format!("Every route, who guards it, and what it does. Generated; a new line is a new door.\n\n{}", lines.concat())
}
