//! A small office to test with: a community from a spreadsheet, a clock that stands where the test wants it.

use std::path::Path;

use chrono::NaiveDate;
use hemu_app::arrears::arrears_report;
use hemu_app::billing::{BillReport, BillRequest, issue_bills};
use hemu_app::import::{ImportReport, ImportRequest, import_spreadsheet};
use hemu_app::ledger::{AtTheDesk, ReceiptReport, ReceiptRequest, take_at_desk, take_receipt};
use hemu_app::{Actor, App, Clock, Refusal};
use hemu_domain::ids::ChargeId;
use hemu_domain::{Fen, Period, UnitLabel};
use hemu_store::kept::TABLES;
use hemu_testkit::engines::for_each_engine;

/// The community of every test.
pub const COMMUNITY: &str = "测试花园";

/// A list with four units: paid, owing seven months, vacant, co-owned with two phones.
pub const LIST: &str = "房号,业主姓名,联系电话,建筑面积(㎡),收费标准(元/㎡·月),已缴至,备注
1-1-101,王建国,13800138001,100,2.00,2026-10,
1-1-102,李小梅,13800138002,89.32,2.35,2026-03,
1-1-201,欧阳龑,1380013800,50,2.00,2026-10,空置
1-1-202,郝娟、叶彧,13800138004/13800138005,120.5,1.80,2026-09,
";

/// An open application on one engine.
pub struct Office {
    /// The application.
    pub app: App,
    /// Kept while the test runs.
    _folder: tempfile::TempDir,
}

/// Runs a test on every engine, at 10:00 of that day.
pub fn on_every_engine(today: &str, test: impl Fn(&Office)) {
    for_each_engine(|url| {
        let folder = tempfile::tempdir().expect("a folder");
        test(&Office { app: open(url, folder.path(), today), _folder: folder });
    });
}

/// Opens a database for a day; the key lies in `folder`.
pub fn open(url: &str, folder: &Path, today: &str) -> App {
    App::open(url, &folder.join("key"), &folder.join("outbox"), Clock::as_of(day(today)), Some(7)).expect("opens")
}

/// A day.
pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// A unit.
pub fn unit(text: &str) -> UnitLabel {
    UnitLabel::parse(text).expect("a unit")
}

/// An amount.
pub fn yuan(text: &str) -> Fen {
    Fen::parse(text).expect("an amount")
}

impl Office {
    /// An application that is open already, with the folder it needs.
    pub fn at(app: App, folder: tempfile::TempDir) -> Self {
        Self { app, _folder: folder }
    }

    /// Sets the clock to 10:00 of a day.
    pub fn on(&self, today: &str) {
        self.app.clock.set(day(today), 10, 0);
    }

    /// Imports a list, and puts on file what formal steps need.
    pub fn import(&self, list: &str) -> ImportReport {
        let report = self.import_only(list);
        if self.readiness().formal_waits {
            self.make_ready();
        }
        report
    }

    /// Imports a list.
    pub fn import_only(&self, list: &str) -> ImportReport {
        let request = ImportRequest {
            file_name: "list.csv".to_owned(),
            bytes: list.as_bytes().to_vec(),
            community: COMMUNITY.to_owned(),
            as_of: self.app.today(),
            map: Vec::new(),
            dry_run: false,
        };
        import_spreadsheet(&self.app, &Actor::local_operator(), &request).expect("imports")
    }

    /// Issues the bills of a month.
    pub fn bill(&self, period: &str) -> BillReport {
        let period = Period::parse(period).expect("a month");
        let request = BillRequest { community: COMMUNITY.to_owned(), period, dry_run: false };
        issue_bills(&self.app, &Actor::local_operator(), &request).expect("bills")
    }

    /// Takes a payment of today at the desk.
    pub fn pay_at_desk(
        &self,
        label: &str,
        amount: &str,
        (desk, named): (&AtTheDesk, &[ChargeId]),
    ) -> Result<ReceiptReport, Refusal> {
        let request = ReceiptRequest {
            community: COMMUNITY.to_owned(),
            unit: unit(label),
            amount: yuan(amount),
            received_on: self.app.today(),
            method: "cash".to_owned(),
            designated: named.to_vec(),
            key: None,
            remark: String::new(),
        };
        take_at_desk(&self.app, &Actor::local_operator(), &request, desk)
    }

    /// Takes a payment.
    pub fn pay(&self, label: &str, amount: &str, on: &str, key: Option<&str>) -> Result<ReceiptReport, Refusal> {
        let request = ReceiptRequest {
            community: COMMUNITY.to_owned(),
            unit: unit(label),
            amount: yuan(amount),
            received_on: day(on),
            method: "cash".to_owned(),
            designated: Vec::new(),
            key: key.map(ToOwned::to_owned),
            remark: String::new(),
        };
        take_receipt(&self.app, &Actor::local_operator(), &request)
    }

    /// What a unit owes as of a day: principal and late fee of the arrears list.
    pub fn owed(&self, label: &str, as_of: &str) -> (Fen, Fen) {
        let report = arrears_report(&self.app, &Actor::local_operator(), COMMUNITY, day(as_of)).expect("a list");
        let row = report.rows.iter().find(|row| row.unit.as_str() == label);
        row.map_or((Fen::ZERO, Fen::ZERO), |row| (row.principal, row.late_fee))
    }

    /// The arrears list of a day, as JSON.
    pub fn list(&self, as_of: &str) -> serde_json::Value {
        let report = arrears_report(&self.app, &Actor::local_operator(), COMMUNITY, day(as_of)).expect("a list");
        serde_json::to_value(report).expect("JSON")
    }

    /// A clause of 0.05 % a day, capped at the principal, and where it ranks.
    pub fn late_fee_clause(&self, policy: &str) {
        let set = "UPDATE contract SET late_fee_rate_e8 = 50000, late_fee_cap_e4 = 10000, allocation_policy";
        assert_eq!(self.arrange(&format!("{set} = '{policy}'")), 1);
    }

    /// The one number of a statement.
    pub fn count(&self, sql: &str) -> i64 {
        self.app.db.read(|tx| tx.query_one("count", sql, &[], |row| row.take())).expect("counts")
    }

    /// Changes rows behind the program's back.
    pub fn tamper(&self, sql: &str) -> u64 {
        self.app.db.write(|tx| tx.execute(sql, &[])).expect("tampers")
    }

    /// Changes what was agreed, as a use case would: the registers know of it.
    pub fn arrange(&self, sql: &str) -> u64 {
        let table = sql.split_whitespace().find_map(|word| TABLES.iter().find(|kept| kept.name() == word));
        let (table, community) = (table.expect("a table that is kept row by row"), self.community());
        self.app.db.write(|tx| table.change_any(tx, community, |tx| tx.execute(sql, &[]))).expect("arranges")
    }

    /// The names of the checks that are red.
    pub fn red(&self) -> Vec<&'static str> {
        let report = hemu_app::verify::verify_database(&self.app, &Actor::local_operator()).expect("verifies");
        report.checks.into_iter().filter(|check| !check.ok).map(|check| check.name).collect()
    }
}
