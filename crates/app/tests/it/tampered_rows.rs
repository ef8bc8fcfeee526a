//! Whatever column of whatever kind of row of money is changed behind the program's back, `verify` notices; so it does when a row
//! is taken out or put in. The tables are those of the schema from the tariff to the closing, read from the migrations.

use std::collections::{BTreeMap, BTreeSet};

use hemu_app::Actor;
use hemu_app::bank::{FileRequest, import_bank_file};
use hemu_app::billing::orders::{NewOrder, cancel_order, record_order};
use hemu_app::ledger::print_receipt;
use hemu_app::reductions::set_rules;
use hemu_app::tariff::{NewDisplay, NewStandard, add_standard, record_display};
use hemu_domain::UnitPrice;
use hemu_domain::ids::ReceiptId;
use hemu_domain::registry::unit::UnitKind;
use hemu_domain::tariff::money_rules::MoneyRules;
use hemu_store::tariff::{self, ClauseRow};
use hemu_store::{DbError, Tx, verify};

use crate::closing::two_months;
use crate::office::{COMMUNITY, Office, on_every_engine, unit};

/// The parts of the schema whose tables are money.
const PARTS: &[&str] = &[
    "Tariff",
    "Readiness",
    "Billing",
    "Ledger",
    "Meters and shared costs",
    "Cash desk",
    "Bank and payment files",
    "Reductions and corrections",
    "Closing",
];

/// The tables with what tells the kinds of their rows apart, each once. A new table of those parts fails a test until it is here.
const TABLES: &[(&str, &str)] = &[
    ("account", "paid_through = ''"),
    ("contract", "kind"),
    ("contract_clause", "kind"),
    ("fee_item", "kind"),
    ("fee_standard", "formula"),
    ("fee_price", "basis"),
    ("fee_band", "band_to IS NULL"),
    ("unit_fee", "ends_on IS NULL"),
    ("public_display", "what"),
    ("paper", "subject_kind"),
    ("service_promise", "ends_on IS NULL"),
    ("promise_evidence", "result"),
    ("formal_exception", "reason"),
    ("bill_run", "status"),
    ("bill", "occurrence"),
    ("charge", "origin || CASE WHEN live THEN '' ELSE ' dead' END"),
    ("fee_order", "cancelled_on IS NULL"),
    ("deposit", "kind"),
    ("deposit_entry", "kind"),
    ("receipt", "method || CASE WHEN amount_fen < 0 THEN ' back' WHEN reversed THEN ' reversed' ELSE '' END"),
    ("late_fee", "cause"),
    ("allocation", "kind || CASE WHEN amount_fen < 0 THEN ' back' ELSE '' END"),
    ("adjustment", "kind"),
    ("share_pool", "cancelled_at IS NULL"),
    ("pool_share", "weight_e8 > 0"),
    ("meter", "kind"),
    ("meter_swap", "rolled_over"),
    ("meter_reading", "estimated"),
    ("meter_usage", "kind"),
    ("metered_price", "by_year"),
    ("receipt_counter", "year"),
    ("receipt_tender", "method"),
    ("receipt_rounding", "TRUE"),
    ("receipt_print", "print_no"),
    ("desk_shift", "is_open"),
    ("desk_closing", "reason"),
    ("bank_file", "kind"),
    ("bank_layout", "changed_by"),
    ("bank_line", "state"),
    ("bank_part", "round"),
    ("bank_hold", "TRUE"),
    ("settlement_entry", "kind"),
    ("settlement_note", "kind"),
    ("money_rule", "TRUE"),
    ("discount", "kind"),
    ("month_closing", "reopened_at IS NULL"),
    ("invoice_line", "reason"),
];

/// What may change unnoticed, each with its reason.
const SAYS_NOTHING: &[(&str, &str, &str)] = &[
    ("account", "lock_no", "counts the writers that took turns, and is read by nobody"),
    ("allocation", "id", "names a row that nothing else names"),
    ("allocation", "seq", "says to which closing it belongs, and the figures of closings are counted again from it"),
];

/// A column as the migrations describe it.
#[derive(Debug)]
struct Column {
    name: String,
    kind: String,
    /// The words its CHECK allows.
    words: Vec<String>,
}

/// A table: its part of the schema, its columns, and those that make a row one of its own.
#[derive(Debug, Default)]
struct Table {
    part: String,
    columns: Vec<Column>,
    keys: BTreeSet<String>,
}

fn schema() -> BTreeMap<String, Table> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../store/migrations");
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    for file in std::fs::read_dir(folder).expect("migrations").filter_map(Result::ok) {
        let text = std::fs::read_to_string(file.path()).expect("a migration").replace(",\n        '", ", '");
        let (mut part, mut table) = (String::new(), String::new());
        for line in text.lines() {
            if let Some(title) = line.strip_prefix("-- ").and_then(|rest| rest.split_once(" ---")) {
                title.0.clone_into(&mut part);
            }
            read_line(&mut tables, (&part, &mut table), line);
        }
    }
    tables
}

fn read_line(tables: &mut BTreeMap<String, Table>, (part, table): (&str, &mut String), line: &str) {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        ["CREATE", "TABLE", name, ..] => {
            name.clone_into(table);
            tables.insert(name.to_owned(), Table { part: part.to_owned(), ..Table::default() });
        }
        ["CREATE", "UNIQUE", "INDEX", _, "ON", of, ..] => {
            let keys = in_brackets(line);
            tables.get_mut(of).expect("a table before its index").keys.extend(keys);
        }
        ["PRIMARY" | "UNIQUE", ..] => tables.get_mut(table).expect("a table").keys.extend(in_brackets(line)),
        [name, kind, ..]
            if line.starts_with("    ")
                && name.chars().all(|one| one.is_lowercase() || "_0123456789".contains(one)) =>
        {
            let words = line.split_once(" IN ").map_or(Vec::new(), |(_, list)| in_brackets(list));
            let kind = kind.trim_end_matches(',').to_owned();
            let column = Column { name: name.to_owned(), kind, words };
            if line.contains("PRIMARY KEY") {
                tables.get_mut(table).expect("a table").keys.insert(name.to_owned());
            }
            tables.get_mut(table).expect("a table").columns.push(column);
        }
        _ => {}
    }
}

/// The words of the first list in brackets.
fn in_brackets(text: &str) -> Vec<String> {
    let list = text.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(list, _)| list);
    list.split(',').map(|word| word.trim().to_owned()).collect()
}

impl Column {
    /// Another value, as SQL over the row itself.
    fn another(&self, table: &str) -> String {
        let column = format!("{table}.{}", self.name);
        if let [one, other, ..] = &self.words[..] {
            return format!("CASE WHEN {column} = {one} THEN {other} ELSE {one} END");
        }
        match (self.kind.as_str(), self.name.as_str()) {
            ("TEXT", "period" | "month" | "paid_through") => "'1999-01'".to_owned(),
            ("TEXT", "steps") => "'9'".to_owned(),
            ("TEXT", _) => format!("COALESCE({column}, '') || 'x'"),
            ("BIGINT", _) => format!("COALESCE({column}, 0) + 1"),
            ("BOOLEAN", _) => format!("NOT {column}"),
            ("DATE", _) => "'1999-01-31'".to_owned(),
            ("TIMESTAMPTZ", _) => "'1999-01-31T00:00:00.000000Z'".to_owned(),
            ("UUID", _) => {
                format!("(SELECT u.id FROM unit u WHERE u.id IS DISTINCT FROM {column} ORDER BY u.id LIMIT 1)")
            }
            ("JSONB", _) => "'{\"x\": 1}'".to_owned(),
            ("BYTEA", _) => "(SELECT a.hash FROM audit_entry a ORDER BY a.community_id, a.seq DESC LIMIT 1)".to_owned(),
            other => panic!("a kind of column this test does not know: {other:?}"),
        }
    }
}

/// What comes of some statements, which are taken back again: how many rows they changed, and whether it is noticed.
fn noticed(office: &Office, sql: &str) -> Result<(u64, bool), DbError> {
    let mut seen = None;
    let taken_back: Result<(), DbError> = office.app.db.write(|tx| {
        if office.embedded() {
            tx.execute("PRAGMA defer_foreign_keys = ON", &[])?;
        }
        let changed = tx.execute(sql, &[])?;
        // What cannot be read at all is noticed, too.
        let red = verify::verify(tx, &office.app.sealer).map_or(true, |checks| checks.iter().any(|check| !check.ok));
        seen = Some((changed, red));
        Err(DbError::NotFound("taken back"))
    });
    seen.ok_or_else(|| taken_back.expect_err("nothing is kept"))
}

impl Office {
    fn embedded(&self) -> bool {
        self.app.db.file().is_some()
    }

    /// Lets rows be changed that others refer to, as somebody with all rights would.
    fn let_go_of_references(&self) {
        let drop =
            "DO $$ DECLARE one RECORD; BEGIN FOR one IN SELECT conrelid::regclass AS tied, conname FROM pg_constraint
            WHERE contype = 'f' LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.tied, one.conname);
            END LOOP; END $$";
        if !self.embedded() {
            self.app.db.write(|tx| tx.run_script(drop)).expect("dropped");
        }
    }

    /// A month in which every table of money has rows, but that of closings.
    fn live_through_everything(&self) {
        self.live_and_correct();
        let (app, me) = (&self.app, Actor::local_operator());
        let new = NewStandard {
            item: "电梯费".to_owned(),
            name: "按层".to_owned(),
            formula: "fixed_by_floor".to_owned(),
            unit_kind: UnitKind::Home,
            price: UnitPrice::parse("0").expect("a price"),
            bands: "1~1 5\n2~ 20".to_owned(),
            valid_from: crate::office::day("2027-01-01"),
            basis: "业主大会表决".to_owned(),
        };
        add_standard(app, &me, COMMUNITY, &new).expect("made");
        let (what, place) = ("收费标准".to_owned(), "大堂公示栏".to_owned());
        let shown = NewDisplay { what, place, displayed_on: app.today() };
        record_display(app, &me, COMMUNITY, &shown).expect("recorded");
        set_rules(app, &me, COMMUNITY, &MoneyRules::default()).expect("set");
        let receipt = "SELECT id FROM receipt WHERE reverses_id IS NULL ORDER BY id LIMIT 1";
        let receipt: ReceiptId =
            app.db.read(|tx| tx.query_one("receipt", receipt, &[], |row| row.take())).expect("one");
        for _ in 0..2 {
            print_receipt(app, &me, COMMUNITY, receipt).expect("counted");
        }
        self.order_two();
        self.write_about_promises();
        let clause = |tx: &mut Tx<'_>| {
            let contract_id = tariff::list_contracts(tx, self.community())?[0].id;
            let (kind, number) = ("late_fee".to_owned(), "第十二条".to_owned());
            let row = ClauseRow { id: app.new_id(), contract_id, kind, number, text: String::new() };
            tariff::insert_clause(tx, self.community(), &row)
        };
        app.db.write(clause).expect("recorded");
        let file = FileRequest {
            community: COMMUNITY.to_owned(),
            file_name: "流水.csv".to_owned(),
            bytes: "到账时间,进账,来款人\n2026-12-03,33.00,李小梅\n".as_bytes().to_vec(),
            layout: None,
            map: ["到账时间=day", "进账=in", "来款人=payer"].map(ToOwned::to_owned).to_vec(),
            dry_run: false,
        };
        import_bank_file(app, &me, &file).expect("imported");
    }

    /// Two orders, of which one is cancelled.
    fn order_two(&self) {
        let (app, me) = (&self.app, Actor::local_operator());
        let new = NewOrder {
            unit: unit("1-1-101"),
            item: "门禁卡工本费".to_owned(),
            quantity: 2,
            counted_in: "张".to_owned(),
            price: UnitPrice::parse("15").expect("a price"),
            basis: "价目表第 3 项".to_owned(),
            period: None,
        };
        record_order(app, &me, COMMUNITY, &new).expect("recorded");
        let made = record_order(app, &me, COMMUNITY, &new).expect("recorded");
        cancel_order(app, &me, COMMUNITY, made.id, "业主不要了").expect("cancelled");
    }

    /// The rows of a table, one for each kind, by the number the engine gave them.
    fn one_of_each_kind(&self, table: &str, kind: &str) -> Vec<String> {
        let at = if self.embedded() { "rowid" } else { "ctid" };
        let text = if self.embedded() { "CAST(rowid AS TEXT)" } else { "CAST(ctid AS TEXT)" };
        let sql = format!("SELECT CAST(({kind}) AS TEXT), {text} FROM {table} ORDER BY {at}");
        let read = |row: &hemu_store::Row<'_>| Ok((row.take::<Option<String>>()?, row.take::<String>()?));
        let rows = self.app.db.read(|tx| tx.query(&sql, &[], read)).expect("rows");
        let found: BTreeMap<Option<String>, String> = rows.into_iter().rev().collect();
        found.into_values().map(|place| format!("{at} = '{place}'")).collect()
    }
}

/// The changes to a row: each column, the row taken out, and a copy of it put in.
fn changes(table: &str, described: &Table, row: &str) -> Vec<(String, String)> {
    let says_nothing = |column: &Column| SAYS_NOTHING.iter().any(|(of, name, _)| *of == table && *name == column.name);
    let columns = described.columns.iter().filter(|column| !says_nothing(column));
    let mut all: Vec<(String, String)> = columns
        .map(|column| {
            let sql = format!("UPDATE {table} SET {} = {} WHERE {row}", column.name, column.another(table));
            (format!("{table}.{}", column.name), sql)
        })
        .collect();
    all.push((format!("a row less of {table}"), format!("DELETE FROM {table} WHERE {row}")));
    let names: Vec<&str> = described.columns.iter().map(|column| column.name.as_str()).collect();
    let cell = |column: &Column| {
        let own = described.keys.contains(&column.name) && column.name != "community_id";
        if own { column.another(table) } else { format!("{table}.{}", column.name) }
    };
    let cells: Vec<String> = described.columns.iter().map(cell).collect();
    let copy =
        format!("INSERT INTO {table} ({}) SELECT {} FROM {table} WHERE {row}", names.join(", "), cells.join(", "));
    // A table of one row for each community has no room for another.
    if described.keys.len() > 1 {
        all.push((format!("a row more of {table}"), copy));
    }
    all
}

fn try_all(office: &Office, tables: &[(&str, &str)]) -> Vec<String> {
    let schema = schema();
    let mut unnoticed = Vec::new();
    for &(table, kind) in tables {
        let rows = office.one_of_each_kind(table, kind);
        assert!(!rows.is_empty(), "the history has nothing of {table}");
        for row in rows {
            for (what, sql) in changes(table, &schema[table], &row) {
                match noticed(office, &sql) {
                    Ok((0, _)) => panic!("{sql} changes nothing"),
                    Ok((_, true)) => {}
                    Ok((_, false)) => unnoticed.push(format!("{what} where {row}")),
                    // The engine itself refuses it.
                    Err(DbError::Duplicate { .. }) => {}
                    Err(error) => panic!("{sql}: {error}"),
                }
            }
        }
    }
    unnoticed
}

fn expect_noticed(of: impl Fn(&str) -> bool) {
    on_every_engine("2026-10-31", |office| {
        office.live_through_everything();
        assert_eq!(office.red(), [""; 0], "green before");
        office.let_go_of_references();
        let tables: Vec<(&str, &str)> = TABLES.iter().copied().filter(|(table, _)| of(table)).collect();
        let unnoticed = try_all(office, &tables);
        assert!(unnoticed.is_empty(), "{unnoticed:#?}");
        assert_eq!(office.red(), [""; 0], "green again");
    });
}

fn is_of(table: &str, parts: &[&str]) -> bool {
    table != "month_closing" && parts.contains(&schema()[table].part.as_str())
}

#[test]
fn every_table_of_money_is_tried_once() {
    let money = |(name, table): (&String, &Table)| PARTS.contains(&table.part.as_str()).then(|| name.clone());
    let mut of_schema: BTreeSet<String> = schema().iter().filter_map(money).collect();
    of_schema.insert("account".to_owned());
    let listed: BTreeSet<String> = TABLES.iter().map(|(table, _)| (*table).to_owned()).collect();
    assert_eq!((listed, TABLES.len()), (of_schema.clone(), of_schema.len()));
    for (table, column, why) in SAYS_NOTHING {
        assert!(schema()[*table].columns.iter().any(|one| one.name == *column), "{table}.{column}: {why}");
    }
}

#[test]
fn whatever_changes_of_an_account_or_the_tariff_is_noticed() {
    expect_noticed(|table| table == "account" || is_of(table, &["Tariff"]));
}

#[test]
fn whatever_changes_of_bills_and_what_is_on_them_is_noticed() {
    expect_noticed(|table| is_of(table, &["Billing"]));
}

#[test]
fn whatever_changes_of_receipts_and_what_they_paid_is_noticed() {
    expect_noticed(|table| is_of(table, &["Ledger"]));
}

#[test]
fn whatever_changes_of_meters_and_shared_costs_is_noticed() {
    expect_noticed(|table| is_of(table, &["Meters and shared costs", "Reductions and corrections"]));
}

#[test]
fn whatever_changes_at_the_cash_desk_is_noticed() {
    expect_noticed(|table| is_of(table, &["Cash desk", "Closing"]));
}

#[test]
fn whatever_changes_of_bank_and_payment_files_is_noticed() {
    expect_noticed(|table| is_of(table, &["Bank and payment files"]));
}

#[test]
fn whatever_changes_of_a_closing_is_noticed() {
    on_every_engine("2026-10-31", |office| {
        two_months(office);
        office.close("2026-10").expect("closed");
        office.close("2026-11").expect("closed");
        office.let_go_of_references();
        let unnoticed = try_all(office, &[("month_closing", "month")]);
        assert!(unnoticed.is_empty(), "{unnoticed:#?}");
        assert_eq!(office.red(), [""; 0], "green again");
    });
}
