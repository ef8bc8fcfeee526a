//! A late fee is frozen once, when its principal is paid or it is demanded, and follows the balance over time.

use hemu_domain::Fen;

use crate::office::{LIST, on_every_engine, yuan};

#[test]
fn by_the_law_s_order_the_late_fee_of_a_debt_comes_before_its_principal() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        office.late_fee_clause("statutory_as_interest");
        // Due 2026-04-30: 189 days at 0.05 % on 209.90.
        let report = office.pay("1-1-102", "100.00", "2026-11-05", None).expect("taken");
        let first = &report.allocations[0];
        assert_eq!((first.late_fee, first.principal), (yuan("19.84"), yuan("80.16")));
        assert_eq!(report.allocations.len(), 1);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn instalments_bear_together_what_the_balance_over_time_bears() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        office.late_fee_clause("principal_first");
        for (on, amount) in [("2026-11-05", "100.00"), ("2026-11-15", "60.00"), ("2026-11-25", "49.90")] {
            office.on(on);
            office.pay("1-1-102", amount, on, None).expect("taken");
        }
        // 209.90 x 189 days + 109.90 x 10 + 49.90 x 10 at 0.05 %, rounded once: 19.8356 + 0.5495 + 0.2495.
        let fee = "SELECT CAST(SUM(amount_fen) AS BIGINT) FROM late_fee";
        assert_eq!(Fen::new(office.count(fee)), yuan("20.63"));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn two_payments_on_one_day_freeze_the_fee_once() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        office.late_fee_clause("principal_first");
        let before = office.owed("1-1-102", "2026-11-05");
        office.pay("1-1-102", "100.00", "2026-11-05", None).expect("taken");
        office.pay("1-1-102", "109.90", "2026-11-05", None).expect("taken");
        assert_eq!(office.owed("1-1-102", "2026-11-05").1, before.1);
        let rows = "SELECT CAST(COUNT(*) AS BIGINT) FROM late_fee";
        assert_eq!(office.count(rows), 1);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn without_a_clause_there_is_no_late_fee() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        assert_eq!(office.owed("1-1-102", "2029-11-05").1, Fen::ZERO);
        office.pay("1-1-102", "100.00", "2026-11-05", None).expect("taken");
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM late_fee"), 0);
    });
}
