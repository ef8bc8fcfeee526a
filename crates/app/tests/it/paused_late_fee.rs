//! A hold for hardship, a death or an unclear owner stops the late fee: on the list, at the desk, in the letter, in the plan and
//! in what is frozen, and `verify` computes it again.

use hemu_app::Actor;
use hemu_app::legal::{DemandRequest, make_demand};
use hemu_app::outreach::templates::change_template;
use hemu_domain::Fen;
use hemu_domain::collection::hold::HoldKind;
use hemu_domain::outreach::templates::MessageTemplate;

use crate::collector::{add_representative, case_of, hold, release, run, send, text};
use crate::office::{COMMUNITY, LIST, Office, on_every_engine, unit};

const OWING: &str = "1-1-102";

fn late_fee(office: &Office, on: &str) -> Fen {
    office.owed(OWING, on).1
}

fn letter(office: &Office) -> Fen {
    let request = DemandRequest { community: COMMUNITY.to_owned(), unit: unit(OWING), issue: false };
    make_demand(&office.app, &Actor::local_operator(), &request).expect("a draft").late_fee
}

fn planned(office: &Office) -> Fen {
    let sql = format!(
        "SELECT a.late_fee_fen FROM action a JOIN case_file c ON c.id = a.case_id JOIN account o ON o.party_id = c.party_id
        JOIN unit u ON u.id = o.unit_id WHERE u.label = '{OWING}' ORDER BY a.seq DESC LIMIT 1"
    );
    Fen::new(office.count(&sql))
}

#[test]
fn the_late_fee_of_an_action_is_that_of_the_list_and_the_letter() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.late_fee_clause("principal_first");
        run(office, "2026-11-01");
        let listed = late_fee(office, "2026-11-01");
        assert!(listed.is_positive());
        assert_eq!((planned(office), letter(office)), (listed, listed));
        office.pay(OWING, "209.90", "2026-11-01", None).expect("taken");
        assert_eq!(send(office).sent, 1);
        let lines = text(office, "SELECT CAST(lines AS TEXT) FROM action WHERE kind = 'message' ORDER BY seq LIMIT 1");
        assert_eq!(planned(office), late_fee(office, "2026-11-01"), "as it was when the message was claimed");
        assert!(lines.contains("0.00"), "a paid charge is there with its late fee alone: {lines}");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn without_a_clause_there_is_no_late_fee_anywhere() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        run(office, "2026-11-01");
        assert_eq!(
            (planned(office), letter(office), late_fee(office, "2026-11-01")),
            (Fen::ZERO, Fen::ZERO, Fen::ZERO)
        );
    });
}

#[test]
fn a_reminder_does_not_speak_of_late_fees_and_a_later_message_may() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.late_fee_clause("principal_first");
        for key in ["reminder", "reminder_second", "conversation_message"] {
            let body = "{{ unit }} {{ amount }} 【{{ late_fee }}】 {{ how_to_pay }} {{ phone }}".to_owned();
            let [key, channel, locale, audience] = [key, "sms", "zh-CN", "private"].map(ToOwned::to_owned);
            let template = MessageTemplate { key, channel, locale, audience, body };
            change_template(&office.app, &Actor::local_operator(), &template).expect("a text");
        }
        run(office, "2026-11-01");
        assert_eq!(send(office).sent, 1);
        assert!(sent(office).contains("【】"), "{}", sent(office));
        run(office, "2026-11-03");
        let message =
            "UPDATE action SET kind = 'message', channel = 'sms', state = 'planned' WHERE state = 'open_task'";
        assert_eq!(office.tamper(message), 1, "the call of the conversation stage");
        assert_eq!(send(office).sent, 2);
        let fee = late_fee(office, "2026-11-03");
        assert!(sent(office).contains(&format!("【{fee}】")), "{fee} in {}", sent(office));
    });
}

/// All that was sent.
fn sent(office: &Office) -> String {
    let files = std::fs::read_dir(office.app.files()).expect("a folder");
    files.map(|file| std::fs::read_to_string(file.expect("a file").path()).expect("text")).collect()
}

#[test]
fn while_hardship_is_looked_into_the_late_fee_stands_still_everywhere() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.late_fee_clause("principal_first");
        run(office, "2026-11-01");
        office.on("2026-11-02");
        let hardship = hold(office, Some(case_of(office, OWING)), HoldKind::Hardship, "2026-12-15");
        let before = late_fee(office, "2026-11-01");
        assert_eq!(late_fee(office, "2026-11-20"), before, "nothing accrues");
        office.on("2026-11-20");
        release(office, hardship);
        assert_eq!(late_fee(office, "2026-11-20"), before, "nor is anything made up for");
        let after = late_fee(office, "2026-11-21");
        assert!(after > before, "from the day after the release it goes on");
        assert_eq!(late_fee(office, "2026-11-10"), before, "a past day is what it was");
        office.on("2026-11-21");
        assert_eq!(letter(office), after);
        office.pay(OWING, "1469.30", "2026-11-21", None).expect("taken");
        assert_eq!(late_fee(office, "2026-11-21"), after, "paying the principal freezes just that");
        assert_eq!(office.red(), [""; 0]);
        let whole = office.pay(OWING, &after.to_string(), "2026-11-21", None).expect("taken");
        assert_eq!(whole.allocations.iter().map(|line| line.late_fee).sum::<Fen>(), after);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_fee_frozen_during_a_hold_stays_true_when_the_hold_ends() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.late_fee_clause("principal_first");
        run(office, "2026-11-01");
        let deceased = hold(office, Some(case_of(office, OWING)), HoldKind::Deceased, "2026-12-15");
        add_representative(office, OWING);
        office.on("2026-11-10");
        office.pay(OWING, "300.00", "2026-11-10", None).expect("taken");
        assert_eq!(office.red(), [""; 0], "frozen while it stood still");
        release(office, deceased);
        office.on("2026-11-30");
        office.pay(OWING, "300.00", "2026-11-30", None).expect("taken");
        assert_eq!(office.red(), [""; 0]);
        assert_eq!(office.tamper("UPDATE hold SET suppress_late_fee = FALSE"), 1);
        assert_eq!(
            office.red(),
            ["late_fees_follow_from_their_rule", "registers_hold_what_was_written"],
            "the pause rests on no hold any more"
        );
    });
}

#[test]
fn a_hold_on_one_payer_or_charge_stops_no_other_fee() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.late_fee_clause("principal_first");
        run(office, "2026-11-01");
        hold(office, Some(case_of(office, OWING)), HoldKind::Hardship, "2026-12-15");
        let other = |on: &str| office.owed("1-1-202", on).1;
        assert!(other("2026-11-30") > other("2026-11-02"));
        let whole = late_fee(office, "2026-11-30");
        office.tamper("UPDATE hold SET scope = 'charges'");
        assert!(late_fee(office, "2026-11-30") > whole, "it names no charge, so it stops none");
    });
}
