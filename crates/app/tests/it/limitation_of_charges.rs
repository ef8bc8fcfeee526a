//! The limitation clock of each charge: moved on by what reached the payer or came from them, for the charges it was about.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use hemu_app::Actor;
use hemu_app::collection::case_page::case_page;
use hemu_app::legal::service::{ServiceRequest, record_service};
use hemu_domain::collection::classification::ContactOutcome;

use crate::collector::{case_of, community, contact, run, send, text};
use crate::office::{COMMUNITY, LIST, Office, day, on_every_engine};

const OWING: &str = "1-1-102";

/// The last day to claim each open month of the case.
fn ends(office: &Office) -> BTreeMap<String, NaiveDate> {
    let case = case_of(office, OWING);
    let page = case_page(&office.app, &Actor::local_operator(), COMMUNITY, case).expect("a page");
    page.owed.into_iter().filter_map(|one| Some((one.period.to_string(), one.limitation_on?))).collect()
}

/// What the newest decision about the case rested on.
fn decided_by(office: &Office) -> String {
    let sql = format!(
        "SELECT CAST(d.facts AS TEXT) FROM decision d JOIN case_file c ON c.last_decision_id = d.id
        JOIN account a ON a.party_id = c.party_id JOIN unit u ON u.id = a.unit_id WHERE u.label = '{OWING}'"
    );
    let facts: serde_json::Value = serde_json::from_str(&text(office, &sql)).expect("JSON");
    facts["limitation_on"].as_str().expect("a day").to_owned()
}

fn verified(office: &Office, how: &str) {
    assert!(office.tamper(&format!("UPDATE contact_point SET verified_how = '{how}', verified_on = '2026-10-31'")) > 0);
}

#[test]
fn each_charge_has_its_own_clock_from_its_due_date() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-11-01");
        let ends = ends(office);
        assert_eq!(ends.len(), 7);
        assert_eq!(ends["2026-04"], day("2029-04-30"));
        assert_eq!(ends["2026-10"], day("2029-10-31"));
        assert_eq!(decided_by(office), "2029-04-30", "a case is as old as its oldest claim");
    });
}

#[test]
fn a_message_that_arrived_counts_only_at_a_recipient_proven_to_be_the_payer() {
    for (how, oldest) in [("import", "2029-04-30"), ("signed", "2029-11-01")] {
        on_every_engine("2026-10-31", |office| {
            office.import(LIST);
            verified(office, how);
            run(office, "2026-11-01");
            assert_eq!(send(office).sent, 1);
            assert_eq!(ends(office)["2026-04"], day(oldest), "{how}");
            run(office, "2026-11-02");
            assert_eq!(decided_by(office), oldest, "{how}");
        });
    }
}

#[test]
fn a_part_payment_moves_the_clock_of_its_charge_alone_and_not_once_it_is_taken_back() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-11-01");
        office.pay(OWING, "100.00", "2026-11-01", None).expect("taken");
        let after = ends(office);
        assert_eq!((after["2026-04"], after["2026-05"]), (day("2029-11-01"), day("2029-05-31")));
        office.tamper("UPDATE receipt SET reversed = TRUE");
        assert_eq!(ends(office)["2026-04"], day("2029-04-30"));
    });
}

#[test]
fn a_promise_moves_the_clock_of_all_that_was_due_when_it_was_given() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-11-01");
        let promised = ("phone", ContactOutcome::ReachedPromise);
        contact(office, case_of(office, OWING), promised, Some(("1469.30", "2026-11-10")));
        assert!(ends(office).values().all(|end| *end == day("2029-11-01")), "{:?}", ends(office));
    });
}

#[test]
fn a_letter_counts_once_it_was_served_and_a_returned_one_does_not() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-11-01");
        let case =
            "(SELECT c.id FROM case_file c JOIN account a ON a.party_id = c.party_id JOIN unit u ON u.id = a.unit_id
            WHERE u.label = '1-1-102')";
        let demand = hemu_app::legal::DemandRequest {
            community: COMMUNITY.to_owned(),
            unit: crate::office::unit(OWING),
            issue: false,
        };
        hemu_app::legal::make_demand(&office.app, &Actor::local_operator(), &demand).expect("a draft");
        // The gate is another test's: here the letter has its number.
        let issued = format!("UPDATE notice SET number = 'CJ2026-000001', state = 'issued', case_id = {case}");
        assert_eq!(office.tamper(&issued), 1);
        let mut service = ServiceRequest {
            community: community(office),
            number: "CJ2026-000001".to_owned(),
            method: "ems".to_owned(),
            outcome: "returned".to_owned(),
            served_on: day("2026-11-03"),
            receiver_name: "李小梅".to_owned(),
            receiver_relation: "本人".to_owned(),
            tracking_no: Some("EX123456789CN".to_owned()),
        };
        office.on("2026-11-05");
        record_service(&office.app, &Actor::local_operator(), &service).expect("recorded");
        assert_eq!(ends(office)["2026-04"], day("2029-04-30"));
        (service.outcome, service.served_on) = ("served".to_owned(), day("2026-11-05"));
        record_service(&office.app, &Actor::local_operator(), &service).expect("recorded");
        assert_eq!(ends(office)["2026-04"], day("2029-11-05"));
    });
}
