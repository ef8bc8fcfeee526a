//! Letters that were made (函件): the list, one with its service, its PDF again from what was frozen, and what law still needs.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use hemu_documents::pdf::{BoardNotice, DemandNotice, Settlement};
use hemu_domain::arrears::late_fee::{LateFeeFlag, guards};
use hemu_domain::arrears::lpr::LprTable;
use hemu_domain::collection::gates::{LegalFile, legal_gate};
use hemu_domain::collection::policy::Policy;
use hemu_domain::ids::{CaseId, CommunityId, NoticeId, UnitId};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Text};
use hemu_store::collection::case;
use hemu_store::collection::policy::{self, PolicyRow};
use hemu_store::legal::{self, NoticeRow, ServiceProofRow};
use rust_decimal::Decimal;
use serde::Serialize;
use uuid::Uuid;

use crate::billing::find_community;
use crate::collection::{policies, snapshot};
use crate::{Actor, App, Refusal};

/// The most letters of a page.
const MOST_ROWS: usize = 200;

/// A letter.
#[derive(Clone, Debug, Serialize)]
pub struct LetterItem {
    /// Its id.
    pub id: NoticeId,
    /// Its number; `None` for a draft.
    pub number: Option<String>,
    /// `demand`, `board`, `clearance` (结清证明) or `cutoff` (结算单).
    pub kind: String,
    /// The unit a demand is about, as it was printed.
    pub unit: String,
    /// Its id.
    pub unit_id: Option<UnitId>,
    /// The case.
    pub case_id: Option<CaseId>,
    /// The day its figures hold for.
    pub as_of: NaiveDate,
    /// Sum of the open principal.
    pub principal: Fen,
    /// Sum of the late fees.
    pub late_fee: Fen,
    /// The last day to pay.
    pub pay_by: Option<NaiveDate>,
    /// `drafted`, `issued`, `served`, `refused` or `returned`.
    pub state: String,
    /// Who issued it.
    pub issued_by: Option<String>,
}

/// A page of letters.
#[derive(Clone, Debug, Serialize)]
pub struct LetterList {
    /// The letters, newest first.
    pub rows: Vec<LetterItem>,
    /// Where the next page begins: after this one.
    pub next: Option<NoticeId>,
}

/// One letter with its service.
#[derive(Clone, Debug, Serialize)]
pub struct LetterPage {
    /// The letter.
    pub letter: LetterItem,
    /// SHA-256 of the PDF, in hexadecimal.
    pub sha256: String,
    /// How it was served.
    pub proofs: Vec<ProofItem>,
    /// What whoever claims its late fee should know: above 1.3 times the one-year LPR a court is likely to reduce it.
    pub late_fee_flags: Vec<LateFeeFlag>,
    /// What a legal step of its case still needs.
    pub missing_for_law: Vec<Text>,
}

/// A proof of service.
#[derive(Clone, Debug, Serialize)]
pub struct ProofItem {
    /// `hand`, `left_at_place`, `ems`...
    pub method: String,
    /// `A` to `E`.
    pub grade: String,
    /// `served`, `refused` or `returned`.
    pub outcome: String,
    /// When.
    pub served_on: NaiveDate,
    /// Who took it.
    pub receiver: String,
    /// Waybill number.
    pub tracking_no: Option<String>,
    /// Who served it.
    pub by: String,
}

/// Whether any policy that is recorded asks for a second person before a demand letter gets its number.
///
/// # Errors
/// When the database refuses.
pub fn needs_second_person(app: &App) -> Result<bool, Refusal> {
    let policies = app.db.read(policy::list)?;
    let asks = |one: &PolicyRow| Policy::read(&one.body.to_string()).is_ok_and(|policy| policy.approves_letters());
    Ok(policies.iter().any(asks))
}

/// Letters and notices by cursor, newest first.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such community.
pub fn list_letters(
    app: &App,
    actor: &Actor,
    community: &str,
    (after, rows): (Option<NoticeId>, usize),
) -> Result<LetterList, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    let rows = rows.clamp(1, MOST_ROWS);
    let limit = i64::try_from(rows).expect("a page is small") + 1;
    let before = after.map_or(Uuid::max(), NoticeId::uuid);
    let mut found = app.db.read(|tx| legal::list_notices_before(tx, community, before, limit))?;
    let next = (found.len() > rows).then(|| found[rows - 1].id);
    found.truncate(rows);
    Ok(LetterList { rows: found.into_iter().map(letter_item).collect(), next })
}

fn letter_item(notice: NoticeRow) -> LetterItem {
    let printed = |key: &str| notice.body.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
    LetterItem {
        unit: printed(if notice.kind == "board" { "place" } else { "unit" }),
        id: notice.id,
        number: notice.number,
        kind: notice.kind,
        unit_id: notice.unit_id,
        case_id: notice.case_id,
        as_of: notice.as_of,
        principal: notice.principal_fen,
        late_fee: notice.late_fee_fen,
        pay_by: notice.pay_by,
        state: notice.state,
        issued_by: notice.issued_by,
    }
}

/// One letter with its service, and what a legal step of its case still needs.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such letter.
pub fn show_letter(app: &App, actor: &Actor, community: &str, id: NoticeId) -> Result<LetterPage, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    app.db.read(|tx| {
        let notice = legal::find_notice(tx, community, id)?.ok_or_else(|| Refusal::not_found("函件", "letter", ""))?;
        let proofs = match notice.case_id {
            Some(case) => legal::list_proofs_of_case(tx, community, case)?,
            None => Vec::new(),
        };
        let missing_for_law = match notice.case_id {
            Some(case) => missing_for_law(tx, community, case, app.today())?,
            None => Vec::new(),
        };
        let own = proofs.into_iter().filter(|proof| proof.notice_id == id).map(proof_item).collect();
        let late_fee_flags = late_fee_flags(&notice);
        Ok(LetterPage {
            late_fee_flags,
            sha256: notice.pdf_sha256.clone(),
            letter: letter_item(notice),
            proofs: own,
            missing_for_law,
        })
    })
}

/// The guards (F4) that the rates printed on a letter set off on its day.
fn late_fee_flags(notice: &NoticeRow) -> Vec<LateFeeFlag> {
    let terms = &notice.body["late_fee_terms"];
    let lpr = LprTable::published().find_percent(notice.as_of);
    let numbers = |key: &str, sign: &str| -> Vec<Decimal> {
        let printed = terms[key].as_str().unwrap_or_default();
        printed.split('、').filter_map(|one| Decimal::from_str_exact(one.trim_end_matches(sign)).ok()).collect()
    };
    let daily = numbers("percent_per_day", "%").into_iter().map(|percent| percent * Decimal::from(365));
    let by_lpr = numbers("lpr_multiple", "倍").into_iter().filter_map(|times| Some(times * lpr?));
    let rates = daily.chain(by_lpr).map(|percent| percent / Decimal::ONE_HUNDRED);
    let flags: BTreeSet<LateFeeFlag> = rates.flat_map(|annual| guards(annual, lpr)).collect();
    flags.into_iter().collect()
}

/// What a legal step of a case still needs (I17); nothing for a case that is closed.
fn missing_for_law(
    tx: &mut hemu_store::Tx<'_>,
    community: CommunityId,
    id: CaseId,
    today: NaiveDate,
) -> Result<Vec<Text>, Refusal> {
    let Some(case) = case::find(tx, community, id)?.filter(|case| case.closed_on.is_none()) else {
        return Ok(Vec::new());
    };
    let policy = policies::get(tx, case.policy_version)?;
    let facts = snapshot::one_case(tx, community, id, today)?.facts;
    Ok(legal_gate(&policy, &facts, LegalFile::default(), today))
}

fn proof_item(proof: ServiceProofRow) -> ProofItem {
    ProofItem {
        method: proof.method,
        grade: proof.grade,
        outcome: proof.outcome,
        served_on: proof.served_on,
        receiver: proof.receiver_name,
        tracking_no: proof.tracking_no,
        by: proof.served_by,
    }
}

/// The PDF of a letter, rendered again from what was frozen.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such letter; [`Refusal::Conflict`] when this version prints it differently: then the
/// paper on file counts.
pub fn letter_pdf(app: &App, actor: &Actor, community: &str, id: NoticeId) -> Result<Vec<u8>, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::WorkCases, community)?;
    let notice = app.db.read(|tx| legal::find_notice(tx, community, id))?;
    let notice = notice.ok_or_else(|| Refusal::not_found("函件", "letter", ""))?;
    let broken = |error: serde_json::Error| Refusal::Internal(error.to_string());
    let rendered = match notice.kind.as_str() {
        "board" => serde_json::from_value::<BoardNotice>(notice.body).map_err(broken)?.render(),
        "clearance" | "cutoff" => serde_json::from_value::<Settlement>(notice.body).map_err(broken)?.render(),
        _ => serde_json::from_value::<DemandNotice>(notice.body).map_err(broken)?.render(),
    };
    let rendered = rendered.map_err(|error| Refusal::Internal(error.to_string()))?;
    if rendered.sha256 != notice.pdf_sha256 {
        let zh = "程序升级后版式有变，与存档的函件不一致，请使用当时打印或存档的原件";
        return Err(Refusal::conflict(zh, "this version prints the letter differently: use the paper on file"));
    }
    Ok(rendered.pdf)
}
