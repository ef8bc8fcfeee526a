//! What tests of collection do again and again: run a day, send, look for a case.

use hemu_app::billing::find_community;
use hemu_app::collection::case_page::{CasePage, case_page};
use hemu_app::collection::holds::{HoldRequest, confirm_hold, open_hold, release_hold};
use hemu_app::collection::work::{ContactRequest, record_contact};
use hemu_app::collection::{DispatchReport, RunReport, RunRequest, dispatch, run_collection};
use hemu_app::registry::contacts::{AddContact, add_contact};
use hemu_app::service::{About, Act, NewComplaint, act, take_complaint};
use hemu_app::{Actor, Refusal, gateways};
use hemu_domain::Fen;
use hemu_domain::collection::Policy;
use hemu_domain::collection::classification::ContactOutcome;
use hemu_domain::collection::hold::HoldKind;
use hemu_domain::ids::{CaseId, ChargeId, CommunityId, ComplaintId, HoldId};
use hemu_domain::registry::contact::{Channel, Relation, VerifiedHow};
use hemu_domain::service::{ComplaintKind, Finding, Priority, Remedy, Source};

use crate::history::second;
use crate::office::{COMMUNITY, LIST, Office, day};

/// The community of the tests.
pub fn community(office: &Office) -> CommunityId {
    find_community(&office.app, COMMUNITY).expect("there")
}

/// Runs collection on a day, which becomes today.
pub fn run(office: &Office, today: &str) -> RunReport {
    office.on(today);
    try_run(office, today, &Policy::v1(), false).expect("runs")
}

/// Runs collection for a day under a policy, wherever the clock stands.
pub fn try_run(office: &Office, as_of: &str, policy: &Policy, dry_run: bool) -> Result<RunReport, Refusal> {
    let request = RunRequest { community: community(office), as_of: day(as_of), dry_run };
    run_collection(&office.app, &Actor::local_operator(), policy, &request)
}

/// Sends what is due into the folder of the file gateway.
pub fn send(office: &Office) -> DispatchReport {
    let ways = gateways::of(&office.app);
    dispatch(&office.app, &Actor::local_operator(), community(office), &ways, &Policy::v1()).expect("sends")
}

/// Who does what one person may do alone.
pub fn me() -> Actor {
    Actor::local_operator()
}

/// The household of the list that owes seven months of 209.90.
pub const OWING: &str = "1-1-102";

/// Its case, after the first night.
pub fn owing_case(office: &Office) -> CaseId {
    office.import(LIST);
    run(office, "2026-11-01");
    case_of(office, OWING)
}

/// The page of a case.
pub fn page_of(office: &Office, case: CaseId) -> CasePage {
    case_page(&office.app, &me(), COMMUNITY, case).expect("a page")
}

/// The newest case of the present payer of a unit.
pub fn case_of(office: &Office, label: &str) -> CaseId {
    let sql = format!(
        "SELECT c.id FROM case_file c JOIN account a ON a.party_id = c.party_id AND a.ends_on IS NULL
        JOIN unit u ON u.id = a.unit_id WHERE u.label = '{label}' ORDER BY c.id DESC LIMIT 1"
    );
    office.app.db.read(|tx| tx.query_one("case", &sql, &[], |row| row.take())).expect("a case")
}

/// A text of one row.
pub fn text(office: &Office, sql: &str) -> String {
    office.app.db.read(|tx| tx.query_one("text", sql, &[], |row| row.take())).expect("a row")
}

/// Records a contact that ended like that, with a promise or without.
pub fn contact(
    office: &Office,
    case: CaseId,
    (channel, outcome): (&str, ContactOutcome),
    promise: Option<(&str, &str)>,
) {
    let request = ContactRequest {
        promise: promise.map(|(amount, on)| (Fen::parse(amount).expect("an amount"), day(on))),
        ..ContactRequest::of((community(office), case), (channel, outcome))
    };
    record_contact(&office.app, &Actor::local_operator(), &request).expect("recorded");
}

/// Opens a hold, to be looked at again on a day; with its second person and its document where it needs them.
pub fn hold(office: &Office, case: Option<CaseId>, kind: HoldKind, review_on: &str) -> HoldId {
    let of = HoldRequest::of(community(office), (case, kind), "业主来访说明", day(review_on));
    let request = HoldRequest { document: "证明复印件".to_owned(), ..of };
    let id = open_hold(&office.app, &Actor::local_operator(), &request).expect("opened");
    if kind.needs_second_person() {
        return confirm_hold(&office.app, &second(), community(office), id).expect("confirmed");
    }
    id
}

/// Releases a hold.
pub fn release(office: &Office, hold: HoldId) {
    release_hold(&office.app, &Actor::local_operator(), community(office), hold, "已核实").expect("released");
}

/// A complaint about a repair, answered by a day, about single charges or all of the case.
pub fn complaint(office: &Office, case: CaseId, promised_on: &str, charges: Vec<ChargeId>) -> NewComplaint {
    NewComplaint {
        community: community(office),
        about: About::Case(case),
        kind: ComplaintKind::Repair,
        priority: Priority::Normal,
        source: Source::Case,
        department: None,
        subject: "四月电梯停运".to_owned(),
        promised_on: Some(day(promised_on)),
        charges,
        amount: None,
    }
}

/// Takes a complaint down.
pub fn complain(office: &Office, new: &NewComplaint) -> ComplaintId {
    take_complaint(&office.app, &Actor::local_operator(), new).expect("taken down")
}

/// One step of a complaint by the usual person.
pub fn step(office: &Office, complaint: ComplaintId, step: Act) {
    act(&office.app, &Actor::local_operator(), community(office), complaint, (step, "已核查")).expect("done");
}

/// A complaint's way to its answer: accepted, done, verified by another person, answered.
pub fn answer(office: &Office, complaint: ComplaintId, finding: Finding) {
    for one in [Act::Accept, Act::Start, Act::Finish] {
        step(office, complaint, one);
    }
    act(&office.app, &second(), community(office), complaint, (Act::Verify, "")).expect("verified");
    let remedy = if finding.is_right() { Remedy::Repair } else { Remedy::None };
    step(office, complaint, Act::Answer(finding, remedy));
}

/// Somebody who answers for the present payer of a unit, reached by telephone.
pub fn add_representative(office: &Office, label: &str) {
    let party = format!(
        "SELECT a.party_id FROM account a JOIN unit u ON u.id = a.unit_id WHERE u.label = '{label}' AND a.ends_on IS NULL"
    );
    let party = office.app.db.read(|tx| tx.query_one("party", &party, &[], |row| row.take())).expect("a payer");
    let request = AddContact {
        community: COMMUNITY.to_owned(),
        party,
        channel: Channel::Phone,
        value: "13900139000".to_owned(),
        relation: Relation::Representative,
        verified: Some(VerifiedHow::Call),
        consent: true,
    };
    add_contact(&office.app, &Actor::local_operator(), &request).expect("added");
}
