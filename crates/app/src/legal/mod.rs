//! Legal (法务): the formal demand and the notice for the board.
//!
//! A demand may be drafted, with frozen figures, for anything overdue. Its number is given only when the case's gate is open
//! ([`hemu_domain::collection::gates::demand_gate`]); what is missing is listed. Figures, PDF hash and everything printed are kept.
//!
//! A letter is about one unit and one payer: what a former owner left open is demanded of the former owner (民法典 465). Its
//! late fees are those of the arrears list of the day: what runs, and what was frozen under a clause in force then; the rates
//! of those clauses are printed. Where no clause gave rise to any, none is printed and none totalled (585). Who is liable beside the
//! payer is named: the owner beside a tenant who pays by agreement (物业管理条例 41), co-owners beside each other (民法典 307).

mod board;
pub mod ceiling;
pub mod letters;
pub(crate) mod liable;
pub mod matter;
pub mod service;
pub mod settlement;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use hemu_documents::pdf::{DemandLine, DemandNotice, LateFeeTerms, Rendered};
use hemu_domain::arrears::late_fee_rule::{LateFeeClause, LateFeeRate, LateFeeStart};
use hemu_domain::calendar::BusinessCalendar;
use hemu_domain::collection::gates::demand_gate;
use hemu_domain::ids::{CaseId, CommunityId, NoticeId, UnitId};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Text, UnitLabel};
use hemu_store::collection::case;
use hemu_store::collection::verify::body_hash;
use hemu_store::community::{self, Community, Counter};
use hemu_store::legal::{self, NoticeRow};
use hemu_store::tariff::{self, ContractRow};
use hemu_store::{Tx, ledger, registry};
use rust_decimal::Decimal;
use serde::Serialize;

pub use self::board::{BoardReport, make_board_notice};
use crate::approval::TwoPeople;
use crate::arrears::{ChargeArrears, list_charges};
use crate::audit::{self, Act};
use crate::billing::find_community;
use crate::collection::{policies, snapshot};
use crate::ledger::payer_on;
use crate::registry::unit_page::formula_and_basis;
use crate::tariff::Contracts;
use crate::{Actor, App, Refusal};

/// A demand to be made.
#[derive(Clone, Debug)]
pub struct DemandRequest {
    /// Name of the community.
    pub community: String,
    /// The unit.
    pub unit: UnitLabel,
    /// Give it its number, if the gate is open.
    pub issue: bool,
}

/// A demand made.
#[derive(Clone, Debug, Serialize)]
pub struct DemandReport {
    /// Its id.
    pub id: NoticeId,
    /// Its number; `None` for a draft.
    pub number: Option<String>,
    /// SHA-256 of the PDF.
    pub sha256: String,
    /// Sum of the open principal.
    pub principal: Fen,
    /// Sum of the late fees.
    pub late_fee: Fen,
    /// The last day to pay.
    pub pay_by: NaiveDate,
    /// Whether that day lies in a year without a published calendar.
    pub pay_by_tentative: bool,
    /// What a number still needs.
    pub missing: Vec<Text>,
    /// Remarks about the paper, such as characters no font has.
    pub notes: Vec<Text>,
    /// The PDF.
    #[serde(skip)]
    pub pdf: Vec<u8>,
}

/// Who gives a letter its number.
#[derive(Clone, Copy)]
enum Issue<'a> {
    /// Nobody: it is a draft.
    Draft,
    /// One person, where the policy asks for no other.
    Alone(&'a str),
    /// Two people.
    Approved(TwoPeople<'a>),
}

/// Drafts a demand, or issues it with its number.
///
/// # Errors
/// [`Refusal::Conflict`] when nothing is overdue; [`Refusal::Gated`] when a number is asked for and something is missing: the
/// approval of a second person too, where the policy of the case asks for one.
pub fn make_demand(app: &App, actor: &Actor, request: &DemandRequest) -> Result<DemandReport, Refusal> {
    let community = find_community(app, &request.community)?;
    actor.require(if request.issue { Permission::IssueLetters } else { Permission::WorkCases }, community)?;
    let issue = if request.issue { Issue::Alone(&actor.name) } else { Issue::Draft };
    app.db.write(|tx| demand(tx, app, actor, community, (&request.unit, issue)))
}

/// Whether a letter could get its number now but for a second person: its unit, case and sum.
///
/// # Errors
/// As for [`make_demand`].
pub(crate) fn check_demand(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    unit: &UnitLabel,
) -> Result<(UnitId, Option<CaseId>, Fen), Refusal> {
    let (unit, owed) = overdue(tx, app, community, unit)?;
    let gate = gate(tx, community, owed[0].charge.party_id, app.today())?;
    let too_high = ceiling::too_high(&Contracts::load(tx, community)?, &owed, app.today());
    let missing = [gate.missing, too_high].concat();
    if !missing.is_empty() {
        return Err(Refusal::Gated { missing });
    }
    Ok((unit, gate.case, owed.iter().map(|one| one.principal + one.late_fee).sum()))
}

/// Issues a letter that two people agreed on.
///
/// # Errors
/// As for [`make_demand`].
pub(crate) fn issue_approved(
    tx: &mut Tx<'_>,
    app: &App,
    people: TwoPeople<'_>,
    community: CommunityId,
    unit: &UnitLabel,
) -> Result<NoticeId, Refusal> {
    Ok(demand(tx, app, people.approver, community, (unit, Issue::Approved(people)))?.id)
}

fn demand(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    (unit, issue): (&UnitLabel, Issue<'_>),
) -> Result<DemandReport, Refusal> {
    let as_of = app.today();
    let (unit, owed) = overdue(tx, app, community, unit)?;
    let Gate { case, mut missing, needs_second } = gate(tx, community, owed[0].charge.party_id, as_of)?;
    let contracts = Contracts::load(tx, community)?;
    missing.extend(ceiling::too_high(&contracts, &owed, as_of));
    if needs_second && !matches!(issue, Issue::Approved(_)) {
        let zh = "缺少第二人审批：请在审批页提交申请";
        missing.push(Text::new(zh, "no second person has approved: ask for approval"));
    }
    let issues = !matches!(issue, Issue::Draft);
    if issues && !missing.is_empty() {
        return Err(Refusal::Gated { missing });
    }
    let place = community::get(tx, community)?;
    let pay_by = BusinessCalendar::published().deadline(as_of, contracts.demand_days_on(as_of));
    let number = if issues { Some(next_number(tx, community, "CJ", as_of)?) } else { None };
    let mut letter = letter(tx, community, &place, &contracts, &owed, number, (as_of, pay_by.date))?;
    let (is_tenant, others) = liable::beside(tx, community, unit, owed[0].charge.party_id, as_of)?;
    (letter.is_tenant, letter.liable) = (is_tenant, others.into_iter().map(|one| one.name).collect());
    let rendered = rendered(letter.render())?;
    let notice = freeze(app, issue, &letter, &rendered, case, unit)?;
    keep(tx, app, actor, community, &notice)?;
    Ok(DemandReport {
        id: notice.id,
        number: letter.number.clone(),
        notes: rendered.note().into_iter().collect(),
        sha256: rendered.sha256,
        principal: letter.principal(),
        late_fee: letter.late_fee(),
        pay_by: pay_by.date,
        pay_by_tentative: pay_by.tentative,
        missing,
        pdf: rendered.pdf,
    })
}

/// What is overdue on a unit: never nothing.
fn overdue(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    label: &UnitLabel,
) -> Result<(UnitId, Vec<ChargeArrears>), Refusal> {
    let unit =
        registry::find_unit(tx, community, label)?.ok_or_else(|| Refusal::not_found("房屋", "unit", label.as_str()))?;
    let owed = overdue_of_payer(tx, community, unit.id, app.today())?;
    if owed.is_empty() {
        let zh = format!("{label} 没有逾期费用");
        return Err(Refusal::conflict(zh, format!("{label} owes nothing that is overdue")));
    }
    Ok((unit.id, owed))
}

/// What is overdue on a unit, of its payer of the day; of a former one when that one alone owes.
fn overdue_of_payer(
    tx: &mut Tx<'_>,
    community: CommunityId,
    unit: UnitId,
    as_of: NaiveDate,
) -> Result<Vec<ChargeArrears>, Refusal> {
    let mut owed = list_charges(tx, community, as_of)?;
    owed.retain(|one| one.charge.unit_id == unit && one.days > 0);
    let accounts = registry::list_accounts_of_unit(tx, community, unit)?;
    let owes = |account: &registry::AccountRow| owed.iter().any(|one| one.charge.account_id == account.id);
    let present = payer_on(&accounts, as_of, owes).filter(|account| owes(account));
    let payer = present.or_else(|| accounts.iter().rev().find(|account| owes(account)));
    let Some(party) = payer.map(|account| account.party_id) else { return Ok(Vec::new()) };
    owed.retain(|one| one.charge.party_id == party);
    Ok(owed)
}

/// The payer's case, what a number still needs, and whether the case's policy asks for a second person too.
struct Gate {
    case: Option<CaseId>,
    missing: Vec<Text>,
    needs_second: bool,
}

fn gate(
    tx: &mut Tx<'_>,
    community: CommunityId,
    party: hemu_domain::ids::PartyId,
    as_of: NaiveDate,
) -> Result<Gate, Refusal> {
    let Some(case) = case::find_open_of_party(tx, community, party)? else {
        let missing = Text::new("还没有催缴案件，请先运行催缴", "there is no case yet; run collection first");
        return Ok(Gate { case: None, missing: vec![missing], needs_second: false });
    };
    let policy = policies::get(tx, case.policy_version)?;
    let snapshot = snapshot::one_case(tx, community, case.id, as_of)?;
    let missing = demand_gate(&policy, &snapshot.facts, as_of);
    Ok(Gate { case: Some(case.id), missing, needs_second: policy.approves_letters() })
}

fn letter(
    tx: &mut Tx<'_>,
    community: CommunityId,
    place: &Community,
    contracts: &Contracts,
    owed: &[ChargeArrears],
    number: Option<String>,
    (as_of, pay_by): (NaiveDate, NaiveDate),
) -> Result<DemandNotice, Refusal> {
    let mut governing: Vec<&ContractRow> = Vec::new();
    for contract in owed.iter().filter_map(|one| contracts.of_charge(one.charge.clause_id, one.charge.period)) {
        if !governing.iter().any(|one| one.id == contract.id) {
            governing.push(contract);
        }
    }
    let clauses = tariff::list_clauses(tx, community)?;
    let fee_clauses: Vec<String> = clauses
        .iter()
        .filter(|one| governing.iter().any(|contract| contract.id == one.contract_id))
        .filter(|one| matches!(one.kind.as_str(), "fee_standard" | "late_fee"))
        .map(|one| one.number.clone())
        .collect();
    let terms = late_fee_terms(tx, community, contracts, owed)?;
    let line = |one: &ChargeArrears| DemandLine {
        item: one.charge.item.clone(),
        period: one.charge.period,
        due_on: one.charge.due_on,
        principal: one.principal,
        days: one.days,
        late_fee: one.late_fee,
        formula: formula_and_basis(&one.charge.explanation).0,
    };
    let charge = &owed[0].charge;
    let or = |text: &str, other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
    Ok(DemandNotice {
        number,
        company: place.company_name.clone(),
        community: place.name.clone(),
        owner: charge.owner.clone(),
        unit: charge.unit.to_string(),
        contract: if governing.is_empty() { "物业服务合同".to_owned() } else { names(&governing) },
        clause: fee_clauses.join("、"),
        as_of,
        pay_by,
        lines: owed.iter().map(line).collect(),
        late_fee_terms: terms,
        how_to_pay: or(&place.pay_account, "物业服务中心收费台"),
        contact: or(&place.service_phone, "物业服务中心"),
        is_tenant: false,
        liable: Vec::new(),
    })
}

fn names(contracts: &[&ContractRow]) -> String {
    contracts.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join("、")
}

/// The rates behind the late fees of a letter: of the clauses they run by, or of those they were frozen under.
fn late_fee_terms(
    tx: &mut Tx<'_>,
    community: CommunityId,
    contracts: &Contracts,
    owed: &[ChargeArrears],
) -> Result<Option<LateFeeTerms>, Refusal> {
    let ids: Vec<_> = owed.iter().map(|one| one.charge.id).collect();
    let mut clauses: Vec<LateFeeClause> = ledger::list_frozen_clauses(tx, community, &ids)?;
    let running = owed.iter().filter(|one| one.late_fee.is_positive());
    clauses.extend(
        running.filter_map(|one| {
            contracts.fee_rule(one.charge.clause_id, one.charge.period).map(|rule| rule.clause.clone())
        }),
    );
    if clauses.is_empty() {
        return Ok(None);
    }
    let (mut daily, mut by_lpr) = (BTreeSet::new(), BTreeSet::new());
    for clause in &clauses {
        match &clause.rate {
            LateFeeRate::Daily(rate) => daily.insert((rate.to_decimal() * Decimal::ONE_HUNDRED).normalize()),
            LateFeeRate::Lpr(lpr) => by_lpr.insert(lpr.multiple.normalize()),
        };
    }
    let join = |numbers: &BTreeSet<Decimal>, between: &str| {
        numbers.iter().map(Decimal::to_string).collect::<Vec<_>>().join(between)
    };
    Ok(Some(LateFeeTerms {
        // A second rate stands after the sign of the first: 0.05%、0.03%.
        percent_per_day: join(&daily, "%、"),
        lpr_multiple: (!by_lpr.is_empty()).then(|| join(&by_lpr, "倍、")),
        after_grace: clauses.iter().all(|clause| clause.starts == LateFeeStart::AfterGrace && clause.grace_days > 0),
    }))
}

fn next_number(tx: &mut Tx<'_>, community: CommunityId, prefix: &str, on: NaiveDate) -> Result<String, Refusal> {
    let number = community::next_number(tx, community, Counter::Notice, 1)?;
    Ok(format!("{prefix}{}-{number:06}", on.format("%Y")))
}

pub(crate) fn rendered(result: Result<Rendered, hemu_documents::pdf::DocumentError>) -> Result<Rendered, Refusal> {
    result.map_err(|error| Refusal::Internal(error.to_string()))
}

fn freeze(
    app: &App,
    issue: Issue<'_>,
    letter: &DemandNotice,
    rendered: &Rendered,
    case_id: Option<CaseId>,
    unit: UnitId,
) -> Result<NoticeRow, Refusal> {
    let body = serde_json::to_value(letter).map_err(|error| Refusal::Internal(error.to_string()))?;
    let (issued_by, approved_by) = match issue {
        Issue::Draft => (None, None),
        Issue::Alone(name) => (Some(name.to_owned()), None),
        Issue::Approved(people) => (Some(people.asked_by.to_owned()), Some(people.approver.name.clone())),
    };
    Ok(NoticeRow {
        id: app.new_id(),
        number: letter.number.clone(),
        kind: "demand".to_owned(),
        case_id,
        unit_id: Some(unit),
        entrance_id: None,
        as_of: letter.as_of,
        principal_fen: letter.principal(),
        late_fee_fen: letter.late_fee(),
        pay_by: Some(letter.pay_by),
        body_hash: body_hash(&body),
        body,
        pdf_sha256: rendered.sha256.clone(),
        state: if issued_by.is_some() { "issued" } else { "drafted" }.to_owned(),
        issued_by,
        approved_by,
        created_at: app.clock.now(),
    })
}

fn keep(tx: &mut Tx<'_>, app: &App, actor: &Actor, community: CommunityId, notice: &NoticeRow) -> Result<(), Refusal> {
    let seq = community::next_seq(tx, community, 1)?;
    legal::insert_notice(tx, community, notice, seq)?;
    let detail = serde_json::json!({ "number": notice.number, "kind": notice.kind, "sha256": notice.pdf_sha256 });
    let subject_id = Some(notice.id.uuid());
    let act = Act { act: "notice.make", subject_kind: "notice", subject_id, detail: &detail };
    Ok(audit::record(tx, app, actor, Some(community), &act)?)
}
