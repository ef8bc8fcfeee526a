//! Who may have paid is not asked to pay: unmatched money holds reminders until somebody has settled it.

use hemu_app::bank::{book_line, ignore_line};
use hemu_app::collection::{DispatchReport, RunReport, RunRequest, dispatch, run_collection};
use hemu_app::{Actor, gateways};
use hemu_domain::collection::Policy;

use crate::office::{LIST, Office, on_every_engine};

fn run(office: &Office, today: &str) -> (RunReport, DispatchReport) {
    office.on(today);
    let (actor, community) = (Actor::local_operator(), office.community());
    let request = RunRequest { community, as_of: office.app.today(), dry_run: false };
    let report = run_collection(&office.app, &actor, &Policy::v1(), &request).expect("runs");
    let sent = dispatch(&office.app, &actor, community, &gateways::of(&office.app), &Policy::v1()).expect("sends");
    (report, sent)
}

fn statement(office: &Office, row: &str) {
    office.bank_file(&format!("交易日期,收入,对方户名,附言\n{row}\n")).expect("imported");
}

fn holds(office: &Office) -> i64 {
    office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM hold WHERE kind = 'unmatched_receipt' AND released_on IS NULL")
}

#[test]
fn a_payer_whose_money_waits_is_not_reminded_and_is_again_once_it_is_settled() {
    on_every_engine("2026-11-01", |office| {
        office.import(LIST);
        statement(office, "2026-11-01,500.00,李小梅,");
        let (night, sent) = run(office, "2026-11-01");
        assert_eq!(
            (night.opened, night.none["hold"], sent.sent),
            (2, 1, 0),
            "the case was opened this night, and held"
        );
        assert_eq!(holds(office), 1, "of the two cases");
        let line = office.open_line("500.00").id;
        ignore_line(&office.app, &Actor::local_operator(), office.community(), line, "退还押金").expect("ignored");
        assert_eq!(holds(office), 0);
        assert_eq!(run(office, "2026-11-02").1.sent, 1);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_message_that_was_planned_before_the_money_came_does_not_go_out() {
    on_every_engine("2026-11-01", |office| {
        office.import(LIST);
        office.collect("2026-11-01");
        statement(office, "2026-11-01,300.00,某某,1-1-102");
        let (actor, community) = (Actor::local_operator(), office.community());
        let sent = dispatch(&office.app, &actor, community, &gateways::of(&office.app), &Policy::v1()).expect("sends");
        assert_eq!(sent.sent, 0);
    });
}

#[test]
fn money_that_names_nobody_holds_everybody_who_owes_its_amount_and_no_others() {
    on_every_engine("2026-11-01", |office| {
        office.import(LIST);
        office.collect("2026-11-01");
        statement(office, "2026-11-01,216.90,孙某,");
        assert_eq!(holds(office), 1, "1-1-202 owes October, 216.90");
        let held = "SELECT CAST(COUNT(*) AS BIGINT) FROM hold h JOIN case_file c ON c.id = h.case_id
            JOIN account a ON a.party_id = c.party_id JOIN unit u ON u.id = a.unit_id WHERE u.label = '1-1-202'";
        assert_eq!(office.count(held), 1);
        statement(office, "2026-11-01,77.00,孙某,货款");
        assert_eq!(holds(office), 1);
    });
}

#[test]
fn booking_the_money_ends_the_holds_of_all_it_could_have_been() {
    on_every_engine("2026-11-01", |office| {
        office.import(LIST);
        office.collect("2026-11-01");
        statement(office, "2026-11-01,216.90,李小梅,");
        assert_eq!(holds(office), 2, "one by its name, one by its amount");
        let line = office.open_line("216.90").id;
        book_line(&office.app, &Actor::local_operator(), office.community(), line, &[]).expect("booked");
        assert_eq!(holds(office), 0);
        assert_eq!(office.red(), [""; 0]);
    });
}
