//! Shared costs: every fen of the invoice lands on a bill, once, with whoever pays that month.

use hemu_app::metering::NewMeter;
use hemu_app::shared_costs::{Cost, CostReport, CostRequest, cancel_pool, list_pools, share_cost, show_pool};
use hemu_app::{Actor, Refusal};
use hemu_domain::billing::floor_bands::FloorBands;
use hemu_domain::billing::share::ShareMethod;
use hemu_domain::billing::share_scope::ShareScope;
use hemu_domain::metering::MeterKind;
use hemu_domain::{Factor, Fen, Period, UnitPrice};

use crate::metering::water;
use crate::office::{COMMUNITY, LIST, Office, on_every_engine, yuan};

/// A cost of the whole community.
pub fn cost(period: &str, total: &str, method: ShareMethod) -> CostRequest {
    CostRequest {
        item: "公摊电费".to_owned(),
        period: Period::parse(period).expect("a month"),
        cost: Cost::Invoice(yuan(total)),
        invoice: "发票 04417701".to_owned(),
        scope: ShareScope::default(),
        method,
        dry_run: false,
    }
}

fn household(vacant_weight: &str) -> ShareMethod {
    ShareMethod::Household { vacant_weight: Factor::parse(vacant_weight).expect("a factor") }
}

const HEADINGS: &str = "房号,业主姓名,建筑面积(㎡),收费标准(元/㎡·月),已缴至,备注\n";

/// Twenty homes lived in and four vacant ones, all paid up to October.
fn homes() -> String {
    let mut list = HEADINGS.to_owned();
    for home in 0..24 {
        let vacant = if home >= 20 { "空置" } else { "" };
        list += &format!("1-1-{}0{},业主{home},100,2.00,2026-10,{vacant}\n", home / 4 + 1, home % 4 + 1);
    }
    list
}

impl Office {
    /// Shares a cost.
    pub fn share(&self, request: &CostRequest) -> Result<CostReport, Refusal> {
        share_cost(&self.app, &Actor::local_operator(), COMMUNITY, request)
    }

    /// What was charged for shared costs: each amount with its unit.
    fn charged(&self) -> Vec<(String, Fen)> {
        let sql = "SELECT u.label, c.amount_fen FROM charge c JOIN account a ON a.id = c.account_id
            JOIN unit u ON u.id = a.unit_id JOIN fee_item i ON i.id = c.fee_item_id
            WHERE i.kind = 'shared_cost' ORDER BY u.label, c.seq";
        self.app.db.read(|tx| tx.query(sql, &[], |row| Ok((row.take()?, row.take()?)))).expect("charges")
    }
}

#[test]
fn w28_a_cost_shared_by_household_is_billed_to_the_fen() {
    on_every_engine("2026-10-31", |office| {
        office.import(&homes());
        let request = cost("2026-11", "1234.56", household("0.7"));
        let preview = office.share(&CostRequest { dry_run: true, ..request.clone() }).expect("a preview");
        assert_eq!((preview.id, preview.rows.len(), preview.nobody_pays.len()), (None, 24, 0));
        assert!(list_pools(&office.app, &Actor::local_operator(), COMMUNITY, None).expect("a list").rows.is_empty());
        let shared = office.share(&request).expect("shared");
        assert_eq!(shared.rows, preview.rows, "what was looked at is what was confirmed");
        let bills = office.bill("2026-11");
        assert_eq!((bills.bills, bills.charges), (24, 48), "on the bill of the month");
        let charged = office.charged();
        assert_eq!(charged.iter().map(|(_, amount)| *amount).sum::<Fen>(), yuan("1234.56"));
        let of = |amount: &str| charged.iter().filter(|(_, one)| *one == yuan(amount)).count();
        assert_eq!((of("54.15"), of("54.14"), of("37.90")), (16, 4, 4));
        assert_eq!(office.bill("2026-11").charges, 0, "never twice");
        assert_eq!(office.bill("2026-12").charges, 24, "nor with the next month");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn w28_a_cost_shared_by_area_charges_a_home_for_its_area() {
    on_every_engine("2026-10-31", |office| {
        let rest = "1-1-101,王建国,89.32,2.00,2026-10,\n1-1-102,李小梅,2310.68,2.00,2026-10,空置\n";
        office.import(&format!("{HEADINGS}{rest}"));
        office.share(&cost("2026-11", "1234.56", ShareMethod::Area)).expect("shared");
        office.bill("2026-11");
        let charged = office.charged();
        assert_eq!(charged[0], ("1-1-101".to_owned(), yuan("45.95")));
        assert_eq!(charged.iter().map(|(_, amount)| *amount).sum::<Fen>(), yuan("1234.56"));
        let why = "SELECT CAST(COUNT(*) AS BIGINT) FROM charge WHERE CAST(explanation AS TEXT) LIKE '%发票 04417701%'";
        assert_eq!(office.count(why), 2, "the invoice stands with every share");
    });
}

#[test]
fn a_lift_costs_the_upper_floors_of_its_entrance_alone() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        let bands = FloorBands::parse("1:0, 2-9:1").expect("bands");
        let mut request = cost("2026-11", "90.01", ShareMethod::Floor(bands));
        request.scope = ShareScope::parse("1-1").expect("an entrance");
        office.share(&request).expect("shared");
        office.bill("2026-11");
        let charged: Vec<_> = office.charged();
        assert_eq!(charged, [("1-1-201".to_owned(), yuan("45.01")), ("1-1-202".to_owned(), yuan("45.00"))]);
        assert_eq!(office.red(), [""; 0], "a share of nothing is on no bill");
    });
}

#[test]
fn a_cost_nobody_can_bear_is_refused_and_writes_nothing() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        let refused = |request: &CostRequest, words: &str| {
            let refusal = office.share(request).expect_err("refused");
            assert!(refusal.text().zh.contains(words), "{}", refusal.text().zh);
        };
        let by_area = cost("2026-11", "90.00", ShareMethod::Area);
        refused(&CostRequest { scope: ShareScope::parse("9").expect("a place"), ..by_area.clone() }, "“9”里没有房屋");
        let mut vacant = cost("2026-11", "90.00", household("0"));
        vacant.scope = ShareScope::parse("1-1-201").expect("a unit");
        refused(&vacant, "没有房屋承担");
        refused(&cost("2026-11", "90.00", household("1.5")), "0 到 1");
        let low = FloorBands::parse("1:1").expect("bands");
        refused(&cost("2026-11", "90.00", ShareMethod::Floor(low)), "2 户的楼层不在任何一档里");
        refused(&cost("2026-11", "90.00", ShareMethod::Usage { kind: MeterKind::Water }), "4 户当月没有已确认的用量");
        refused(&cost("2028-01", "90.00", ShareMethod::Area), "离今天太远");
        refused(&CostRequest { item: "物业服务费".to_owned(), ..by_area.clone() }, "已是别的收费项目");
        refused(&CostRequest { cost: Cost::Invoice(Fen::ZERO), ..by_area.clone() }, "大于零");
        refused(&CostRequest { invoice: String::new(), ..by_area }, "发票");
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM share_pool"), 0);
        assert_eq!(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM fee_item WHERE kind = 'shared_cost'"), 0);
    });
}

#[test]
fn one_invoice_is_shared_once_and_two_invoices_of_a_month_are_two_lines() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        let request = cost("2026-11", "40.00", household("1"));
        office.share(&request).expect("shared");
        assert!(matches!(office.share(&request), Err(Refusal::Conflict(_))), "a form sent twice");
        office.share(&CostRequest { invoice: "发票 04417702".to_owned(), ..request }).expect("another one");
        assert_eq!(office.bill("2026-11").charges, 12, "a fee and two shares each");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_share_confirmed_after_the_run_is_billed_by_the_next_one_of_any_later_month() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.bill("2026-11");
        let shared = office.share(&cost("2026-11", "40.00", household("1"))).expect("shared");
        assert_eq!(office.bill("2026-12").charges, 8, "December's fee and November's share");
        assert_eq!(office.bill("2026-11").charges, 0, "never twice");
        let id = shared.id.expect("confirmed");
        let pool = show_pool(&office.app, &Actor::local_operator(), COMMUNITY, id).expect("there").pool;
        assert_eq!((pool.units, pool.bearing, pool.billed), (4, 4, 4));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_pool_is_cancelled_before_it_is_billed_and_never_after() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        let request = cost("2026-11", "40.00", household("1"));
        let wrong = office.share(&request).expect("shared").id.expect("an id");
        let cancel = |id| cancel_pool(&office.app, &Actor::local_operator(), COMMUNITY, id, "金额录错");
        cancel(wrong).expect("cancelled");
        assert!(matches!(cancel(wrong), Err(Refusal::Conflict(_))), "twice");
        assert_eq!(office.bill("2026-11").charges, 4, "fees alone");
        let right = office.share(&request).expect("the same invoice again").id.expect("an id");
        assert_eq!(office.bill("2026-11").charges, 4, "added to the bills that are there");
        assert!(matches!(cancel(right), Err(Refusal::Conflict(_))), "it is on bills");
        let list = list_pools(&office.app, &Actor::local_operator(), COMMUNITY, Some(2026)).expect("a list");
        assert_eq!(list.rows.len(), 2);
        assert_eq!((list.figures[0].months, list.figures[0].total), (1, yuan("40.00")), "the cancelled one left out");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_share_on_a_bill_that_differs_from_its_pool_turns_a_check_red() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.share(&cost("2026-11", "40.00", household("1"))).expect("shared");
        office.bill("2026-11");
        office.tamper("UPDATE share_pool SET cancelled_at = confirmed_at, cancelled_by = 'x', cancel_reason = 'x'");
        let red = ["registers_hold_what_was_written", "billed_shares_are_those_of_their_cost"];
        assert_eq!(office.red(), red);
    });
}

#[test]
fn what_a_master_meter_counts_above_the_meters_behind_it_is_shared_by_what_each_used() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        let master = office.meter(&NewMeter { unit: None, place: "泵房".to_owned(), ..water("1-1-101", "M1") });
        let [one, other] = office.add_meters_behind("3", "M1");
        let mut request = cost("2026-10", "1.00", ShareMethod::Usage { kind: MeterKind::Water });
        request.scope = ShareScope::parse("1-1-101, 1-1-102").expect("units");
        request.cost = Cost::Master { number: "M1".to_owned(), price: UnitPrice::parse("3.10").expect("a price") };
        office.read(one, "2026-10", "120").expect("taken");
        office.read(master, "2026-10", "137.5").expect("taken");
        office.confirm("2026-10", &[]);
        assert!(matches!(office.share(&request), Err(Refusal::Conflict(_))), "a meter behind it is not read");
        office.read(other, "2026-10", "110").expect("taken");
        office.confirm("2026-10", &[]);
        let shared = office.share(&request).expect("shared");
        assert_eq!(shared.total, yuan("23.25"), "(37.5 - 20 - 10) x 3.10");
        let shares: Vec<_> = shared.rows.iter().map(|row| row.amount).collect();
        assert_eq!(shares, [yuan("15.50"), yuan("7.75")], "20 m³ and 10 m³");
        assert_eq!(office.red(), [""; 0]);
        office.tamper("UPDATE share_pool SET source = '{\"invoice\":\"x\",\"master\":\"M1\"}'");
        assert!(office.red().contains(&"shares_follow_from_their_cost"));
    });
}
