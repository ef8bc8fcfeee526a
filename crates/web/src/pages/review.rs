//! 复盘与报表: rates by month, ageing, stages, causes, buildings; charts for looking, tables for reading, a workbook to keep.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::routing::get;
use chrono::NaiveDate;
use hemu_app::review::workbook::review_workbook;
use hemu_app::review::{Group, ReviewReport, ScriptOutcome};
use hemu_domain::Fen;
use hemu_domain::collection::classification::Cause;
use hemu_domain::collection::policy::Stage;
use hemu_domain::review::ReviewSpan;
use serde::Deserialize;
use serde_json::json;

use crate::reply::{Reply, XLSX, file, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Place;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new().route("/c/{community}/review", get(show)).route("/c/{community}/review.xlsx", get(xlsx))
}

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    as_of: String,
    /// A month, quarter or year: `2026-10`, `2026-Q4`, `2026`; empty for this year so far.
    period: String,
}

impl Asked {
    /// The day asked for.
    pub(super) fn day(&self) -> Option<NaiveDate> {
        self.as_of.parse().ok()
    }

    /// The months asked for, as they were typed.
    pub(super) fn period(&self) -> &str {
        &self.period
    }

    pub(super) fn span(&self) -> Option<ReviewSpan> {
        ReviewSpan::parse(&self.period).ok()
    }
}

#[derive(Template)]
#[template(path = "review.html")]
struct ReviewPage {
    ui: Ui,
    report: Arc<ReviewReport>,
    groups: Vec<GroupTable>,
    total: Fen,
    late_fee: Fen,
    data: String,
    period: String,
}

impl ReviewPage {
    fn stage(&self, word: &str) -> String {
        Stage::parse(word).map_or_else(|_| word.to_owned(), |one| self.ui.text(&one.label()))
    }

    /// Type of owner, stage and channel of a script.
    fn script(&self, one: &ScriptOutcome) -> String {
        let cause =
            one.cause.map_or_else(|| self.ui.say("未了解", "not known").to_owned(), |one| self.ui.text(&one.label()));
        format!("{cause} · {} · {}", self.ui.text(&one.stage.label()), self.ui.text(&one.channel.label()))
    }

    fn channel<'a>(&'a self, word: &'a str) -> &'a str {
        match word {
            "phone" => self.ui.say("电话", "telephone"),
            "visit" => self.ui.say("上门", "visit"),
            "counter" => self.ui.say("前台", "counter"),
            "wechat" => self.ui.say("微信", "WeChat"),
            "sms" => self.ui.say("短信", "text message"),
            "email" => self.ui.say("邮件", "e-mail"),
            "letter" => self.ui.say("信函", "letter"),
            "board" => self.ui.say("公告", "notice board"),
            other => other,
        }
    }
}

/// A table of units and what they owe.
struct GroupTable {
    id: &'static str,
    title: String,
    rows: Vec<(String, usize, Fen)>,
}

/// `GET /c/{community}/review`
pub async fn show(at: Place, Query(asked): Query<Asked>) -> Reply {
    let day = asked.day().unwrap_or_else(|| at.visit.web.app.today());
    let span = asked.span();
    let kept = at.visit.web.kept.clone();
    let report = at.run(move |app, actor, name| kept.review(app, actor, name, (day, span))).await?;
    let ui = at.ui(Menu::Review, "复盘与报表", "Review and reports");
    let locale = ui.locale;
    let stage = |word: &str| {
        Stage::parse(word).map_or_else(|_| ui.say("未立案", "no case").to_owned(), |one| ui.text(&one.label()))
    };
    let cause = |word: &str| {
        Cause::parse(word).map_or_else(|_| ui.say("未了解", "not known").to_owned(), |one| ui.text(&one.label()))
    };
    // The funnel reads from the gentlest stage to the last.
    let order = |word: &str| Stage::ALL.iter().position(|one| one.as_str() == word).map_or(0, |place| place + 1);
    let mut stages = rows(&report.stages, |word| (order(word), stage(word)));
    stages.sort_by_key(|(place, ..)| *place);
    let mut causes = rows(&report.causes, |word| (0, cause(word)));
    causes.sort_by_key(|(_, _, units, _)| Reverse(*units));
    let groups = vec![
        table("stages", ui.say("按阶段", "By stage"), stages),
        table("causes", ui.say("按原因", "By cause"), causes),
        table(
            "buildings",
            ui.say("按楼栋", "By building"),
            by_number(rows(&report.buildings, |word| (0, word.to_owned()))),
        ),
    ];
    let content = ReviewPage {
        total: report.ageing.iter().map(|row| row.principal).sum(),
        late_fee: report.ageing.iter().map(|row| row.late_fee).sum(),
        data: chart_data(&ui, &report, &groups),
        groups,
        report,
        period: asked.period,
        ui,
    };
    page(&content, locale)
}

type Row = (usize, String, usize, Fen);

fn rows(groups: &BTreeMap<String, Group>, name: impl Fn(&str) -> (usize, String)) -> Vec<Row> {
    let row = |(word, group): (&String, &Group)| {
        let (place, name) = name(word);
        (place, name, group.units, group.principal)
    };
    groups.iter().map(row).collect()
}

fn by_number(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by_key(|(_, code, ..)| (code.parse::<u64>().unwrap_or(u64::MAX), code.clone()));
    rows
}

fn table(id: &'static str, title: &str, rows: Vec<Row>) -> GroupTable {
    GroupTable {
        id,
        title: title.to_owned(),
        rows: rows.into_iter().map(|(_, name, units, owed)| (name, units, owed)).collect(),
    }
}

/// What the charts draw. Amounts go as text in yuan: the script only draws them.
fn chart_data(ui: &Ui, report: &ReviewReport, groups: &[GroupTable]) -> String {
    let yuan = |amount: Fen| amount.to_string();
    let group = |table: &GroupTable| {
        json!({ "id": table.id, "title": table.title, "names": table.rows.iter().map(|row| &row.0).collect::<Vec<_>>(),
            "units": table.rows.iter().map(|row| row.1).collect::<Vec<_>>(),
            "owed": table.rows.iter().map(|row| yuan(row.2)).collect::<Vec<_>>() })
    };
    let rates = json!({
        "months": report.rates.iter().map(|row| row.period.to_string()).collect::<Vec<_>>(),
        "receivable": report.rates.iter().map(|row| yuan(row.receivable)).collect::<Vec<_>>(),
        "collected": report.rates.iter().map(|row| yuan(row.collected)).collect::<Vec<_>>(),
        "rate": report.rates.iter().map(|row| row.rate.clone()).collect::<Vec<_>>(),
    });
    let ageing = json!({
        "bands": report.ageing.iter().map(|row| ui.age(row.bucket)).collect::<Vec<_>>(),
        "owed": report.ageing.iter().map(|row| yuan(row.principal)).collect::<Vec<_>>(),
    });
    let words = json!({
        "receivable": ui.say("应收", "Charged"), "collected": ui.say("实收", "Collected"),
        "rate": ui.say("收缴率 %", "Rate %"), "owed": ui.say("欠费（元）", "Owed (yuan)"), "units": ui.say("户", "units"),
    });
    let data = json!({ "rates": rates, "ageing": ageing, "groups": groups.iter().map(group).collect::<Vec<_>>(), "words": words });
    // Inside a script element a `<` could end it.
    data.to_string().replace('<', "\\u003c")
}

/// `GET /c/{community}/review.xlsx`: the figures of the page.
pub async fn xlsx(at: Place, Query(asked): Query<Asked>) -> Reply {
    let day: NaiveDate = asked.as_of.parse().unwrap_or_else(|_| at.visit.web.app.today());
    let span = asked.span();
    let bytes = at.run(move |app, actor, name| review_workbook(app, actor, name, day, span)).await?;
    Ok(file(bytes, XLSX, &format!("复盘-{day}.xlsx"), false))
}
