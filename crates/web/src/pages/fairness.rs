//! 公平性: decisions made again, groups of cases side by side, and what was done out of the ordinary.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::routing::get;
use chrono::NaiveDate;
use hemu_app::review::fairness::{Compared, FairnessReport, GroupLine, fairness_report};
use hemu_domain::review::fairness::{Difference, FEWEST};

use super::review::Asked;
use crate::reply::{Reply, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Place;

/// The address of this page.
pub fn routes() -> Router<Web> {
    Router::new().route("/c/{community}/fairness", get(show))
}

#[derive(Template)]
#[template(path = "fairness.html")]
struct FairnessPage {
    ui: Ui,
    report: FairnessReport,
    period: String,
    as_of: NaiveDate,
}

/// `GET /c/{community}/fairness`
pub async fn show(at: Place, Query(asked): Query<Asked>) -> Reply {
    let as_of = asked.day().unwrap_or_else(|| at.visit.web.app.today());
    let span = asked.span();
    let report = at.run(move |app, actor, name| fairness_report(app, actor, name, as_of, span)).await?;
    let ui = at.ui(Menu::Review, "公平性", "Fairness");
    let locale = ui.locale;
    page(&FairnessPage { report, period: asked.period().to_owned(), as_of, ui }, locale)
}

/// The three ways cases are grouped, and how each is called.
const WAYS: [(&str, &str, &str); 3] = [
    ("building", "按楼栋", "By building"),
    ("role", "按业主身份", "By what the payer is"),
    ("staff", "按负责人员", "By person"),
];

impl FairnessPage {
    fn fewest(&self) -> u64 {
        FEWEST
    }

    fn ways(&self) -> Vec<(&'static str, &str)> {
        WAYS.iter().map(|(by, zh, en)| (*by, self.ui.say(zh, en))).collect()
    }

    fn groups(&self, by: &str) -> Vec<&GroupLine> {
        self.report.groups.iter().filter(|one| one.by == by).collect()
    }

    fn name(&self, group: &GroupLine) -> String {
        match (group.by, group.name.as_str()) {
            ("building", code) if !code.is_empty() => self.ui.building(code),
            ("role", "owner" | "co_owner") => self.ui.say("业主", "owner").to_owned(),
            ("role", "tenant") => self.ui.say("租户缴费", "tenant").to_owned(),
            ("role", "developer") => self.ui.say("开发商", "developer").to_owned(),
            (_, "") => self.ui.say("未登记", "not on record").to_owned(),
            (_, name) => name.to_owned(),
        }
    }

    /// A share in percent with what chance allows, and whether it needs an explanation.
    fn share(&self, one: &Compared) -> (String, bool, String) {
        let percent = one.percent.as_deref().unwrap_or("-");
        let shown = match &one.interval {
            Some((low, high)) => format!("{percent}% ({low}-{high})"),
            None => "-".to_owned(),
        };
        let differs = matches!(one.difference, Difference::More | Difference::Less);
        (shown, differs, self.ui.text(&one.difference.label()))
    }
}
