//! 工作台: what is open today, where the money stands, what waits for a decision; a new community is led through its first
//! steps.

use std::sync::Arc;

use askama::Template;
use axum::extract::Query;
use axum::response::IntoResponse as _;
use chrono::NaiveDate;
use hemu_app::arrears::ArrearsTotals;
use hemu_app::arrears::reports::RateReport;
use hemu_app::collection::todo::{TodoList, WaitingItem, list_todo};
use hemu_app::collection::worklist::{RankedTask, WorkList, list_work};
use hemu_app::readiness::{self, ReadinessBrief, ReadinessLine};
use hemu_app::registry::overview::{UnitFilter, list_units};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::collection::contact_block::manner_of_task;
use hemu_domain::ids::{CaseId, CommunityId, TaskId};
use hemu_domain::readiness::ItemState;
use hemu_domain::review::ReviewSpan;
use hemu_domain::staff::Permission;
use hemu_domain::{Period, UnitLabel};
use serde::Deserialize;

use crate::reply::{Reply, go, page};
use crate::server::Web;
use crate::ui::{Menu, Ui, place};
use crate::visit::{Place, Visit};

/// So many tasks stand on a page.
const TASKS_SHOWN: usize = 30;
/// So many months of the collection rate are shown.
const MONTHS_SHOWN: u32 = 6;

#[derive(Template)]
#[template(path = "workbench.html")]
struct WorkbenchPage {
    ui: Ui,
    totals: ArrearsTotals,
    rates: Arc<RateReport>,
    todo: TodoList,
    work: Option<WorkList>,
    steps: Vec<Step>,
    readiness: ReadinessBrief,
    paging: bool,
    may_collect: bool,
    may_work: bool,
}

/// One step of the first start.
struct Step {
    done: bool,
    href: String,
    zh: &'static str,
    en: &'static str,
    why_zh: &'static str,
    why_en: &'static str,
}

impl WorkbenchPage {
    /// The items formal steps wait for.
    fn gaps(&self) -> Vec<&ReadinessLine> {
        self.readiness.lines.iter().filter(|line| line.needed && line.state != ItemState::Ok).collect()
    }

    fn gap_colour(&self, line: &ReadinessLine) -> &'static str {
        super::readiness::colour(line)
    }

    fn gap_place(&self, line: &ReadinessLine) -> &'static str {
        super::readiness::place_of(line.item)
    }

    fn latest(&self) -> Option<(String, String)> {
        let row = self.rates.rows.last()?;
        Some((row.period.to_string(), row.rate.clone()?))
    }

    fn is_late(&self, due_on: &NaiveDate) -> bool {
        *due_on < self.ui.today
    }

    fn case_of(&self, case: Option<&CaseId>) -> Option<String> {
        case.map(|id| self.ui.here(&format!("cases/{id}")))
    }

    fn unit(&self, unit: Option<&UnitLabel>) -> String {
        unit.map(ToString::to_string).unwrap_or_default()
    }

    /// The rows that are shown of the ranked list.
    fn ranked(&self) -> &[RankedTask] {
        self.work.as_ref().map(|work| &work.rows[..work.rows.len().min(TASKS_SHOWN)]).unwrap_or_default()
    }

    /// The weightiest reason for the place of a task.
    fn first_reason(&self, task: &RankedTask) -> String {
        task.rank.why.first().map(|one| self.ui.text(&one.why)).unwrap_or_default()
    }

    /// Whether the task reaches the payer, so that the contact budget has a say.
    fn is_contact(&self, task: &RankedTask) -> bool {
        manner_of_task(&task.kind).is_some()
    }

    /// When to do it: the hour the payer was reached at, else when it fits.
    fn good_time(&self, task: &RankedTask) -> String {
        match task.good_hour {
            Some(hour) => format!("{hour}:00"),
            None => self.ui.fitting(&task.fitting_time),
        }
    }

    fn case_of_waiting(&self, one: &WaitingItem) -> String {
        one.case_id.map_or_else(|| self.ui.here("cases"), |id| self.ui.here(&format!("cases/{id}")))
    }

    fn after(&self) -> Option<String> {
        self.todo.next.map(|(day, id)| format!("{day}.{id}"))
    }

    /// Whole percent, for the width of a bar.
    fn width(&self, rate: Option<&String>) -> u32 {
        rate.and_then(|text| text.split('.').next()).and_then(|whole| whole.parse().ok()).unwrap_or(0).min(100)
    }

    fn next_step(&self) -> Option<&Step> {
        self.steps.iter().find(|step| !step.done)
    }
}

struct Figures {
    totals: ArrearsTotals,
    rates: Arc<RateReport>,
    todo: TodoList,
    work: Option<WorkList>,
    has_units: bool,
    has_contract: bool,
    readiness: ReadinessBrief,
}

/// What the address asks for: where the next page of tasks begins; `by=day` lists all tasks by day instead of today's by rank.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    after: String,
    by: String,
}

impl Asked {
    fn cursor(&self) -> Option<(NaiveDate, TaskId)> {
        let (day, id) = self.after.split_once('.')?;
        Some((day.parse().ok()?, TaskId::parse(id).ok()?))
    }

    fn is_ranked(&self) -> bool {
        self.after.is_empty() && self.by != "day"
    }
}

/// `GET /`: the first community of the person, or the settings where there is none yet.
pub async fn home(visit: Visit) -> Reply {
    match visit.communities.first() {
        Some(first) => Ok(go(&place(first.id, ""))),
        None => Ok(go("/settings").into_response()),
    }
}

/// `GET /c/{community}`
pub async fn show(at: Place, Query(asked): Query<Asked>) -> Reply {
    let (id, web) = (at.id(), at.visit.web.clone());
    let (cursor, ranked) = (asked.cursor(), asked.is_ranked());
    let figures = at.run(move |app, actor, name| read(&web, app, actor, (name, id), (cursor, ranked))).await?;
    let ui = at.ui(Menu::Workbench, "工作台", "Workbench");
    let locale = ui.locale;
    let content = WorkbenchPage {
        steps: first_steps(&at, &figures),
        readiness: figures.readiness,
        totals: figures.totals,
        rates: figures.rates,
        todo: figures.todo,
        work: figures.work,
        paging: cursor.is_some(),
        may_collect: ui.may(Permission::TakePayment),
        may_work: ui.may(Permission::WorkCases),
        ui,
    };
    page(&content, locale)
}

fn read(
    web: &Web,
    app: &App,
    actor: &Actor,
    (name, id): (&str, CommunityId),
    (cursor, ranked): (Option<(NaiveDate, TaskId)>, bool),
) -> Result<Figures, Refusal> {
    let today = app.today();
    let this_month = Period::of(today);
    let first = (1..MONTHS_SHOWN).fold(this_month, |month, _| month.previous());
    let span = ReviewSpan { first, last: this_month };
    let rates = web.kept.rates(app, actor, name, (today, Some(span)))?;
    // Whoever has issued bills has units and a contract; only a new community is asked for both.
    let billed = !rates.rows.is_empty();
    let has_units =
        || Ok::<_, Refusal>(!list_units(app, actor, name, &UnitFilter::default(), (None, 1))?.rows.is_empty());
    let has_contract = || Ok::<_, Refusal>(!hemu_app::tariff::show_tariff(app, actor, name)?.contracts.is_empty());
    Ok(Figures {
        totals: web.kept.arrears(app, actor, name, today)?.totals.clone(),
        todo: list_todo(app, actor, id, (cursor, TASKS_SHOWN))?,
        work: ranked.then(|| list_work(app, actor, id)).transpose()?,
        readiness: readiness::brief(app, actor, id)?,
        has_units: billed || has_units()?,
        has_contract: billed || has_contract()?,
        rates,
    })
}

/// Company, community, spreadsheet, fee standard, first bills: shown until all are done.
fn first_steps(at: &Place, figures: &Figures) -> Vec<Step> {
    let steps = vec![
        Step {
            done: at.community.missing.is_empty(),
            href: "/settings".to_owned(),
            zh: "填写公司名称、服务电话和收款方式",
            en: "Enter company, service phone and how to pay",
            why_zh: "账单、收据和函件都要印上",
            why_en: "bills, receipts and letters print them",
        },
        Step {
            done: figures.has_units,
            href: at.here("import"),
            zh: "导入房产和业主的表格",
            en: "Import the spreadsheet of units and owners",
            why_zh: "用办公室现有的表格，列名不用改，先预览再写入",
            why_en: "the office's own list, headings as they are; a preview comes first",
        },
        Step {
            done: figures.has_contract,
            href: at.here("tariff"),
            zh: "核对收费标准和合同条款",
            en: "Check fee standards and contract clauses",
            why_zh: "单价来自表格；到期日和违约金以合同为准，没有约定就不收违约金",
            why_en: "prices come from the list; due dates and late fees from the contract, without a clause there is none",
        },
        Step {
            done: !figures.rates.rows.is_empty(),
            href: at.here("bills"),
            zh: "出第一期账单",
            en: "Issue the first bills",
            why_zh: "先检查，看清将出多少、哪些户有疑问，再出账",
            why_en: "check first: how many, how much, which units look doubtful; then issue",
        },
    ];
    if steps.iter().all(|step| step.done) { Vec::new() } else { steps }
}
