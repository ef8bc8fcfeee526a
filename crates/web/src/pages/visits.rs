//! 上门路线: the visits of the next weekend afternoons in the order of the doors, to be printed or put into a telephone's calendar.

use askama::Template;
use axum::Router;
use axum::routing::get;
use hemu_app::collection::visits::{Door, VisitPlan, plan_visits, visit_calendar};

use crate::reply::{CALENDAR, Reply, file, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Place;

/// The addresses of this page.
pub fn routes() -> Router<Web> {
    Router::new().route("/c/{community}/visits", get(show)).route("/c/{community}/visits.ics", get(ics))
}

#[derive(Template)]
#[template(path = "visits.html")]
struct VisitsPage {
    ui: Ui,
    plan: VisitPlan,
}

/// `GET /c/{community}/visits`
pub async fn show(at: Place) -> Reply {
    let community = at.id();
    let plan = at.run(move |app, actor, _| plan_visits(app, actor, community)).await?;
    let ui = at.ui(Menu::Workbench, "上门路线", "Visits");
    let locale = ui.locale;
    page(&VisitsPage { plan, ui }, locale)
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
