//! 工作台: what is open today, where the money stands, what to do first; a new community is led through its first steps.

use askama::Template;
use axum::response::IntoResponse as _;
use hemu_app::arrears::arrears_report;
use hemu_app::arrears::reports::{RateReport, rate_report};
use hemu_app::collection::work::{OpenTask, list_open_tasks};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::Fen;
use hemu_domain::collection::policy::StepKind;
use hemu_domain::ids::CommunityId;

use crate::reply::{Reply, go, page};
use crate::ui::{Menu, Ui, place};
use crate::visit::{Place, Visit};

/// So many tasks stand on the page.
const TASKS_SHOWN: usize = 20;

#[derive(Template)]
#[template(path = "workbench.html")]
struct WorkbenchPage {
    ui: Ui,
    units_owing: usize,
    principal: Fen,
    late_fee: Fen,
    rate: Option<String>,
    rate_period: String,
    due_today: usize,
    tasks: Vec<TaskLine>,
    more: usize,
    steps: Vec<Step>,
}

struct TaskLine {
    case: Option<String>,
    unit: String,
    kind: String,
    due_on: String,
    is_late: bool,
}

/// One step of the first start.
struct Step {
    done: bool,
    href: String,
    zh: &'static str,
    en: &'static str,
}

struct Figures {
    arrears: (usize, Fen, Fen),
    rates: RateReport,
    tasks: Vec<OpenTask>,
    units: i64,
    has_contract: bool,
    bills: usize,
}

/// `GET /`: the first community of the person, or the settings where there is none yet.
pub async fn home(visit: Visit) -> Reply {
    match visit.communities.first() {
        Some(first) => Ok(go(&place(first.id, ""))),
        None => Ok(go("/settings").into_response()),
    }
}

/// `GET /c/{community}`
pub async fn show(at: Place) -> Reply {
    let id = at.id();
    let figures = at.run(move |app, actor, name| read(app, actor, name, id)).await?;
    let ui = at.ui(Menu::Workbench, "工作台", "Workbench");
    let locale = ui.locale;
    let today = ui.today;
    let due_today = figures.tasks.iter().filter(|task| task.due_on <= today).count();
    let line = |task: &OpenTask| TaskLine {
        case: task.case_id.map(|id| ui.here(&format!("cases/{id}"))),
        unit: task.unit.as_ref().map(ToString::to_string).unwrap_or_default(),
        kind: StepKind::parse(&task.kind).map_or_else(|word| word, |kind| ui.text(&kind.label())),
        due_on: task.due_on.to_string(),
        is_late: task.due_on < today,
    };
    let tasks: Vec<TaskLine> = figures.tasks.iter().take(TASKS_SHOWN).map(line).collect();
    let latest = figures.rates.rows.last();
    let content = WorkbenchPage {
        units_owing: figures.arrears.0,
        principal: figures.arrears.1,
        late_fee: figures.arrears.2,
        rate: latest.and_then(|row| row.rate.clone()),
        rate_period: latest.map(|row| row.period.to_string()).unwrap_or_default(),
        due_today,
        more: figures.tasks.len().saturating_sub(TASKS_SHOWN),
        tasks,
        steps: first_steps(&at, &figures),
        ui,
    };
    page(&content, locale)
}

fn read(app: &App, actor: &Actor, name: &str, id: CommunityId) -> Result<Figures, Refusal> {
    let today = app.today();
    let totals = arrears_report(app, actor, name, today)?.totals;
    let rates = rate_report(app, actor, name, today, None)?;
    let tree = hemu_app::registry::overview::unit_tree(app, actor, name)?;
    Ok(Figures {
        arrears: (totals.units, totals.principal, totals.late_fee),
        bills: rates.rows.len(),
        rates,
        tasks: list_open_tasks(app, actor, id)?,
        units: tree.iter().map(|building| building.sums.units).sum(),
        has_contract: !hemu_app::tariff::show_tariff(app, actor, name)?.contracts.is_empty(),
    })
}

/// Company, community, spreadsheet, fee standard, first bills: shown until all are done.
fn first_steps(at: &Place, figures: &Figures) -> Vec<Step> {
    let steps = vec![
        Step {
            done: at.community.missing.is_empty(),
            href: "/settings".to_owned(),
            zh: "填写公司名称、服务电话和收款方式（账单和函件要用）",
            en: "Enter company, service phone and how to pay (for bills and letters)",
        },
        Step {
            done: figures.units > 0,
            href: at.here("import"),
            zh: "导入房产和业主的表格",
            en: "Import the spreadsheet of units and owners",
        },
        Step {
            done: figures.has_contract,
            href: at.here("tariff"),
            zh: "核对收费标准和合同条款",
            en: "Check fee standards and contract clauses",
        },
        Step { done: figures.bills > 0, href: at.here("bills"), zh: "出第一期账单", en: "Issue the first bills" },
    ];
    if steps.iter().all(|step| step.done) { Vec::new() } else { steps }
}
