//! May we collect at all? (前期准备, A1-A3, A5): what the community has on file, what is missing, and who may go on without it.
//!
//! The list is worked out from the papers whenever somebody looks ([`hemu_domain::readiness`]); a run, a letter and a legal step
//! ask the same question (`formal_waits`). Everything recorded here is append only but for the terms of the contract.

mod exception;
mod papers;
mod promises;

use chrono::NaiveDate;
use hemu_domain::Text;
use hemu_domain::ids::{CommunityId, PaperId, PromiseEvidenceId, PublicDisplayId, ServicePromiseId};
use hemu_domain::readiness::region::{RegionRule, list_rules};
use hemu_domain::readiness::{
    CheckLine, Every, Item, ItemState, PromiseKind, PromiseResult, check, is_incomplete, last_period_due,
};
use hemu_domain::staff::Permission;
use hemu_domain::{Period, hex, readiness::FilingState};
use hemu_store::readiness::{self as store, FormalExceptionRow, PaperRow, PromiseEvidenceRow, ServicePromiseRow};
use hemu_store::tariff::display;
use hemu_store::{DbError, Tx, community, tariff};
use serde::Serialize;
use uuid::Uuid;

pub use self::exception::ExceptionRequest;
pub(crate) use self::exception::{check as check_exception, grant as grant_exception};
pub use self::papers::{
    ContractPapers, MOST_PAPER_BYTES, NewClause, Paper, PaperOf, add_paper, file_contract, read_paper, record_clause,
};
pub use self::promises::{NewEvidence, NewPromise, add_promise, end_promise, record_evidence};

use crate::tariff::Contracts;
use crate::{Actor, App, Refusal};

/// An item of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReadinessLine {
    /// Which.
    pub item: Item,
    /// Its name.
    pub name: Text,
    /// How it stands.
    pub state: ItemState,
    /// That, for people.
    pub state_label: Text,
    /// The requirement and the article.
    pub basis: &'static str,
    /// Whether formal steps wait for it.
    pub needed: bool,
    /// What is missing, or what was not done as promised.
    pub remarks: Vec<Text>,
}

/// An exception in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExceptionReport {
    /// From when.
    pub starts_on: NaiveDate,
    /// Its last day.
    pub ends_on: NaiveDate,
    /// Why.
    pub reason: String,
    /// Who asked.
    pub asked_by: String,
    /// Who approved.
    pub approved_by: String,
}

/// A paper that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PaperItem {
    /// Its id.
    pub id: PaperId,
    /// `contract`, `public_display` or `promise_evidence`.
    pub of: String,
    /// Which one.
    pub subject: Uuid,
    /// Its format.
    pub media_type: String,
    /// Its size.
    pub bytes: i64,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
    /// Who added it.
    pub added_by: String,
}

/// The contract in force with its papers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContractOnFile {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Its number.
    pub number: String,
    /// `preliminary`, `committee` or `provisional`.
    pub kind: String,
    /// From when.
    pub starts_on: NaiveDate,
    /// The end of its term.
    pub ends_on: Option<NaiveDate>,
    /// Whether it is filed.
    pub filing: FilingState,
    /// That, for people.
    pub filing_label: Text,
    /// Its clauses: kind, number, wording.
    pub clauses: Vec<ClauseOnFile>,
}

/// A clause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClauseOnFile {
    /// What it is about.
    pub kind: String,
    /// Its number.
    pub number: String,
    /// Its wording.
    pub text: String,
}

/// A public display.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DisplayOnFile {
    /// Its id.
    pub id: PublicDisplayId,
    /// What was shown.
    pub what: String,
    /// Where.
    pub place: String,
    /// Since when.
    pub displayed_on: NaiveDate,
}

/// A promise with what was done about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PromiseOnFile {
    /// Its id.
    pub id: ServicePromiseId,
    /// What it is about.
    pub kind: PromiseKind,
    /// What is promised.
    pub what: String,
    /// By what one sees it.
    pub measure: String,
    /// How often it is looked at.
    pub every: Every,
    /// The clause.
    pub clause: String,
    /// From when.
    pub starts_on: NaiveDate,
    /// Until when.
    pub ends_on: Option<NaiveDate>,
    /// The first month of the period to be written about, where one is due.
    pub due_period: Option<Period>,
    /// What came of that period.
    pub due_result: Option<PromiseResult>,
    /// What was written, the newest first.
    pub evidence: Vec<EvidenceOnFile>,
}

/// What was done about a promise in a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EvidenceOnFile {
    /// Its id.
    pub id: PromiseEvidenceId,
    /// The first month of the period.
    pub period: Period,
    /// What came of it.
    pub result: PromiseResult,
    /// What was done, or why not.
    pub remark: String,
    /// Who wrote it.
    pub recorded_by: String,
}

/// Everything about the question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReadinessReport {
    /// The day.
    pub as_of: NaiveDate,
    /// Item by item.
    pub lines: Vec<ReadinessLine>,
    /// Nothing of A1 to A3 is missing.
    pub complete: bool,
    /// Formal steps wait: something is missing, and no exception is in force.
    pub formal_waits: bool,
    /// The exception in force.
    pub exception: Option<ExceptionReport>,
    /// The contract in force.
    pub contract: Option<ContractOnFile>,
    /// The displays, the newest first.
    pub displays: Vec<DisplayOnFile>,
    /// The promises.
    pub promises: Vec<PromiseOnFile>,
    /// The papers that are kept.
    pub papers: Vec<PaperItem>,
    /// The region of the community.
    pub region: String,
    /// The rules of the place.
    pub rules: Vec<RegionRule>,
}

/// In brief: what the front page tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReadinessBrief {
    /// Item by item.
    pub lines: Vec<ReadinessLine>,
    /// Formal steps wait.
    pub formal_waits: bool,
    /// The last day of the exception in force.
    pub exception_until: Option<NaiveDate>,
}

/// Whether formal steps wait in a community as of a day: something of A1 to A3 is not there, and no exception is in force.
///
/// # Errors
/// When the database refuses.
pub(crate) fn formal_waits(tx: &mut Tx<'_>, community: CommunityId, on: NaiveDate) -> Result<bool, DbError> {
    if store::find_exception(tx, community, on)?.is_some() {
        return Ok(false);
    }
    Ok(is_incomplete(&check(&store::read_papers(tx, community, on)?, on)))
}

/// The list for the front page.
///
/// # Errors
/// [`Refusal::Forbidden`] for whoever may not read.
pub fn brief(app: &App, actor: &Actor, community: CommunityId) -> Result<ReadinessBrief, Refusal> {
    actor.require(Permission::Read, community)?;
    let today = app.today();
    app.db.read(|tx| {
        let lines = check(&store::read_papers(tx, community, today)?, today);
        let exception = store::find_exception(tx, community, today)?;
        Ok(ReadinessBrief {
            formal_waits: exception.is_none() && is_incomplete(&lines),
            exception_until: exception.map(|one| one.ends_on),
            lines: lines.into_iter().map(line).collect(),
        })
    })
}

/// Everything on file, and what is missing.
///
/// # Errors
/// [`Refusal::Forbidden`] for whoever may not read.
pub fn show_readiness(app: &App, actor: &Actor, community: CommunityId) -> Result<ReadinessReport, Refusal> {
    actor.require(Permission::Read, community)?;
    let today = app.today();
    app.db.read(|tx| {
        let lines = check(&store::read_papers(tx, community, today)?, today);
        let exception = store::find_exception(tx, community, today)?;
        let complete = !is_incomplete(&lines);
        let region = community::get(tx, community)?.region;
        let shown = |one: display::DisplayRow| DisplayOnFile {
            id: one.id,
            what: one.what,
            place: one.place,
            displayed_on: one.displayed_on,
        };
        Ok(ReadinessReport {
            as_of: today,
            complete,
            formal_waits: !complete && exception.is_none(),
            exception: exception.map(exception_report),
            lines: lines.into_iter().map(line).collect(),
            contract: contract_on_file(tx, community, today)?,
            displays: display::list(tx, community)?.into_iter().map(shown).collect(),
            promises: promises_on_file(tx, community, today)?,
            papers: store::list_papers(tx, community)?.into_iter().map(paper_item).collect(),
            rules: list_rules(&region).into_iter().cloned().collect(),
            region,
        })
    })
}

fn line(line: CheckLine) -> ReadinessLine {
    ReadinessLine {
        name: line.item.label(),
        state_label: line.state.label(),
        basis: line.item.basis(),
        needed: line.item.is_needed(),
        item: line.item,
        state: line.state,
        remarks: line.remarks,
    }
}

fn exception_report(row: FormalExceptionRow) -> ExceptionReport {
    ExceptionReport {
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        reason: row.reason,
        asked_by: row.asked_by,
        approved_by: row.approved_by,
    }
}

fn paper_item(row: PaperRow) -> PaperItem {
    PaperItem {
        id: row.id,
        of: row.subject_kind,
        subject: row.subject_id,
        media_type: row.media_type,
        bytes: row.bytes,
        sha256: hex(&row.sha256),
        added_by: row.added_by,
    }
}

fn contract_on_file(
    tx: &mut Tx<'_>,
    community: CommunityId,
    today: NaiveDate,
) -> Result<Option<ContractOnFile>, DbError> {
    let Some(contract) = Contracts::load(tx, community)?.on(today).cloned() else { return Ok(None) };
    let clauses = tariff::list_clauses(tx, community)?.into_iter().filter(|one| one.contract_id == contract.id);
    let filing = FilingState::parse(&contract.filing_state).unwrap_or(FilingState::Unknown);
    Ok(Some(ContractOnFile {
        clauses: clauses.map(|one| ClauseOnFile { kind: one.kind, number: one.number, text: one.text }).collect(),
        id: contract.id.uuid(),
        name: contract.name,
        number: contract.number,
        kind: contract.kind,
        starts_on: contract.starts_on,
        ends_on: contract.ends_on,
        filing_label: filing.label(),
        filing,
    }))
}

fn promises_on_file(tx: &mut Tx<'_>, community: CommunityId, today: NaiveDate) -> Result<Vec<PromiseOnFile>, DbError> {
    let first = Period::of(today).minus_a_year().minus_a_year();
    let evidence = store::list_evidence(tx, community, first)?;
    let promises = store::list_promises(tx, community)?;
    Ok(promises.into_iter().map(|promise| promise_on_file(promise, &evidence, today)).collect())
}

fn promise_on_file(promise: ServicePromiseRow, all: &[PromiseEvidenceRow], today: NaiveDate) -> PromiseOnFile {
    let own = all.iter().rev().filter(|one| one.promise_id == promise.id);
    let evidence: Vec<EvidenceOnFile> = own
        .map(|one| EvidenceOnFile {
            id: one.id,
            period: one.period,
            result: one.result,
            remark: one.remark.clone(),
            recorded_by: one.recorded_by.clone(),
        })
        .collect();
    let goes_on = promise.ends_on.is_none_or(|end| end >= today);
    let due_period = last_period_due(promise.every, promise.starts_on, today).filter(|_| goes_on);
    PromiseOnFile {
        due_result: evidence.iter().find(|one| Some(one.period) == due_period).map(|one| one.result),
        due_period,
        evidence,
        id: promise.id,
        kind: promise.kind,
        what: promise.what,
        measure: promise.measure,
        every: promise.every,
        clause: promise.clause,
        starts_on: promise.starts_on,
        ends_on: promise.ends_on,
    }
}
