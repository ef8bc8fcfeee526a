//! Who owes: the statement at a cut-off day, the certificate that all is settled, tenants who pay by agreement, owners beside them.

use chrono::NaiveDate;
use hemu_app::collection::case_page::case_page;
use hemu_app::legal::letters::letter_pdf;
use hemu_app::legal::settlement::{SettlementReport, SettlementRequest, make_settlement};
use hemu_app::registry::ownership::{ChangeOwner, change_owner};
use hemu_app::registry::payer::{ChangePayer, PayerChange, change_payer};
use hemu_app::registry::units::NewOwner;
use hemu_app::{Actor, Refusal};
use hemu_domain::Fen;
use hemu_domain::ids::{AccountId, ChargeId};

use crate::office::{COMMUNITY, LIST, Office, day, on_every_engine, unit, yuan};

fn settle(office: &Office, label: &str, until: &str, certificate: bool) -> Result<SettlementReport, Refusal> {
    let request =
        SettlementRequest { community: COMMUNITY.to_owned(), unit: unit(label), until: day(until), certificate };
    make_settlement(&office.app, &Actor::local_operator(), &request)
}

fn sell(office: &Office, label: &str, on: &str) {
    let request = ChangeOwner {
        community: COMMUNITY.to_owned(),
        unit: unit(label),
        owners: vec![NewOwner::Named("周海".to_owned())],
        on: day(on),
    };
    change_owner(&office.app, &Actor::local_operator(), &request).expect("sold");
}

fn rent(office: &Office, label: &str, payer: NewOwner, on: &str) -> Result<PayerChange, Refusal> {
    let request = ChangePayer {
        community: COMMUNITY.to_owned(),
        unit: unit(label),
        payer,
        on: day(on),
        agreement: "租赁合同第五条".to_owned(),
    };
    change_payer(&office.app, &Actor::local_operator(), &request)
}

/// The payers and amounts of a unit's charges of a month.
fn charged(office: &Office, label: &str, period: &str) -> Vec<(String, i64)> {
    let sql = format!(
        "SELECT p.name, c.amount_fen FROM charge c JOIN account a ON a.id = c.account_id JOIN unit u ON u.id = a.unit_id
        JOIN party p ON p.id = a.party_id WHERE u.label = '{label}' AND c.period = '{period}' AND c.live ORDER BY p.name"
    );
    office.app.db.read(|tx| tx.query(&sql, &[], |row| Ok((row.take()?, row.take()?)))).expect("charges")
}

/// Every charge with its account, sum, what is open and its day.
fn all_charges(office: &Office) -> Vec<(ChargeId, AccountId, Fen, Fen, NaiveDate)> {
    let sql = "SELECT id, account_id, amount_fen, open_fen, due_on FROM charge ORDER BY id";
    let read = |row: &hemu_store::Row<'_>| Ok((row.take()?, row.take()?, row.take()?, row.take()?, row.take()?));
    office.app.db.read(|tx| tx.query(sql, &[], read)).expect("charges")
}

/// Who the page of a payer's case names as liable beside them: unit, whether the payer is a tenant, names.
fn liable_in_case(office: &Office, payer: &str) -> Vec<(String, bool, Vec<String>)> {
    let sql = format!(
        "SELECT c.id FROM case_file c JOIN party p ON p.community_id = c.community_id AND p.id = c.party_id
        WHERE p.name = '{payer}'"
    );
    let case = office.app.db.read(|tx| tx.query_one("case", &sql, &[], |row| row.take())).expect("a case");
    let page = case_page(&office.app, &Actor::local_operator(), COMMUNITY, case).expect("a page");
    page.liable.into_iter().map(|one| (one.unit.to_string(), one.is_tenant, one.names)).collect()
}

#[test]
fn old_arrears_stay_with_the_seller_who_gets_a_certificate_once_they_are_paid() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.late_fee_clause("principal_first");
        office.on("2026-11-20");
        office.bill("2026-11");
        sell(office, "1-1-102", "2026-11-16");
        let early = settle(office, "1-1-102", "2026-11-15", true);
        assert!(matches!(early, Err(Refusal::Conflict(_))), "eight months are owed: {early:?}");
        let statement = settle(office, "1-1-102", "2026-11-15", false).expect("a statement");
        assert_eq!((statement.number, statement.principal), (None, yuan("1679.20")));
        assert!(statement.late_fee.is_positive());
        // The seller pays: on the days of the seller's tenure the money is the seller's.
        office.pay("1-1-102", "1800.00", "2026-11-15", None).expect("taken");
        let certificate = settle(office, "1-1-102", "2026-11-15", true).expect("a certificate");
        assert_eq!(certificate.number.as_deref(), Some("JQ2026-000001"));
        assert_eq!((certificate.principal, certificate.late_fee), (Fen::ZERO, Fen::ZERO));
        assert!(certificate.prepaid.is_positive());
        let again = letter_pdf(&office.app, &Actor::local_operator(), COMMUNITY, certificate.id).expect("a PDF");
        assert_eq!(again, certificate.pdf, "printed again from what was frozen");
        office.bill("2026-12");
        assert_eq!(charged(office, "1-1-102", "2026-12"), [("周海".to_owned(), 20_990)]);
        assert_eq!(office.red(), [""; 0]);
        office.tamper("UPDATE notice SET principal_fen = 1 WHERE kind = 'clearance'");
        assert!(office.red().contains(&"letters_are_as_they_were_frozen"));
    });
}

#[test]
fn a_month_that_was_not_billed_yet_is_not_settled() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.on("2026-11-20");
        let early = settle(office, "1-1-101", "2026-11-15", true);
        assert!(matches!(early, Err(Refusal::Conflict(_))), "November is still to be billed: {early:?}");
        settle(office, "1-1-101", "2026-10-31", true).expect("paid through October");
        let ahead = settle(office, "1-1-101", "2026-11-21", true);
        assert!(matches!(ahead, Err(Refusal::InvalidInput { field: "until", .. })), "{ahead:?}");
    });
}

#[test]
fn a_quarter_billed_to_the_seller_is_not_billed_to_the_buyer() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.arrange("UPDATE contract SET cycle_months = 3");
        office.arrange("UPDATE account SET paid_through = '2026-12'");
        office.on("2027-02-10");
        office.bill("2027-01");
        sell(office, "1-1-101", "2027-02-05");
        office.bill("2027-03");
        assert_eq!(charged(office, "1-1-101", "2027-03"), []);
        office.bill("2027-04");
        assert_eq!(charged(office, "1-1-101", "2027-04"), [("周海".to_owned(), 60_000)]);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_tenant_pays_by_agreement_and_the_owner_is_liable_beside_them() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.bill("2026-11");
        office.on("2026-12-01");
        let before = all_charges(office);
        let change = rent(office, "1-1-101", NewOwner::Named("钱租".to_owned()), "2026-12-01").expect("agreed");
        assert!(change.tenant);
        assert_eq!(all_charges(office), before, "no charge changes its debtor, sum or day");
        office.bill("2026-12");
        assert_eq!(charged(office, "1-1-101", "2026-11"), [("王建国".to_owned(), 20_000)], "what was charged stays");
        assert_eq!(charged(office, "1-1-101", "2026-12"), [("钱租".to_owned(), 20_000)]);
        office.on("2027-02-10");
        let letter = office.demand("1-1-101", false);
        let body = format!("SELECT body FROM notice WHERE id = '{}'", letter.id);
        let sql = "SELECT body FROM notice ORDER BY id DESC LIMIT 1";
        let body_of = |sql: &str| -> serde_json::Value {
            office.app.db.read(|tx| tx.query_one("letter", sql, &[], |row| row.take())).expect(&body)
        };
        let body = body_of(sql);
        assert_eq!((&body["owner"], &body["is_tenant"]), (&"钱租".into(), &true.into()));
        assert_eq!(body["liable"], serde_json::json!(["王建国"]));
        office.collect("2027-02-10");
        assert_eq!(liable_in_case(office, "钱租"), [("1-1-101".to_owned(), true, vec!["王建国".to_owned()])]);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn heirs_hold_together_from_a_day_get_one_bill_and_the_old_debt_stays_where_it_was() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.bill("2026-11");
        office.on("2026-12-01");
        let before = all_charges(office);
        let heirs = ["王甲", "王乙", "王丙"].map(|name| NewOwner::Named(name.to_owned())).to_vec();
        let (community, unit) = (COMMUNITY.to_owned(), unit("1-1-101"));
        let change = ChangeOwner { community, unit, owners: heirs, on: day("2026-12-01") };
        let done = change_owner(&office.app, &Actor::local_operator(), &change).expect("inherited");
        assert_eq!((done.parties.len(), done.former_open), (3, yuan("200.00")));
        assert_eq!(all_charges(office), before, "a change of the payer rewrites nothing");
        office.bill("2026-12");
        assert_eq!(charged(office, "1-1-101", "2026-11"), [("王建国".to_owned(), 20_000)]);
        assert_eq!(charged(office, "1-1-101", "2026-12"), [("王甲".to_owned(), 20_000)], "one bill for all heirs");
        office.on("2027-02-10");
        office.demand("1-1-101", false);
        let sql = "SELECT body FROM notice ORDER BY id DESC LIMIT 1";
        let body: serde_json::Value =
            office.app.db.read(|tx| tx.query_one("letter", sql, &[], |row| row.take())).expect("a letter");
        assert_eq!((&body["owner"], &body["liable"]), (&"王甲".into(), &serde_json::json!(["王乙", "王丙"])));
        office.collect("2027-02-10");
        let together = ("1-1-101".to_owned(), false, vec!["王乙".to_owned(), "王丙".to_owned()]);
        assert_eq!(liable_in_case(office, "王甲"), [together]);
        assert_eq!(liable_in_case(office, "王建国"), [], "what was owed before is nobody else's");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn when_the_tenant_leaves_the_owner_pays_again_and_times_never_overlap() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.on("2027-03-01");
        let owner = "SELECT a.party_id FROM account a JOIN unit u ON u.id = a.unit_id WHERE u.label = '1-1-101'";
        let owner = office.app.db.read(|tx| tx.query_one("owner", owner, &[], |row| row.take())).expect("an owner");
        rent(office, "1-1-101", NewOwner::Named("钱租".to_owned()), "2026-12-01").expect("agreed");
        let overlap = rent(office, "1-1-101", NewOwner::Known(owner), "2026-12-01");
        assert!(matches!(overlap, Err(Refusal::InvalidInput { field: "on", .. })), "{overlap:?}");
        let back = rent(office, "1-1-101", NewOwner::Known(owner), "2027-02-01").expect("agreed");
        assert!(!back.tenant);
        for period in ["2026-11", "2026-12", "2027-01", "2027-02"] {
            office.bill(period);
        }
        let payers =
            ["2026-11", "2026-12", "2027-01", "2027-02"].map(|period| charged(office, "1-1-101", period)[0].0.clone());
        assert_eq!(payers, ["王建国", "钱租", "钱租", "王建国"]);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn co_owners_get_one_bill_and_are_named_beside_each_other() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        office.on("2027-01-10");
        office.demand("1-1-202", false);
        let sql = "SELECT body FROM notice ORDER BY id DESC LIMIT 1";
        let body: serde_json::Value =
            office.app.db.read(|tx| tx.query_one("letter", sql, &[], |row| row.take())).expect("a letter");
        assert_eq!((&body["owner"], &body["liable"]), (&"郝娟".into(), &serde_json::json!(["叶彧"])));
    });
}
