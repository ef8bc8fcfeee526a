//! A month is charged once, whatever is run again, at once, or after a crash.

use std::thread;

use crate::office::{LIST, on_every_engine};

const BILLS: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM bill";
const CHARGED: &str = "SELECT CAST(SUM(amount_fen) AS BIGINT) FROM charge";

#[test]
fn a_month_run_again_issues_nothing_more() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let first = office.bill("2026-12");
        assert_eq!((first.bills, first.charges, first.already), (4, 4, 0));
        let again = office.bill("2026-12");
        assert_eq!((again.bills, again.charges, again.already), (0, 0, 4));
        assert_eq!(again.total.get(), 0);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_run_after_a_crash_fills_the_gaps_to_the_same_bills() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let clean = office.bill("2026-12");
        let sum = office.count(CHARGED);
        // What a kill between two transactions leaves: some bills there, the run still called running.
        office.tamper("DELETE FROM charge WHERE origin = 'bill' AND account_id IN (SELECT account_id FROM bill WHERE number LIKE '%-1-1-2%')");
        office.tamper("DELETE FROM bill WHERE number LIKE '%-1-1-2%'");
        office.arrange("UPDATE bill_run SET status = 'running', finished_at = NULL");
        let resumed = office.bill("2026-12");
        assert_eq!((resumed.bills, resumed.already), (2, 2));
        assert_eq!((office.count(BILLS), office.count(CHARGED)), (clean.bills, sum));
        let open_runs = "SELECT CAST(COUNT(*) AS BIGINT) FROM bill_run WHERE status = 'running'";
        assert_eq!(office.count(open_runs), 0, "the dead run was taken over");
    });
}

#[test]
fn two_runs_at_once_issue_each_bill_once() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| office.bill("2026-12"));
            }
        });
        assert_eq!(office.count(BILLS), 4);
        assert_eq!(office.red(), [""; 0]);
    });
}
