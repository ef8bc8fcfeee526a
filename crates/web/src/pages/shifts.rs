//! 收款日报 and 班次: a shift is opened and closed, and a day looked at, on screen, as a workbook, on paper.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::{get, post};
use hemu_app::clock::in_china;
use hemu_app::desk::{
    ClosingLine, Counted, DayLine, DayReport, DeskRules, ShiftItem, ShiftPage, close_shift, day_pdf, day_report,
    day_xlsx, desk_rules, open_shift, set_desk_rules, shift_page,
};
use hemu_app::ledger::METHODS;
use hemu_app::{Actor, App, Refusal};
use hemu_domain::Fen;
use hemu_domain::ids::ShiftId;
use hemu_domain::staff::Permission;
use serde::Deserialize;

use super::desk::method;
use crate::fields::{Fields, Posted};
use crate::reply::{PDF, Reply, XLSX, file, go, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Place;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/c/{community}/desk/shift", get(shift).post(open))
        .route("/c/{community}/desk/shift/{shift}", post(close))
        .route("/c/{community}/desk/rules", post(rules))
        .route("/c/{community}/desk/day", get(day))
        .route("/c/{community}/desk/day/file", get(day_file))
}

#[derive(Template)]
#[template(path = "shift.html")]
struct ShiftContent {
    ui: Ui,
    shift: ShiftPage,
    rules: DeskRules,
    may_take: bool,
    may_set: bool,
}

impl ShiftContent {
    fn method(&self, word: &str) -> String {
        method(&self.ui, word)
    }

    fn opened(&self, shift: &ShiftItem) -> String {
        in_china(shift.opened_at).format("%m-%d %H:%M").to_string()
    }

    /// Methods that can be counted though nothing was expected by them.
    fn others(&self) -> Vec<(&'static str, String)> {
        let known = |word: &&&str| self.shift.lines.iter().any(|line| line.method == **word);
        METHODS.iter().filter(|word| !known(word)).map(|word| (*word, method(&self.ui, word))).collect()
    }

    fn expected(&self, line: &ClosingLine) -> String {
        self.ui.money(&line.expected)
    }
}

/// `GET /c/{community}/desk/shift`
pub async fn shift(at: Place) -> Reply {
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        Ok((shift_page(app, actor, community)?, desk_rules(app, actor, community)?))
    };
    let (shift, rules) = at.run(work).await?;
    let ui = at.ui(Menu::Desk, "班次与日结", "Shifts");
    let locale = ui.locale;
    let (may_take, may_set) = (ui.may(Permission::TakePayment), ui.may(Permission::Administer));
    page(&ShiftContent { shift, rules, may_take, may_set, ui }, locale)
}

/// `POST /c/{community}/desk/shift`: opens one's own.
pub async fn open(posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let community = at.id();
    at.run(move |app, actor, _| open_shift(app, actor, community, fields.amount("float")?)).await?;
    Ok(go(&at.here("desk/shift?done=opened")))
}

/// `POST /c/{community}/desk/shift/{shift}`: closes it with what was counted.
pub async fn close(Path((_, shift)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let missing = |_| at.visit.fail(Refusal::not_found("班次", "shift", ""));
    let (id, community) = (ShiftId::parse(&shift).map_err(missing)?, at.id());
    let work = move |app: &App, actor: &Actor, _: &str| {
        close_shift(app, actor, community, id, (&counted(&fields)?, fields.text("reason")))
    };
    let closed = at.run(work).await?;
    Ok(go(&at.here(&format!("desk/day?on={}&done=shift_closed", closed.closed_on))))
}

/// The fields `counted-cash` and so on; an empty one was not counted.
fn counted(fields: &Fields) -> Result<Vec<Counted>, Refusal> {
    let mut counted = Vec::new();
    for method in METHODS {
        let typed = fields.text(&format!("counted-{method}")).replace([',', '，'], "");
        if typed.is_empty() {
            continue;
        }
        let amount = Fen::parse(&typed).map_err(|_| {
            let zh = format!("清点金额“{typed}”无法识别，应为最多两位小数的数字");
            Refusal::invalid("counted", zh, format!("'{typed}' is no amount"))
        })?;
        counted.push(Counted { method: method.to_owned(), amount });
    }
    Ok(counted)
}

/// `POST /c/{community}/desk/rules`
pub async fn rules(posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let community = at.id();
    let work = move |app: &App, actor: &Actor, _: &str| {
        let rounding_limit = fields.amount("rounding_limit")?;
        set_desk_rules(
            app,
            actor,
            community,
            DeskRules { rounding_limit, needs_shift: fields.is_ticked("needs_shift") },
        )
    };
    at.run(work).await?;
    Ok(go(&at.here("desk/shift?done=saved")))
}

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    on: String,
    format: String,
}

#[derive(Template)]
#[template(path = "day.html")]
struct DayContent {
    ui: Ui,
    report: DayReport,
}

impl DayContent {
    fn method(&self, word: &str) -> String {
        method(&self.ui, word)
    }

    fn kind(&self, line: &DayLine) -> &str {
        match line.kind {
            "reversal" => self.ui.say("冲红", "reversal"),
            "refund" => self.ui.say("退款", "refund"),
            "transfer" => self.ui.say("转款", "transfer"),
            _ => self.ui.say("收款", "payment"),
        }
    }

    fn ways(&self, line: &DayLine) -> String {
        let way = |one: &hemu_app::ledger::TenderLine| {
            let name = self.method(&one.method);
            if line.tenders.len() > 1 { format!("{name} {}", self.ui.money(&one.amount)) } else { name }
        };
        line.tenders.iter().map(way).collect::<Vec<_>>().join(self.ui.semicolon())
    }
}

fn wanted(app: &App, asked: &Asked) -> Result<chrono::NaiveDate, Refusal> {
    let fields = Fields::from_pairs(vec![("on".to_owned(), asked.on.clone())]);
    Ok(fields.day_or_none("on", "日期")?.unwrap_or_else(|| app.today()))
}

/// `GET /c/{community}/desk/day?on=2026-11-24`
pub async fn day(at: Place, Query(asked): Query<Asked>) -> Reply {
    let community = at.id();
    let report = at.run(move |app, actor, _| day_report(app, actor, community, wanted(app, &asked)?)).await?;
    let ui = at.ui(Menu::Desk, "收款日报", "Day report");
    let locale = ui.locale;
    page(&DayContent { report, ui }, locale)
}

/// `GET /c/{community}/desk/day/file?on=2026-11-24&format=xlsx|pdf`
pub async fn day_file(at: Place, Query(asked): Query<Asked>) -> Reply {
    let community = at.id();
    let is_paper = asked.format == "pdf";
    let work = move |app: &App, actor: &Actor, _: &str| {
        let report = day_report(app, actor, community, wanted(app, &asked)?)?;
        let bytes = if is_paper { day_pdf(&report)? } else { day_xlsx(&report)? };
        Ok((bytes, report.on))
    };
    let (bytes, on) = at.run(work).await?;
    let (kind, end) = if is_paper { (PDF, "pdf") } else { (XLSX, "xlsx") };
    Ok(file(bytes, kind, &format!("收款日报 {on}.{end}"), is_paper))
}
