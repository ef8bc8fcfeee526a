//! Corrections and waivers: two people, a reason, never more than is open, and nothing else changes.

use hemu_app::ledger::adjust::{AdjustReport, AdjustRequest, Part, adjust_charge};
use hemu_app::{Actor, Refusal};
use hemu_domain::Fen;
use hemu_domain::ids::ChargeId;
use hemu_domain::ledger::adjustment::AdjustmentKind;

use crate::office::{COMMUNITY, LIST, Office, on_every_engine, yuan};

fn first_charge(office: &Office) -> ChargeId {
    let sql = "SELECT c.id FROM charge c JOIN account a ON a.id = c.account_id JOIN unit u ON u.id = a.unit_id
        WHERE u.label = '1-1-102' ORDER BY c.due_on LIMIT 1";
    office.app.db.read(|tx| tx.query_one("charge", sql, &[], |row| row.take())).expect("a charge")
}

fn adjust(office: &Office, part: Part, kind: AdjustmentKind, amount: &str) -> Result<AdjustReport, Refusal> {
    let request = AdjustRequest {
        community: COMMUNITY.to_owned(),
        charge: first_charge(office),
        part,
        kind,
        amount: yuan(amount),
        reason: "电梯停用补偿".to_owned(),
    };
    let approver = Actor { name: "王经理".to_owned(), ..Actor::local_operator() };
    adjust_charge(&office.app, &Actor::local_operator(), &approver, &request)
}

#[test]
fn a_waiver_takes_off_today_and_leaves_the_past_as_it_was() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        office.late_fee_clause("principal_first");
        let (yesterday, today) = (office.list("2026-11-04"), office.owed("1-1-102", "2026-11-05"));
        let report = adjust(office, Part::Principal, AdjustmentKind::Waiver, "209.90").expect("waived");
        assert_eq!((report.principal, report.late_fee), (Fen::ZERO, yuan("19.84")), "its late fee stays");
        assert_eq!(office.owed("1-1-102", "2026-11-05"), (today.0 - yuan("209.90"), today.1));
        assert_eq!(office.list("2026-11-04"), yesterday);
        let report = adjust(office, Part::LateFee, AdjustmentKind::Waiver, "19.84").expect("waived");
        assert_eq!((report.principal, report.late_fee), (Fen::ZERO, Fen::ZERO));
        assert_eq!(office.list("2026-11-04"), yesterday);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn what_was_never_owed_bears_no_late_fee() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        office.late_fee_clause("principal_first");
        // 104.95 left x 189 days at 0.05 %.
        let report = adjust(office, Part::Principal, AdjustmentKind::Correction, "104.95").expect("corrected");
        assert_eq!((report.principal, report.late_fee), (yuan("104.95"), yuan("9.92")));
        office.pay("1-1-102", "500.00", "2026-11-05", None).expect("taken");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn one_person_alone_or_more_than_is_open_is_refused() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let more = adjust(office, Part::Principal, AdjustmentKind::Waiver, "209.91");
        assert!(matches!(more, Err(Refusal::InvalidInput { field: "amount", .. })));
        let request = AdjustRequest {
            community: COMMUNITY.to_owned(),
            charge: first_charge(office),
            part: Part::Principal,
            kind: AdjustmentKind::Waiver,
            amount: yuan("1"),
            reason: "补偿".to_owned(),
        };
        let me = Actor::local_operator();
        assert!(matches!(adjust_charge(&office.app, &me, &me, &request), Err(Refusal::Conflict(_))));
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM adjustment"), 0);
    });
}

#[test]
fn a_changed_adjustment_turns_a_check_red() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        adjust(office, Part::Principal, AdjustmentKind::Waiver, "10").expect("waived");
        adjust(office, Part::Principal, AdjustmentKind::Waiver, "20").expect("waived");
        assert_eq!(office.red(), [""; 0]);
        office.tamper("UPDATE adjustment SET amount_fen = amount_fen + 1 WHERE amount_fen = 1000");
        assert!(office.red().contains(&"adjustments_are_as_they_were_written"));
    });
}
