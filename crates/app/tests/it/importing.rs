//! Import: everything or nothing, once, and never over what is there.

use hemu_app::Actor;
use hemu_app::arrears::arrears_report;
use hemu_domain::Fen;

use crate::office::{COMMUNITY, LIST, day, on_every_engine, yuan};

#[test]
fn a_list_becomes_units_owners_contacts_and_opening_arrears() {
    on_every_engine("2026-10-31", |office| {
        let report = office.import(LIST);
        assert_eq!((report.rows_read, report.accepted, report.units, report.vacant), (4, 4, 4, 1));
        assert_eq!((report.units_owing, report.parties), (2, 5));
        // 89.32 x 2.35 = 209.90 for seven months, 120.5 x 1.80 = 216.90 for one.
        assert_eq!(report.opening_arrears, yuan("1686.20"));
        let arrears =
            arrears_report(&office.app, &Actor::local_operator(), COMMUNITY, day("2026-10-31")).expect("a list");
        assert_eq!(arrears.totals.principal, report.opening_arrears);
        assert_eq!(arrears.rows[0].periods.len(), 7);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_second_import_of_the_same_file_changes_nothing() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        let tables = [
            "unit",
            "party",
            "tenure",
            "contact_point",
            "account",
            "charge",
            "fee_standard",
            "audit_entry",
            "import_file",
        ];
        let rows = || tables.map(|table| office.count(&format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {table}")));
        let before = rows();
        let again = office.import(LIST);
        assert_eq!((again.new_units, again.new_contacts, again.differences.len()), (0, 0, 0));
        assert_eq!(rows(), before);
    });
}

#[test]
fn a_later_list_adds_contacts_and_lists_what_differs() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        let later = LIST.replace("13800138001", "13800138001、13800138009").replace("89.32", "90");
        let report = office.import(&later);
        assert_eq!((report.new_units, report.new_contacts), (0, 1));
        assert_eq!(report.differences.len(), 1, "{:?}", report.differences);
        assert_eq!(
            office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM unit WHERE area_e4 = 893200"),
            1,
            "not overwritten"
        );
    });
}

#[test]
fn opening_arrears_of_a_later_list_are_due_as_the_contract_says() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        let due = |day: &str| {
            let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM charge WHERE origin = 'opening' AND due_on =";
            office.count(&format!("{sql} '{day}'"))
        };
        let before = (due("2026-10-31"), due("2026-10-10"));
        assert_eq!((before.0 > 0, before.1), (true, 0), "the last day of the month, where nothing else is said");
        office.arrange("UPDATE contract SET due_rule = 'day_of_month', due_day = 10");
        office.import("房号,业主姓名,建筑面积(㎡),收费标准(元/㎡·月),已缴至\n9-1-901,新业主,89.32,2.35,2026-09\n");
        assert_eq!((due("2026-10-31"), due("2026-10-10")), (before.0, 1));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn no_phone_number_is_stored_in_the_clear() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        let tails = "SELECT CAST(COUNT(*) AS BIGINT) FROM contact_point WHERE value_tail LIKE '%13800138%'";
        assert_eq!(office.count(tails), 0);
        if let Some(file) = office.app.db.file() {
            let wal = file.with_file_name(format!("{}-wal", file.file_name().expect("a name").to_string_lossy()));
            for path in [file, wal.as_path()] {
                let bytes = std::fs::read(path).unwrap_or_default();
                assert!(!bytes.windows(11).any(|window| window == b"13800138001"), "{}", path.display());
            }
        }
    });
}

#[test]
fn a_future_month_is_prepaid_and_a_vacant_unit_is_billed_in_full() {
    on_every_engine("2026-10-31", |office| {
        office.import(&LIST.replace("100,2.00,2026-10", "100,2.00,2027-01"));
        let report = office.bill("2026-11");
        assert_eq!(report.bills, 3, "1-1-101 is paid through January");
        let vacant = "SELECT CAST(SUM(c.amount_fen) AS BIGINT) FROM charge c JOIN account a ON a.id = c.account_id
            JOIN unit u ON u.id = a.unit_id WHERE u.label = '1-1-201'";
        assert_eq!(Fen::new(office.count(vacant)), yuan("100.00"));
    });
}
