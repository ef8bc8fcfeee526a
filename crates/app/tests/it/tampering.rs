//! Whatever amount is changed behind the program's back, `verify` turns red.

use hemu_app::Actor;
use hemu_app::billing::find_community;
use hemu_app::collection::{RunRequest, run_collection};
use hemu_app::legal::{DemandRequest, make_demand};
use hemu_domain::collection::Policy;

use crate::office::{COMMUNITY, LIST, Office, on_every_engine, unit};

/// Every table that has a row of each amount by the end of this.
fn busy(office: &Office) {
    office.import(LIST);
    office.tamper("UPDATE contract SET late_fee_rate_e8 = 50000");
    office.bill("2026-12");
    office.pay("1-1-102", "600.00", "2026-11-05", None).expect("taken");
    office.pay("1-1-101", "900.00", "2026-11-05", None).expect("taken");
    let community = find_community(&office.app, COMMUNITY).expect("there");
    let request = RunRequest { community, as_of: office.app.today(), dry_run: false };
    run_collection(&office.app, &Actor::local_operator(), &Policy::v1(), &request).expect("runs");
    let request = DemandRequest { community: COMMUNITY.to_owned(), unit: unit("1-1-102"), issue: false };
    make_demand(&office.app, &Actor::local_operator(), &request).expect("a draft");
}

#[test]
fn a_changed_amount_turns_a_check_red() {
    let columns = [
        ("charge", "amount_fen"),
        ("charge", "open_fen"),
        ("bill", "total_fen"),
        ("bill_run", "total_fen"),
        ("receipt", "amount_fen"),
        ("allocation", "amount_fen"),
        ("late_fee", "amount_fen"),
        ("late_fee", "open_fen"),
        ("account", "prepaid_fen"),
        ("action", "open_fen"),
        ("action", "late_fee_fen"),
        ("notice", "principal_fen"),
        ("notice", "late_fee_fen"),
    ];
    on_every_engine("2026-11-05", |office| {
        busy(office);
        assert_eq!(office.red(), [""; 0], "green before");
        for (table, column) in columns {
            let first = format!("id = (SELECT id FROM {table} ORDER BY id LIMIT 1)");
            let change =
                |by: i64| office.tamper(&format!("UPDATE {table} SET {column} = {column} + {by} WHERE {first}"));
            assert_eq!(change(1), 1, "{table} has a row");
            assert!(!office.red().is_empty(), "{table}.{column}");
            change(-1);
        }
        assert_eq!(office.red(), [""; 0], "green again");
    });
}
