//! Taking a complaint down (登记工单): from the case page, the cash desk, the owner, a department or the telephone; also of somebody
//! who owes nothing. The part of the debt it is about rests until the answer, and its department has the task to answer (P5).

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::ids::{CaseId, ChargeId, CommunityId, ComplaintId, PartyId, TaskId, UnitId};
use hemu_domain::service::{
    ComplaintEvent, ComplaintKind, ComplaintState, Department, Priority, Source, latest_answer,
};
use hemu_store::collection::case_page;
use hemu_store::collection::work::{self, TaskRow};
use hemu_store::collection::{case, case_page::PayerAccount};
use hemu_store::ledger::{self, view};
use hemu_store::service::{self as store, ComplaintRow, OpeningRow};
use hemu_store::{Tx, community, registry};
use serde_json::json;

use super::dispute::{check_owed, rest};
use super::{record, require_either};
use crate::collection::holds::Extent;
use crate::collection::work::open_case;
use crate::entered::check_amount;
use crate::registry::required;
use crate::{Actor, App, Refusal};

/// What a complaint is taken down for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// A case: the payer is the one of the case.
    Case(CaseId),
    /// A unit: the payer is its present one, whether there is a case or not.
    Unit(UnitId),
}

/// A complaint to take down.
#[derive(Clone, Debug)]
pub struct NewComplaint {
    /// The community.
    pub community: CommunityId,
    /// What for.
    pub about: About,
    /// What about.
    pub kind: ComplaintKind,
    /// How urgent.
    pub priority: Priority,
    /// Where it came from.
    pub source: Source,
    /// Who answers; left out, whoever is in charge of its kind.
    pub department: Option<Department>,
    /// In words.
    pub subject: String,
    /// By when an answer is promised; left out, what its kind and priority ask for.
    pub promised_on: Option<NaiveDate>,
    /// The charges it is about, where it is about single ones.
    pub charges: Vec<ChargeId>,
    /// How much is in dispute, where it is about an amount.
    pub amount: Option<Fen>,
}

/// Takes a complaint down: what it is about rests until the day of the answer, and somebody has the task to answer.
///
/// # Errors
/// [`Refusal::InvalidInput`] without a subject, when the answer is promised for a day that is past or too far off, or when what is in
/// dispute is not owed.
pub fn take_complaint(app: &App, actor: &Actor, new: &NewComplaint) -> Result<ComplaintId, Refusal> {
    require_either(actor, new.community)?;
    let subject = required("subject", "投诉内容", &new.subject, 500)?;
    let promised_on =
        promised_day(app, new.promised_on.unwrap_or_else(|| new.kind.answer_by(new.priority, app.today())))?;
    if let Some(amount) = new.amount {
        check_amount("amount", amount)?;
    }
    app.db.write(|tx| take(tx, app, actor, new, (&subject, promised_on)))
}

/// A day an answer may be promised for today.
///
/// # Errors
/// [`Refusal::InvalidInput`] when it is past or too far off.
pub(super) fn promised_day(app: &App, day: NaiveDate) -> Result<NaiveDate, Refusal> {
    let (today, latest) = (app.today(), latest_answer(app.today()));
    if day <= today || day > latest {
        let zh = format!("答复日期应在明天到 {latest} 之间");
        return Err(Refusal::invalid("promised_on", zh, format!("the answer lies between tomorrow and {latest}")));
    }
    Ok(day)
}

fn take(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    new: &NewComplaint,
    (subject, promised_on): (&str, NaiveDate),
) -> Result<ComplaintId, Refusal> {
    let community = new.community;
    let place = find_place(tx, community, new)?;
    let scope = Extent { charges: new.charges.clone(), amount: new.amount.unwrap_or_default() };
    let charges = check_owed(tx, community, place.party, &scope)?;
    let department = new.department.unwrap_or_else(|| new.kind.department());
    let task = answer_task(tx, app, (community, &place), (department, promised_on))?;
    let row = ComplaintRow {
        opening: OpeningRow {
            id: app.new_id(),
            unit_id: place.unit,
            party_id: place.party,
            kind: new.kind,
            priority: new.priority,
            source: new.source,
            subject: subject.to_owned(),
            disputed_fen: scope.amount,
            opened_on: app.today(),
            taken_by: actor.name.clone(),
        },
        case_id: place.case,
        department,
        state: ComplaintState::Open,
        finding: None,
        overruled: false,
        remedy: None,
        promised_on,
        worked_by_id: None,
        worked_by: None,
        answered_on: None,
        answer: None,
        satisfaction: None,
        reopened: 0,
        escalation: 0,
        task_id: Some(task),
        charge_ids: json!(charges),
    };
    let seq = community::next_seq(tx, community, 1)?;
    store::insert_complaint(tx, community, &row, seq)?;
    rest(tx, app, actor, community, &row)?;
    let detail =
        json!({ "department": department, "promised_on": promised_on, "kind": new.kind, "priority": new.priority });
    record(tx, app, actor, (community, row.id()), (ComplaintEvent::Taken, "", detail))?;
    Ok(row.id())
}

/// Where, whose, and on which open case it bears.
struct ComplaintPlace {
    unit: UnitId,
    party: PartyId,
    case: Option<CaseId>,
}

/// The community's facts are locked, and the case where there is one.
fn find_place(tx: &mut Tx<'_>, community: CommunityId, new: &NewComplaint) -> Result<ComplaintPlace, Refusal> {
    match new.about {
        About::Case(id) => {
            let case = open_case(tx, community, id)?;
            let accounts = case_page::list_accounts(tx, community, case.party_id)?;
            let unit = unit_of(tx, community, &accounts, &new.charges)?;
            Ok(ComplaintPlace { unit, party: case.party_id, case: Some(id) })
        }
        About::Unit(unit) => {
            community::next_seq(tx, community, 0)?;
            let accounts = registry::list_accounts_of_unit(tx, community, unit)?;
            let present = accounts.iter().rev().find(|one| one.ends_on.is_none()).ok_or_else(|| {
                Refusal::conflict(
                    "该房屋没有现任业主账户，请先登记业主",
                    "this unit has no present payer; record the owner first",
                )
            })?;
            let case = case::find_open_of_party(tx, community, present.party_id)?.map(|case| case.id);
            if let Some(case) = case {
                case::lock(tx, community, case)?;
            }
            Ok(ComplaintPlace { unit, party: present.party_id, case })
        }
    }
}

/// The unit of the first charge in dispute; else the first the payer has now.
fn unit_of(
    tx: &mut Tx<'_>,
    community: CommunityId,
    accounts: &[PayerAccount],
    charges: &[ChargeId],
) -> Result<UnitId, Refusal> {
    if let Some(first) = charges.first() {
        for account in accounts {
            let owed = ledger::list_owed_of_account(tx, community, account.id)?;
            if let Some(charge) = owed.iter().find(|one| one.id == *first) {
                return Ok(charge.unit_id);
            }
        }
    }
    let present = accounts.iter().find(|account| account.ends_on.is_none()).or_else(|| accounts.first());
    Ok(present.ok_or_else(|| Refusal::conflict("该业主没有房屋账户", "this payer has no account"))?.unit_id)
}

fn answer_task(
    tx: &mut Tx<'_>,
    app: &App,
    (community, place): (CommunityId, &ComplaintPlace),
    (department, promised_on): (Department, NaiveDate),
) -> Result<TaskId, Refusal> {
    let unit = view::find_unit_label(tx, community, place.unit)?.map(|unit| unit.to_string()).unwrap_or_default();
    let task = new_task(
        app,
        place.case,
        ("answer_complaint", promised_on),
        &format!("答复投诉（{}） {unit}", department.label().zh),
    );
    work::insert_task(tx, community, &task)?;
    Ok(task.id)
}

/// A task of service for whoever takes it.
pub(super) fn new_task(app: &App, case: Option<CaseId>, (kind, due_on): (&str, NaiveDate), title: &str) -> TaskRow {
    TaskRow {
        id: app.new_id(),
        case_id: case,
        action_id: None,
        kind: kind.to_owned(),
        title: title.to_owned(),
        staff_id: None,
        due_on,
        fitting_time: String::new(),
        state: "open".to_owned(),
        result: None,
        created_on: app.today(),
        done_on: None,
        done_by: None,
    }
}

/// The task to answer a complaint that begins again.
pub(super) fn answer_again(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    complaint: &ComplaintRow,
) -> Result<TaskId, Refusal> {
    let place =
        ComplaintPlace { unit: complaint.opening.unit_id, party: complaint.opening.party_id, case: complaint.case_id };
    answer_task(tx, app, (community, &place), (complaint.department, complaint.promised_on))
}
