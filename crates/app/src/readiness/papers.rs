//! The contract on file with its clauses, and papers: scans and photos, sealed at rest; the same file sent twice is one.

use chrono::NaiveDate;
use hemu_domain::ids::{ClauseId, CommunityId, PaperId, PromiseEvidenceId, PublicDisplayId};
use hemu_domain::readiness::{FilingState, PaperType};
use hemu_domain::staff::Permission;
use hemu_store::readiness::{self as store, PaperRow};
use hemu_store::tariff::{self, ClauseRow, ContractRow, display};
use hemu_store::{Tx, community};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::audit::{self, Act};
use crate::registry::{optional, required};
use crate::tariff::Contracts;
use crate::{Actor, App, Refusal};

/// Where a paper is sealed.
const PLACE: &str = "paper.content";
/// The largest paper, in bytes.
pub const MOST_PAPER_BYTES: usize = 10 * 1024 * 1024;
/// The kinds of clauses.
const CLAUSE_KINDS: [&str; 8] = ["fee_standard", "cycle", "due", "late_fee", "demand", "dispute", "service", "other"];

/// What is on record of the contract in force, beside its terms of payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractPapers {
    /// Its name.
    pub name: String,
    /// Its number; may be empty.
    pub number: String,
    /// `preliminary` or `committee`.
    pub kind: String,
    /// The end of its term; `None` where it goes on without one (民法典 948).
    pub ends_on: Option<NaiveDate>,
    /// Whether it is filed.
    pub filing: FilingState,
}

/// A clause to record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewClause {
    /// What it is about.
    pub kind: String,
    /// Such as 第八条.
    pub number: String,
    /// Its wording; may be empty.
    pub text: String,
}

/// What a paper is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaperOf {
    /// The signed scan of the contract in force.
    Contract,
    /// The photo of a display.
    Display(PublicDisplayId),
    /// What proves that a promise was kept.
    Evidence(PromiseEvidenceId),
}

/// A paper as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// Its format.
    pub media_type: PaperType,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Puts on record what the contract in force is.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a kind nobody knows or a term that ends before it begins; [`Refusal::Conflict`] without a contract.
pub fn file_contract(app: &App, actor: &Actor, community: CommunityId, papers: &ContractPapers) -> Result<(), Refusal> {
    actor.require(Permission::EditTariff, community)?;
    if !matches!(papers.kind.as_str(), "preliminary" | "committee") {
        let (zh, en) = ("请选择前期物业合同或业委会合同", "choose the developer's or the committee's contract");
        return Err(Refusal::invalid("kind", zh, en));
    }
    let name = required("name", "合同名称", &papers.name, 100)?;
    let number = optional("number", "合同编号", &papers.number, 60)?;
    app.db.write(|tx| {
        community::next_seq(tx, community, 1)?;
        let before = in_force(tx, community, app.today())?;
        if papers.ends_on.is_some_and(|end| end < before.starts_on) {
            return Err(Refusal::invalid("ends_on", "合同终止日早于起始日", "the term ends before it begins"));
        }
        let after = ContractRow {
            name: name.clone(),
            number: number.clone(),
            kind: papers.kind.clone(),
            ends_on: before.service_ends_on.or(papers.ends_on),
            filing_state: papers.filing.as_str().to_owned(),
            ..before.clone()
        };
        tariff::update_contract(tx, community, &after)?;
        let detail = json!({ "kind": [before.kind, after.kind], "number": [before.number, after.number],
            "ends_on": [before.ends_on, after.ends_on], "filing": [before.filing_state, after.filing_state] });
        record(tx, app, actor, community, ("contract.file", "contract", after.id.uuid()), &detail)
    })
}

/// Records a clause of the contract in force.
///
/// # Errors
/// [`Refusal::InvalidInput`] for a kind nobody knows or without a number; [`Refusal::Conflict`] without a contract.
pub fn record_clause(app: &App, actor: &Actor, community: CommunityId, new: &NewClause) -> Result<ClauseId, Refusal> {
    actor.require(Permission::EditTariff, community)?;
    if !CLAUSE_KINDS.contains(&new.kind.as_str()) {
        return Err(Refusal::invalid("kind", "请选择条款类别", "choose what the clause is about"));
    }
    let number = required("number", "条款编号", &new.number, 60)?;
    let text = optional("text", "条款内容", &new.text, 2000)?;
    app.db.write(|tx| {
        community::next_seq(tx, community, 1)?;
        let contract = in_force(tx, community, app.today())?;
        let row = ClauseRow {
            id: app.new_id(),
            contract_id: contract.id,
            kind: new.kind.clone(),
            number: number.clone(),
            text: text.clone(),
        };
        tariff::insert_clause(tx, community, &row)?;
        let detail = json!({ "kind": row.kind, "number": row.number });
        record(tx, app, actor, community, ("clause.record", "contract", contract.id.uuid()), &detail)?;
        Ok(row.id)
    })
}

/// Keeps a scan or photo; who works with contracts may, and for what proves a promise the departments too.
///
/// # Errors
/// [`Refusal::InvalidInput`] for what is no PDF or photo, or too large; [`Refusal::NotFound`] for a display or record that is not
/// there; [`Refusal::Conflict`] without a contract.
pub fn add_paper(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    of: PaperOf,
    bytes: &[u8],
) -> Result<PaperId, Refusal> {
    may_add(actor, community, of)?;
    let media_type = judge(bytes)?;
    let (id, sha256): (PaperId, [u8; 32]) = (app.new_id(), Sha256::digest(bytes).into());
    let sealed = app.sealer.seal_bytes(PLACE, id.uuid(), bytes);
    app.db.write(|tx| {
        community::next_seq(tx, community, 1)?;
        let (kind, subject) = subject_of(tx, app, community, of)?;
        let papers = store::list_papers(tx, community)?;
        if let Some(same) = papers.iter().find(|one| one.subject_id == subject && one.sha256 == sha256) {
            return Ok(same.id);
        }
        let row = PaperRow {
            id,
            subject_kind: kind.to_owned(),
            subject_id: subject,
            media_type: media_type.as_str().to_owned(),
            bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            sha256,
            added_by: actor.name.clone(),
            added_at: app.clock.now(),
        };
        store::insert_paper(tx, community, &row, &sealed)?;
        let detail = json!({ "paper": id, "bytes": row.bytes, "media_type": row.media_type });
        record(tx, app, actor, community, ("paper.add", kind, subject), &detail)?;
        Ok(id)
    })
}

fn may_add(actor: &Actor, community: CommunityId, of: PaperOf) -> Result<(), Refusal> {
    match of {
        PaperOf::Contract | PaperOf::Display(_) => actor.require(Permission::EditTariff, community),
        PaperOf::Evidence(_) => actor
            .require(Permission::EditTariff, community)
            .or_else(|_| actor.require(Permission::AnswerComplaints, community)),
    }
}

fn judge(bytes: &[u8]) -> Result<PaperType, Refusal> {
    if bytes.len() > MOST_PAPER_BYTES {
        let (zh, en) = ("文件超过 10 MB，请压缩后再上传", "the file is larger than 10 MiB; make it smaller");
        return Err(Refusal::invalid("file", zh, en));
    }
    let (zh, en) = ("请选择 PDF 或照片（JPEG、PNG、WebP、HEIC）", "choose a PDF or a photo: JPEG, PNG, WebP or HEIC");
    PaperType::of(bytes).ok_or_else(|| Refusal::invalid("file", zh, en))
}

fn subject_of(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    of: PaperOf,
) -> Result<(&'static str, Uuid), Refusal> {
    match of {
        PaperOf::Contract => Ok(("contract", in_force(tx, community, app.today())?.id.uuid())),
        PaperOf::Display(id) => {
            let known = display::list(tx, community)?.iter().any(|one| one.id == id);
            known.then_some(("public_display", id.uuid())).ok_or_else(|| Refusal::not_found("公示", "display", ""))
        }
        PaperOf::Evidence(id) => {
            let known = store::has_evidence(tx, community, id)?;
            known.then_some(("promise_evidence", id.uuid())).ok_or_else(|| Refusal::not_found("履行记录", "record", ""))
        }
    }
}

/// A paper, for whoever may read.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such paper.
pub fn read_paper(app: &App, actor: &Actor, community: CommunityId, id: PaperId) -> Result<Paper, Refusal> {
    actor.require(Permission::Read, community)?;
    let found = app.db.read(|tx| store::find_paper(tx, community, id))?;
    let (row, sealed) = found.ok_or_else(|| Refusal::not_found("文件", "paper", ""))?;
    let bytes = app.sealer.open_bytes(PLACE, id.uuid(), &sealed)?;
    let media_type = PaperType::parse(&row.media_type).map_err(Refusal::Internal)?;
    Ok(Paper { media_type, bytes })
}

fn in_force(tx: &mut Tx<'_>, community: CommunityId, today: NaiveDate) -> Result<ContractRow, Refusal> {
    let found = Contracts::load(tx, community)?.on(today).cloned();
    found.ok_or_else(|| {
        Refusal::conflict("还没有合同，请先导入收费标准", "there is no contract yet: import a list first")
    })
}

/// Writes an entry of the audit trail.
pub(super) fn record(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    (act, subject_kind, subject): (&'static str, &'static str, Uuid),
    detail: &serde_json::Value,
) -> Result<(), Refusal> {
    let act = Act { act, subject_kind, subject_id: Some(subject), detail };
    Ok(audit::record(tx, app, actor, Some(community), &act)?)
}
