//! Corrections and waivers: two people, a reason, never more than is open, and nothing else changes.

use hemu_app::Refusal;
use hemu_app::approval::Asked;
use hemu_app::ledger::adjust::{AdjustRequest, Part};
use hemu_domain::Fen;
use hemu_domain::ids::ChargeId;
use hemu_domain::ledger::adjustment::AdjustmentKind;

use crate::office::{LIST, Office, on_every_engine, yuan};

fn first_charge(office: &Office) -> ChargeId {
    let sql = "SELECT c.id FROM charge c JOIN account a ON a.id = c.account_id JOIN unit u ON u.id = a.unit_id
        WHERE u.label = '1-1-102' ORDER BY c.due_on LIMIT 1";
    office.app.db.read(|tx| tx.query_one("charge", sql, &[], |row| row.take())).expect("a charge")
}

/// Asks and approves; what is left of the charge: principal and late fee.
fn adjust(office: &Office, part: Part, kind: AdjustmentKind, amount: &str) -> Result<(Fen, Fen), Refusal> {
    let charge = first_charge(office);
    let before = office.owed("1-1-102", &office.app.today().to_string());
    let request = AdjustRequest { charge, part, kind, amount: yuan(amount) };
    office.two_people(&Asked::Adjustment(request), "电梯停用补偿")?;
    let after = office.owed("1-1-102", &office.app.today().to_string());
    Ok((before.0 - after.0, before.1 - after.1))
}

#[test]
fn a_waiver_takes_off_today_and_leaves_the_past_as_it_was() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        office.late_fee_clause("principal_first");
        let (yesterday, today) = (office.list("2026-11-04"), office.owed("1-1-102", "2026-11-05"));
        let off = adjust(office, Part::Principal, AdjustmentKind::Waiver, "209.90").expect("waived");
        assert_eq!(off, (yuan("209.90"), Fen::ZERO), "its late fee stays");
        assert_eq!(office.owed("1-1-102", "2026-11-05"), (today.0 - yuan("209.90"), today.1));
        assert_eq!(office.list("2026-11-04"), yesterday);
        let off = adjust(office, Part::LateFee, AdjustmentKind::Waiver, "19.84").expect("waived");
        assert_eq!(off, (Fen::ZERO, yuan("19.84")));
        let nothing = adjust(office, Part::LateFee, AdjustmentKind::Waiver, "0.01");
        assert!(matches!(nothing, Err(Refusal::Conflict(_))), "nothing is left: {nothing:?}");
        assert_eq!(office.list("2026-11-04"), yesterday);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn what_was_never_owed_bears_no_late_fee() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        office.late_fee_clause("principal_first");
        // 104.95 left x 189 days at 0.05 % is 9.92 of 19.84.
        let off = adjust(office, Part::Principal, AdjustmentKind::Correction, "104.95").expect("corrected");
        assert_eq!(off, (yuan("104.95"), yuan("9.92")));
        office.pay("1-1-102", "500.00", "2026-11-05", None).expect("taken");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn more_than_is_open_or_nothing_is_refused() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        for amount in ["209.91", "0", "-1"] {
            let wrong = adjust(office, Part::Principal, AdjustmentKind::Waiver, amount);
            assert!(matches!(wrong, Err(Refusal::InvalidInput { field: "amount", .. })), "{amount}: {wrong:?}");
        }
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM adjustment"), 0);
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM approval"), 0);
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
