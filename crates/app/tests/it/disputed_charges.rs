//! What is in dispute is not asked for, and its late fee stands still; if the complaint was wrong, it is owed after all.

use hemu_app::service::dispute_charges;
use hemu_app::{Actor, Refusal};
use hemu_domain::Fen;
use hemu_domain::ids::{ChargeId, ComplaintId};
use hemu_domain::service::Finding;

use crate::collector::{answer, case_of, community, complain as take, complaint, run};
use crate::office::{LIST, Office, on_every_engine};

const OWING: &str = "1-1-102";

fn fee(office: &Office, on: &str) -> Fen {
    office.owed(OWING, on).1
}

fn complain(office: &Office) -> ComplaintId {
    take(office, &complaint(office, case_of(office, OWING), "2026-11-12", Vec::new()))
}

fn charges(office: &Office, label: &str) -> Vec<ChargeId> {
    let sql = format!(
        "SELECT c.id FROM charge c JOIN account a ON a.id = c.account_id JOIN unit u ON u.id = a.unit_id
        WHERE u.label = '{label}' ORDER BY c.due_on"
    );
    office.app.db.read(|tx| tx.query(&sql, &[], |row| row.take())).expect("charges")
}

fn dispute(office: &Office, complaint: ComplaintId, charges: &[ChargeId]) -> Result<(), Refusal> {
    dispute_charges(&office.app, &Actor::local_operator(), community(office), complaint, charges)
}

/// An office with two units in arrears, and the growth of the first one's late fee from the 2nd to the 10th of November.
fn set_up(office: &Office) -> Fen {
    office.import(LIST);
    office.late_fee_clause("principal_first");
    run(office, "2026-11-01");
    office.on("2026-11-02");
    fee(office, "2026-11-10") - fee(office, "2026-11-01")
}

#[test]
fn the_late_fee_of_disputed_charges_stands_still_and_that_of_the_others_goes_on() {
    on_every_engine("2026-10-31", |office| {
        let usual = set_up(office);
        let (complaint, all) = (complain(office), charges(office, OWING));
        dispute(office, complaint, &all[..1]).expect("noted");
        let with_one = fee(office, "2026-11-10") - fee(office, "2026-11-01");
        assert!(with_one.is_positive() && with_one < usual, "{with_one} of {usual}");
        dispute(office, complaint, &all[1..]).expect("noted");
        assert_eq!(fee(office, "2026-11-10"), fee(office, "2026-11-01"), "all of it");
        assert!(office.owed("1-1-202", "2026-11-10").1 > office.owed("1-1-202", "2026-11-01").1, "not of a neighbour");
    });
}

#[test]
fn a_complaint_found_right_keeps_the_days_free_and_one_found_wrong_has_them_run_after_all() {
    for (finding, owed_after_all) in [(Finding::Valid, false), (Finding::Invalid, true)] {
        on_every_engine("2026-10-31", |office| {
            set_up(office);
            let (before, usual) = (fee(office, "2026-11-01"), fee(office, "2026-11-10"));
            let complaint = complain(office);
            dispute(office, complaint, &charges(office, OWING)).expect("noted");
            office.on("2026-11-10");
            answer(office, complaint, finding);
            assert_eq!(fee(office, "2026-11-10"), if owed_after_all { usual } else { before });
            assert_eq!(office.red(), [""; 0]);
        });
    }
}

#[test]
fn a_fee_frozen_during_a_dispute_stays_true_whatever_is_found() {
    for finding in [Finding::Valid, Finding::Invalid] {
        on_every_engine("2026-10-31", |office| {
            set_up(office);
            let complaint = complain(office);
            dispute(office, complaint, &charges(office, OWING)).expect("noted");
            office.on("2026-11-08");
            office.pay(OWING, "100.00", "2026-11-08", None).expect("taken");
            assert_eq!(office.red(), [""; 0], "frozen while it stood still");
            office.on("2026-11-10");
            answer(office, complaint, finding);
            office.on("2026-11-20");
            office.pay(OWING, "50.00", "2026-11-20", None).expect("taken");
            assert_eq!(office.red(), [""; 0]);
            office.tamper("DELETE FROM hold WHERE scope = 'charges'");
            assert_eq!(
                office.red(),
                ["late_fees_follow_from_their_rule", "registers_hold_what_was_written"],
                "the pause rests on no hold any more"
            );
        });
    }
}

#[test]
fn only_open_charges_of_the_payer_and_open_complaints_can_be_disputed() {
    on_every_engine("2026-10-31", |office| {
        set_up(office);
        let complaint = complain(office);
        let refused =
            |charges: &[ChargeId]| matches!(dispute(office, complaint, charges), Err(Refusal::InvalidInput { .. }));
        assert!(refused(&[]) && refused(&charges(office, "1-1-202")[..1]));
        answer(office, complaint, Finding::Invalid);
        let late = dispute(office, complaint, &charges(office, OWING)[..1]);
        assert!(matches!(late, Err(Refusal::Conflict(_))), "{late:?}");
        let of_charges = "SELECT CAST(COUNT(*) AS BIGINT) FROM hold WHERE scope = 'charges'";
        assert_eq!(office.count(of_charges), 0, "nothing changed");
    });
}
