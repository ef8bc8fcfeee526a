//! 上门路线: the visits of the next weekend afternoons in the order of the doors, to be printed or put into a telephone's calendar; each
//! leads to the form of its visit.

mod record;

use askama::Template;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use hemu_app::clock::in_china;
use hemu_app::collection::visits::{Door, VisitPlan, plan_visits, visit_calendar};
use hemu_app::{Actor, App};

use crate::forms;
use crate::reply::{CALENDAR, Reply, file, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Place;

/// The addresses of this page.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/c/{community}/visits", get(show))
        .route("/c/{community}/visits.ics", get(ics))
        .route("/c/{community}/visits/{case}", get(record::show).post(record::keep))
        .layer(DefaultBodyLimit::max(forms::MOST_VISIT_BYTES))
}

#[derive(Template)]
#[template(path = "visits.html")]
struct VisitsPage {
    ui: Ui,
    plan: VisitPlan,
    now: String,
}

/// `GET /c/{community}/visits`
pub async fn show(at: Place) -> Reply {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        Ok((plan_visits(app, actor, community)?, in_china(app.clock.now()).naive_local()))
    };
    let (plan, now) = at.run(work).await?;
    let ui = at.ui(Menu::Workbench, "上门路线", "Visits");
    let locale = ui.locale;
    page(&VisitsPage { plan, now: record::time_of(now), ui }, locale)
}

/// `GET /c/{community}/visits.ics`
pub async fn ics(at: Place) -> Reply {
    let community = at.id();
    let calendar = at.run(move |app, actor, _| visit_calendar(app, actor, community)).await?;
    Ok(file(calendar.into_bytes(), CALENDAR, "上门路线.ics", false))
}

impl VisitsPage {
    /// The doors building by building, each with its afternoon.
    fn stops(&self) -> Vec<(String, Vec<&Door>)> {
        let mut stops: Vec<(String, Vec<&Door>)> = Vec::new();
        for door in &self.plan.doors {
            let day = door.at.as_deref().and_then(|at| at.split_once(' ')).map_or("", |(day, _)| day);
            let title = format!("{day} {} {}", door.unit.building(), self.ui.say("栋", "building"));
            match stops.last_mut() {
                Some((there, doors)) if *there == title => doors.push(door),
                _ => stops.push((title, vec![door])),
            }
        }
        stops
    }

    fn hour<'a>(&self, door: &'a Door) -> &'a str {
        door.at.as_deref().and_then(|at| at.split_once(' ')).map_or("", |(_, hour)| hour)
    }
}
