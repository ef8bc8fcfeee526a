//! Contracts in time: each charge follows its own, each payment that of its day.

use chrono::NaiveDate;
use hemu_app::Actor;
use hemu_app::registry::unit_page::unit_page;
use hemu_app::tariff::{ContractTerms, NewContract, begin_contract, show_tariff};
use hemu_domain::arrears::late_fee_rule::{DayBasis, LateFeeStart};
use hemu_domain::ledger::allocation::AllocationPolicy;
use hemu_domain::tariff::due::{BilledAt, DueRule};
use hemu_domain::tariff::formula::RoundingChoice;
use hemu_domain::{DailyRate, Fen};

use crate::office::{COMMUNITY, LIST, Office, day, on_every_engine, unit, yuan};

/// What a contract says, with that late-fee rate or none.
pub fn terms(rate: Option<&str>) -> ContractTerms {
    ContractTerms {
        name: "2026 年物业服务合同".to_owned(),
        number: "HT-2".to_owned(),
        due_rule: DueRule::LastDayOfMonth,
        due_day: 31,
        late_fee_rate: rate.map(|rate| DailyRate::parse(rate).expect("a rate")),
        late_fee_lpr: None,
        late_fee_day_basis: DayBasis::Days365,
        late_fee_grace_days: 0,
        late_fee_starts: LateFeeStart::AfterDue,
        late_fee_cap_percent: Some(100),
        late_fee_clause: if rate.is_some() { "第十二条" } else { "" }.to_owned(),
        demand_days: 15,
        allocation_policy: AllocationPolicy::PrincipalFirst,
        rounding: RoundingChoice::MonthFirst,
    }
}

/// A contract that follows, with that late-fee rate or none.
pub fn begin(office: &Office, starts_on: &str, cycle_months: u32, rate: Option<&str>) {
    let terms = terms(rate);
    let new = NewContract {
        starts_on: day(starts_on),
        kind: "committee".to_owned(),
        cycle_months,
        billed_at: BilledAt::CycleStart,
        terms,
    };
    begin_contract(&office.app, &Actor::local_operator(), COMMUNITY, &new).expect("begins");
}

/// Principal and late fee of what is due on a unit, as its page shows it.
fn on_the_page(office: &Office, label: &str) -> (Fen, Fen) {
    let page = unit_page(&office.app, &Actor::local_operator(), COMMUNITY, &unit(label)).expect("a page");
    let due = |today: NaiveDate| page.charges.iter().filter(move |one| one.due_on <= today);
    let today = office.app.today();
    (due(today).map(|one| one.open).sum(), due(today).map(|one| one.late_fee).sum())
}

#[test]
fn a_new_late_fee_clause_bears_on_its_own_charges_only() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        begin(office, "2026-11-01", 1, Some("0.0005"));
        office.bill("2026-11");
        office.on("2027-01-15");
        // Due 2026-11-30: 46 days at 0.05 % on 209.90; the seven months before bear nothing.
        let owed = office.owed("1-1-102", "2027-01-15");
        assert_eq!(owed, (yuan("1679.20"), yuan("4.83")));
        assert_eq!(on_the_page(office, "1-1-102"), owed);
        let letter = office.demand("1-1-102", false);
        assert_eq!((letter.principal, letter.late_fee), owed);
        office.pay("1-1-102", "1679.20", "2027-01-15", None).expect("taken");
        assert_eq!(office.owed("1-1-102", "2027-03-31"), (Fen::ZERO, yuan("4.83")), "frozen, and no more");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_clause_that_ends_still_bears_on_the_charges_of_its_time() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.late_fee_clause("principal_first");
        begin(office, "2026-11-01", 1, None);
        office.bill("2026-11");
        office.on("2026-12-31");
        let before = office.owed("1-1-102", "2026-12-31");
        assert!(before.1.is_positive());
        // The newest charge bears nothing: without it the late fee is the same.
        office.tamper("UPDATE charge SET open_fen = 0 WHERE period = '2026-11'");
        assert_eq!(office.owed("1-1-102", "2026-12-31").1, before.1);
    });
}

#[test]
fn a_contract_of_the_future_is_not_in_force() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        begin(office, "2027-01-01", 1, Some("0.0005"));
        assert_eq!(office.owed("1-1-102", "2026-12-31").1, Fen::ZERO);
        let tariff = show_tariff(&office.app, &Actor::local_operator(), COMMUNITY).expect("a tariff");
        let in_force: Vec<(bool, String)> =
            tariff.contracts.into_iter().map(|one| (one.in_force, one.starts_on.to_string())).collect();
        assert_eq!(in_force, [(false, "2027-01-01".to_owned()), (true, "2000-01-01".to_owned())]);
    });
}

#[test]
fn a_payment_is_applied_by_the_contract_of_its_day() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        office.late_fee_clause("statutory_as_interest");
        begin(office, "2026-12-01", 1, Some("0.0005"));
        office.on("2026-12-05");
        let then = office.pay("1-1-102", "100.00", "2026-11-05", None).expect("taken");
        assert_eq!(then.allocations[0].late_fee, yuan("19.84"), "late fee first, as in November");
        let now = office.pay("1-1-102", "100.00", "2026-12-05", None).expect("taken");
        assert_eq!(now.allocations.iter().map(|one| one.late_fee).sum::<Fen>(), Fen::ZERO, "principal first");
    });
}

#[test]
fn what_was_frozen_is_demanded_with_its_rate_after_the_clause_is_gone() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        office.late_fee_clause("principal_first");
        office.pay("1-1-102", "100.00", "2026-11-05", None).expect("taken");
        office.arrange("UPDATE contract SET late_fee_rate_e8 = NULL");
        let owed = office.owed("1-1-102", "2026-11-05");
        assert_eq!(owed.1, yuan("19.84"), "of the charge that was paid on; nothing runs any more");
        let letter = office.demand("1-1-102", false);
        assert_eq!((letter.principal, letter.late_fee), owed);
        let body = "SELECT body FROM notice";
        let body: serde_json::Value =
            office.app.db.read(|tx| tx.query_one("letter", body, &[], |row| row.take())).expect("a letter");
        assert_eq!(body["late_fee_terms"]["percent_per_day"], "0.05");
    });
}

#[test]
fn without_a_clause_nothing_runs_anywhere() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        assert_eq!(office.owed("1-1-102", "2026-11-05").1, Fen::ZERO);
        assert_eq!(on_the_page(office, "1-1-102").1, Fen::ZERO);
        assert_eq!(office.demand("1-1-102", false).late_fee, Fen::ZERO);
        let receipt = office.pay("1-1-102", "300.00", "2026-11-05", None).expect("taken");
        assert!(receipt.allocations.iter().all(|one| one.late_fee.is_zero()));
    });
}
