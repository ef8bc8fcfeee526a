//! The list of cases, by cursor.

use chrono::NaiveDate;
use hemu_domain::collection::classification::Cause;
use hemu_domain::collection::policy::Stage;
use hemu_domain::ids::CaseId;
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Text, UnitLabel};
use hemu_store::collection::case_page::{self as page, CaseLine};
use serde::Serialize;

use super::items::next_text;
use crate::arrears::own_cases;
use crate::billing::find_community;
use crate::registry::shown_name;
use crate::{Actor, App, Refusal};

/// The most cases of a page.
const MOST_ROWS: usize = 200;

/// A case in the list.
#[derive(Clone, Debug, Serialize)]
pub struct CaseItem {
    /// Its id.
    pub id: CaseId,
    /// What people call it.
    pub number: String,
    /// The first of the payer's units.
    pub unit: Option<UnitLabel>,
    /// The payer, masked where the role asks for it.
    pub owner: String,
    /// The stage.
    pub stage: String,
    /// Since when.
    pub stage_entered_on: NaiveDate,
    /// Open principal that is overdue.
    pub overdue: Fen,
    /// The earliest due date of it.
    pub oldest_due: Option<NaiveDate>,
    /// The cause staff found.
    pub cause: Option<Text>,
    /// What the plan does next, or why it waits.
    pub next: Option<Text>,
    /// When the plan looks at it again.
    pub next_due_on: Option<NaiveDate>,
    /// Whose case it is (管家).
    pub staff: Option<String>,
}

/// A page of cases.
#[derive(Clone, Debug, Serialize)]
pub struct CaseList {
    /// The cases, by number.
    pub rows: Vec<CaseItem>,
    /// Where the next page begins: after this number.
    pub next: Option<String>,
    /// How many open cases stand at each stage, over all of them.
    pub stages: Vec<(String, i64)>,
}

/// Which open cases to list.
#[derive(Clone, Debug, Default)]
pub struct CaseFilter {
    /// Only those at this stage.
    pub stage: Option<Stage>,
    /// Only those of whoever looks.
    pub mine: bool,
}

/// Lists open cases by cursor: those after the number `after` that fit.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community.
pub fn list_cases(
    app: &App,
    actor: &Actor,
    community: &str,
    filter: &CaseFilter,
    (after, rows): (&str, usize),
) -> Result<CaseList, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    let rows = rows.clamp(1, MOST_ROWS);
    let limit = i64::try_from(rows).expect("a page is small") + 1;
    let staff = filter.mine.then(|| own_cases(actor));
    let stage = filter.stage.map_or("", Stage::as_str);
    let (mut lines, stages) = app.db.read(|tx| {
        let lines = page::list_lines(tx, community, app.today(), (after, stage, staff), limit)?;
        Ok::<_, Refusal>((lines, page::count_by_stage(tx, community)?))
    })?;
    let next = (lines.len() > rows).then(|| lines[rows - 1].number.clone());
    lines.truncate(rows);
    Ok(CaseList { rows: lines.into_iter().map(|line| case_item(actor, line)).collect(), next, stages })
}

fn case_item(actor: &Actor, line: CaseLine) -> CaseItem {
    CaseItem {
        id: line.id,
        number: line.number,
        unit: line.unit,
        owner: shown_name(actor, &line.party_kind, &line.name),
        stage: line.stage,
        stage_entered_on: line.stage_entered_on,
        overdue: line.overdue,
        oldest_due: line.oldest_due,
        cause: line.cause.as_deref().and_then(|word| Cause::parse(word).ok()).map(Cause::label),
        next: next_text(line.step_key.as_deref(), line.reason.as_deref()),
        next_due_on: line.next_due_on,
        staff: line.staff,
    }
}
