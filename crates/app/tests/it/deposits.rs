//! Deposits: money of others. Given back up to what is left, kept by two people alone, never income.

use hemu_app::approval::{Asked, approve, ask};
use hemu_app::ledger::deposits::{
    DeductionRequest, DepositReturn, NewDeposit, list_deposits, return_deposit, take_deposit,
};
use hemu_app::{Actor, Refusal};
use hemu_domain::Fen;
use hemu_domain::ids::DepositId;

use crate::history::second;
use crate::office::{COMMUNITY, LIST, Office, day, on_every_engine, unit, yuan};

fn take(office: &Office, amount: &str, on: &str) -> Result<DepositId, Refusal> {
    let new = NewDeposit {
        unit: unit("1-1-101"),
        kind: "装修押金".to_owned(),
        amount: yuan(amount),
        taken_on: day(on),
        method: "transfer".to_owned(),
        remark: String::new(),
    };
    take_deposit(&office.app, &Actor::local_operator(), COMMUNITY, &new)
}

fn give_back(office: &Office, deposit: DepositId, amount: &str) -> Result<(), Refusal> {
    let (method, reason) = ("transfer".to_owned(), "装修验收合格".to_owned());
    let back = DepositReturn { deposit, amount: yuan(amount), method, reason };
    return_deposit(&office.app, &Actor::local_operator(), COMMUNITY, &back)
}

fn sums(office: &Office) -> [Fen; 4] {
    let report = list_deposits(&office.app, &Actor::local_operator(), COMMUNITY).expect("deposits");
    [report.taken, report.returned, report.deducted, report.left]
}

#[test]
fn a_deposit_is_given_back_in_parts_and_kept_in_part_by_two_people() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let owed = office.owed("1-1-102", "2026-11-05");
        let deposit = take(office, "2000.00", "2026-11-05").expect("taken");
        give_back(office, deposit, "500.00").expect("given back");
        let request = Asked::DepositDeduction(DeductionRequest { deposit, amount: yuan("300.00") });
        let me = Actor::local_operator();
        let asked =
            ask(&office.app, &me, office.community(), &request, "公共走廊墙面破损，维修单 12 号").expect("asked");
        assert!(
            matches!(approve(&office.app, &me, office.community(), asked.id), Err(Refusal::Conflict(_))),
            "not alone"
        );
        assert_eq!(sums(office), [yuan("2000.00"), yuan("500.00"), Fen::ZERO, yuan("1500.00")]);
        approve(&office.app, &second(), office.community(), asked.id).expect("approved");
        let refused = give_back(office, deposit, "1200.01").expect_err("more than is left");
        assert!(refused.to_string().contains("1,200.00"), "{refused}");
        give_back(office, deposit, "1200.00").expect("given back");
        assert_eq!(sums(office), [yuan("2000.00"), yuan("1700.00"), yuan("300.00"), Fen::ZERO]);
        assert_eq!(office.owed("1-1-102", "2026-11-05"), owed, "no charge is paid by it");
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM receipt"), 0, "and it is no receipt");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_deduction_approved_after_the_deposit_was_given_back_is_refused() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let deposit = take(office, "100.00", "2026-11-05").expect("taken");
        let request = Asked::DepositDeduction(DeductionRequest { deposit, amount: yuan("100.00") });
        let asked = ask(&office.app, &Actor::local_operator(), office.community(), &request, "损坏").expect("asked");
        give_back(office, deposit, "0.01").expect("given back");
        assert!(approve(&office.app, &second(), office.community(), asked.id).is_err());
        assert_eq!(sums(office)[2], Fen::ZERO);
    });
}

#[test]
fn what_cannot_be_a_deposit_is_refused() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        assert!(matches!(take(office, "0.00", "2026-11-05"), Err(Refusal::InvalidInput { .. })));
        assert!(matches!(take(office, "10.00", "2026-11-06"), Err(Refusal::InvalidInput { .. })), "ahead");
        assert_eq!(sums(office), [Fen::ZERO; 4]);
    });
}
