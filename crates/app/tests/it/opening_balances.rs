//! Opening balances that were brought in too low: what is added stands beside what was imported, and behaves as it does.

use hemu_app::Refusal;
use hemu_app::approval::{Asked, ask};
use hemu_app::ledger::opening::OpeningRequest;
use hemu_domain::ids::ChargeId;
use hemu_domain::{Fen, Period};

use crate::collector::text;
use crate::office::{LIST, Office, day, on_every_engine, unit, yuan};

const OWING: &str = "1-1-102";

fn request(label: &str, period: &str, amount: &str) -> OpeningRequest {
    OpeningRequest {
        unit: unit(label),
        item: None,
        period: Period::parse(period).expect("a month"),
        amount: yuan(amount),
        due_on: None,
    }
}

fn raise(office: &Office, request: OpeningRequest) -> Result<(), Refusal> {
    office.two_people(&Asked::OpeningCorrection(request), "原台账漏记车位差额").map(|_| ())
}

fn charges(office: &Office) -> i64 {
    office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM charge")
}

#[test]
fn more_is_owed_beside_what_was_brought_in_with_its_due_day_and_late_fee() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        office.late_fee_clause("principal_first");
        let before = office.owed(OWING, "2026-11-05");
        raise(office, request(OWING, "2026-04", "50.00")).expect("raised");
        // Due 2026-04-30 as what it corrects: 189 days at 0.05 % on 50.00 are 4.73.
        assert_eq!(office.owed(OWING, "2026-11-05"), (before.0 + yuan("50.00"), before.1 + yuan("4.73")));
        let newest = "FROM charge ORDER BY seq DESC LIMIT 1";
        assert_eq!(text(office, &format!("SELECT origin {newest}")), "opening");
        assert_eq!(office.count(&format!("SELECT occurrence {newest}")), 2, "beside the first of that month");
        let sql = "SELECT e.detail, c.id FROM audit_entry e JOIN charge n ON n.id = e.subject_id
            JOIN charge c ON c.account_id = n.account_id AND c.period = n.period AND c.occurrence = 1
            WHERE e.act = 'charge.raise_opening'";
        let (detail, corrected): (serde_json::Value, ChargeId) = office
            .app
            .db
            .read(|tx| tx.query_one("entry", sql, &[], |row| Ok((row.take()?, row.take()?))))
            .expect("an entry");
        assert_eq!(detail["corrects"], corrected.to_string(), "the audit trail names what it corrects");
        let paid = office.pay(OWING, "2000.00", "2026-11-05", None).expect("taken");
        assert!(paid.allocations.iter().any(|one| one.principal == yuan("50.00")), "paid as any other");
        assert_eq!(office.owed(OWING, "2026-11-05").0, Fen::ZERO);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_month_that_was_not_brought_in_is_added_and_never_billed_again() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        // The list says 1-1-101 paid through October; September was not paid.
        let due_on = Some(day("2026-10-10"));
        raise(office, OpeningRequest { due_on, ..request("1-1-101", "2026-09", "200.00") }).expect("raised");
        assert_eq!(office.owed("1-1-101", "2026-10-10").0, yuan("200.00"));
        assert_eq!(office.owed("1-1-101", "2026-10-09").0, Fen::ZERO, "not due before its day");
        office.bill("2026-09");
        assert_eq!(
            office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM charge WHERE period = '2026-09' AND origin = 'bill'"),
            0
        );
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn money_put_by_pays_it_at_once() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        office.pay("1-1-101", "350.00", "2026-11-05", None).expect("November, and 150.00 put by");
        raise(office, request("1-1-101", "2026-09", "200.00")).expect("raised");
        assert_eq!(office.owed("1-1-101", "2026-11-05").0, yuan("50.00"));
        assert_eq!(office.count("SELECT CAST(SUM(prepaid_fen) AS BIGINT) FROM account"), 0);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn what_was_billed_lies_ahead_or_lies_before_the_books_is_refused() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        office.on("2026-12-05");
        office.bill("2026-12");
        let before = charges(office);
        let wrong = |request: OpeningRequest| {
            let asked = Asked::OpeningCorrection(request);
            ask(&office.app, &hemu_app::Actor::local_operator(), office.community(), &asked, "漏记")
                .expect_err("refused")
        };
        assert!(matches!(wrong(request("1-1-101", "2026-12", "10")), Refusal::Conflict(_)), "billed");
        let field = |request| match wrong(request) {
            Refusal::InvalidInput { field, .. } => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(request(OWING, "2027-01", "10")), "period", "ahead");
        assert_eq!(field(request(OWING, "1999-12", "10")), "period", "before any contract");
        assert_eq!(field(request(OWING, "2026-04", "0")), "amount");
        let due_on = Some(day("2026-03-31"));
        assert_eq!(
            field(OpeningRequest { due_on, ..request(OWING, "2026-04", "10") }),
            "due_on",
            "due before its month"
        );
        let item = Some("月球费".to_owned());
        assert!(matches!(wrong(OpeningRequest { item, ..request(OWING, "2026-04", "10") }), Refusal::NotFound(_)));
        assert!(matches!(wrong(request("9-9-909", "2026-04", "10")), Refusal::NotFound(_)));
        assert_eq!(charges(office), before);
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM approval"), 0);
    });
}

#[test]
fn a_month_before_the_payer_held_the_unit_is_refused() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        office.arrange("UPDATE account SET starts_on = '2026-06-10'");
        let early = raise(office, request("1-1-101", "2026-06", "10"));
        assert!(matches!(early, Err(Refusal::InvalidInput { field: "period", .. })), "{early:?}");
        raise(office, request("1-1-101", "2026-07", "10")).expect("the first whole month");
    });
}

#[test]
fn another_amount_than_was_approved_turns_a_check_red() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        raise(office, request(OWING, "2026-04", "50.00")).expect("raised");
        assert_eq!(office.red(), [""; 0]);
        office.tamper("UPDATE charge SET amount_fen = 5100, open_fen = 5100 WHERE occurrence = 2");
        assert!(office.red().contains(&"raised_opening_balances_are_what_was_approved"));
    });
}
