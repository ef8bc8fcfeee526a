//! Fees other than area × price that were billed wrongly: bands and tiers, what is metered, what is shared.

use hemu_app::billing::rebill::{Fix, RebillRequest};
use hemu_app::shared_costs::{RightCost, list_pools};
use hemu_app::tariff::{NewStandard, add_standard};
use hemu_app::{Actor, Refusal};
use hemu_domain::billing::share::ShareMethod;
use hemu_domain::ids::{FeeStandardId, SharePoolId};
use hemu_domain::metering::PriceSteps;
use hemu_domain::registry::unit::UnitKind;
use hemu_domain::{Fen, Period, UnitPrice};

use crate::office::{COMMUNITY, LIST, Office, day, on_every_engine, yuan};
use crate::shared_costs::cost;

fn month(text: &str) -> Period {
    Period::parse(text).expect("a month")
}

impl Office {
    /// What units were charged for an item by live charges of a month.
    fn live_of(&self, item: &str, period: &str) -> Vec<(String, Fen)> {
        let sql = format!(
            "SELECT u.label, c.amount_fen FROM charge c JOIN account a ON a.id = c.account_id
            JOIN unit u ON u.id = a.unit_id JOIN fee_item i ON i.id = c.fee_item_id
            WHERE i.name = '{item}' AND c.period = '{period}' AND c.live ORDER BY u.label"
        );
        self.app.db.read(|tx| tx.query(&sql, &[], |row| Ok((row.take()?, row.take()?)))).expect("charges")
    }

    /// All that was ever charged of an item, reversals among it.
    fn sum_of(&self, item: &str) -> Fen {
        Fen::new(self.count(&format!(
            "SELECT CAST(SUM(c.amount_fen) AS BIGINT) FROM charge c JOIN fee_item i ON i.id = c.fee_item_id
            WHERE i.name = '{item}'"
        )))
    }

    /// The standard of an item by bands, from November on, billed for November and December.
    fn banded(&self, formula: &str, bands: &str) -> FeeStandardId {
        self.import(LIST);
        let new = NewStandard {
            item: "电梯费".to_owned(),
            name: "标准".to_owned(),
            formula: formula.to_owned(),
            unit_kind: UnitKind::Home,
            price: UnitPrice::parse("0").expect("a price"),
            bands: bands.to_owned(),
            valid_from: day("2026-11-01"),
            basis: "业主大会表决".to_owned(),
        };
        let made = add_standard(&self.app, &Actor::local_operator(), COMMUNITY, &new).expect("made");
        self.on("2026-12-05");
        self.bill("2026-11");
        self.bill("2026-12");
        made.id
    }

    /// A cost of November, shared by area and billed.
    fn shared_and_billed(&self, total: &str) -> SharePoolId {
        self.import(LIST);
        self.on("2026-11-05");
        let shared = self.share(&cost("2026-11", total, ShareMethod::Area)).expect("shared");
        self.bill("2026-11");
        shared.id.expect("an id")
    }
}

/// A unit with what it is charged.
type Charged = (&'static str, &'static str);

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, Fen)> {
    expected.iter().map(|(label, amount)| ((*label).to_owned(), yuan(amount))).collect()
}

fn bands_fix(standard: FeeStandardId, bands: &str) -> RebillRequest {
    let fix = Fix::Bands { bands: bands.to_owned(), basis: "业主大会表决".to_owned() };
    RebillRequest { from: month("2026-12"), to: None, standard: Some(standard), fix }
}

fn meter_fix(from: &str, steps: &str) -> RebillRequest {
    let steps = PriceSteps::parse(steps).expect("steps");
    let fix = Fix::MeterPrice { item: "水费".to_owned(), steps, basis: "水务集团更正通知".to_owned() };
    RebillRequest { from: month(from), to: None, standard: None, fix }
}

fn pool_fix(pool: SharePoolId, total: Option<&str>) -> RebillRequest {
    let right = RightCost { pool, total: total.map(yuan), invoice: String::new(), scope: None, method: None };
    RebillRequest { from: month("2026-11"), to: None, standard: None, fix: Fix::SharedCost(right) }
}

#[test]
fn wrong_bands_and_tiers_are_billed_anew_by_the_right_ones_from_their_month_on() {
    let cases: [(&str, &str, &str, &[Charged]); 3] = [
        (
            "fixed_by_floor",
            "1~1 5\n2~6 20",
            "1~1 4\n2~6 15",
            &[("1-1-101", "4"), ("1-1-102", "4"), ("1-1-201", "15"), ("1-1-202", "15")],
        ),
        (
            "area_tiers",
            "0~90 1\n90~ 2",
            "0~90 1\n90~ 3",
            &[("1-1-101", "120"), ("1-1-102", "89.32"), ("1-1-201", "50"), ("1-1-202", "181.50")],
        ),
        (
            "area_by_area",
            "0~90 1\n90~ 2",
            "0~100 1\n100~ 2",
            &[("1-1-101", "100"), ("1-1-102", "89.32"), ("1-1-201", "50"), ("1-1-202", "241")],
        ),
    ];
    for (formula, wrong, right, expected) in cases {
        on_every_engine("2026-10-31", |office| {
            let standard = office.banded(formula, wrong);
            let november = office.live_of("电梯费", "2026-11");
            let none = office.preview(&bands_fix(standard, ""));
            assert!(matches!(none, Err(Refusal::InvalidInput { field: "bands", .. })), "{none:?}");
            office.rebill(&bands_fix(standard, right));
            assert_eq!(office.live_of("电梯费", "2026-12"), pairs(expected), "{formula}");
            assert_eq!(office.live_of("电梯费", "2026-11"), november, "the month before stays");
            office.bill("2027-01");
            assert_eq!(office.live_of("电梯费", "2027-01"), pairs(expected), "the next bill is right by itself");
            assert_eq!(office.red(), [""; 0], "{formula}");
        });
    }
}

#[test]
fn a_wrong_price_of_what_is_metered_is_billed_anew_and_the_usage_stays() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        let [one, other] = office.add_meters("3.00");
        for (period, today, shows) in [("2026-11", "2026-11-28", "110"), ("2026-12", "2026-12-28", "130")] {
            office.on(today);
            office.read(one, period, shows).expect("taken");
            office.read(other, period, shows).expect("taken");
            office.confirm(period, &[one, other]);
            office.bill(period);
        }
        office.on("2027-01-05");
        let usage = "SELECT CAST(SUM(amount_fen) AS BIGINT) FROM meter_usage";
        let confirmed = office.count(usage);
        let preview = office.preview(&meter_fix("2026-12", "15:2.50, :4.00")).expect("a preview");
        assert_eq!((preview.rows.len(), preview.was, preview.becomes), (2, yuan("120"), yuan("115")));
        office.rebill(&meter_fix("2026-12", "15:2.50, :4.00"));
        assert_eq!(office.live_of("水费", "2026-12"), pairs(&[("1-1-101", "57.50"), ("1-1-102", "57.50")]));
        assert_eq!(office.live_of("水费", "2026-11"), pairs(&[("1-1-101", "30"), ("1-1-102", "30")]));
        assert_eq!(office.count(usage), confirmed, "what was confirmed never changes");
        assert_eq!(office.red(), [""; 0]);
        assert_eq!(office.bill("2026-12").charges, 0, "nothing is left to bill");
        office.read(one, "2027-01", "140").expect("taken");
        office.read(other, "2027-01", "140").expect("taken");
        office.confirm("2027-01", &[one, other]);
        office.bill("2027-01");
        assert_eq!(office.live_of("水费", "2027-01"), pairs(&[("1-1-101", "25"), ("1-1-102", "25")]));
        assert_eq!(office.red(), [""; 0]);
        office.tamper(
            "UPDATE charge SET explanation = (SELECT o.explanation FROM charge o WHERE o.amount_fen = 5750
            AND o.live ORDER BY o.id LIMIT 1), amount_fen = 5750, open_fen = 5750 WHERE amount_fen = 2500",
        );
        assert!(
            office.red().iter().any(|check| check.contains("billed_usage")),
            "another price without a correction is red"
        );
    });
}

#[test]
fn usage_on_no_bill_yet_is_billed_first_and_a_wrong_reading_needs_no_correction() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        let [one, other] = office.add_meters("3.00");
        office.on("2026-11-28");
        office.read(one, "2026-11", "110").expect("taken");
        office.confirm("2026-11", &[one]);
        let early = office.preview(&meter_fix("2026-11", "2.50")).expect_err("refused");
        assert!(early.to_string().contains("2026-11 的用量已按原价确认，还没有出账"), "{early}");
        let reading = office.read(one, "2026-11", "105").expect_err("refused");
        assert!(reading.to_string().contains("差额由下次抄表自动结清"), "{reading}");
        office.read(other, "2026-11", "100").expect("taken");
        office.bill("2026-11");
        let same = office.preview(&meter_fix("2026-11", "3.00"));
        assert!(matches!(same, Err(Refusal::Conflict(_))), "{same:?}");
        let before = office.preview(&meter_fix("2026-09", "2.50")).expect_err("refused");
        assert!(before.to_string().contains("2026-09 还没有单价"), "{before}");
    });
}

#[test]
fn a_wrong_shared_cost_is_reversed_whole_and_shared_again() {
    on_every_engine("2026-10-31", |office| {
        let pool = office.shared_and_billed("359.82");
        assert_eq!(office.live_of("公摊电费", "2026-11")[0], ("1-1-101".to_owned(), yuan("100.00")));
        office.pay("1-1-101", "300.00", "2026-11-05", None).expect("taken");
        let preview = office.preview(&pool_fix(pool, Some("179.91"))).expect("a preview");
        assert_eq!((preview.rows.len(), preview.was, preview.becomes), (4, yuan("359.82"), yuan("179.91")));
        assert_eq!(preview.put_by, yuan("50.00"), "what 1-1-101 paid too much");
        office.rebill(&pool_fix(pool, Some("179.91")));
        let charged = office.live_of("公摊电费", "2026-11");
        assert_eq!(charged[0], ("1-1-101".to_owned(), yuan("50.00")));
        assert_eq!(charged.iter().map(|(_, amount)| *amount).sum::<Fen>(), yuan("179.91"), "to the fen");
        assert_eq!(office.sum_of("公摊电费"), yuan("179.91"), "the wrong charges come to nothing");
        assert_eq!(office.bill("2026-11").charges, 0, "nothing is left to bill");
        let pools = list_pools(&office.app, &Actor::local_operator(), COMMUNITY, Some(2026)).expect("a list").rows;
        let state: Vec<_> = pools.iter().map(|one| (one.total, one.billed, one.cancelled.is_some())).collect();
        assert_eq!(state, [(yuan("179.91"), 4, false), (yuan("359.82"), 0, true)]);
        assert_eq!(office.red(), [""; 0]);
        let again = office.preview(&pool_fix(pool, Some("100"))).expect_err("refused");
        assert!(again.to_string().contains("已经取消"), "{again}");
    });
}

#[test]
fn a_shared_cost_of_which_a_share_is_claimed_stays_whole() {
    on_every_engine("2026-10-31", |office| {
        let pool = office.shared_and_billed("359.82");
        office.on("2027-02-10");
        office.collect("2027-02-10");
        let share = "SELECT c.id FROM charge c JOIN account a ON a.id = c.account_id JOIN unit u ON u.id = a.unit_id
            JOIN fee_item i ON i.id = c.fee_item_id WHERE i.kind = 'shared_cost' AND u.label = '1-1-101'";
        let share = office.app.db.read(|tx| tx.query_one("share", share, &[], |row| row.take())).expect("a share");
        office.sue_for("1-1-101", share);
        let refused = office.preview(&pool_fix(pool, Some("179.91"))).expect_err("refused");
        assert!(refused.to_string().contains("公摊要整笔冲回"), "{refused}");
    });
}

#[test]
fn an_area_put_right_moves_the_shares_of_all_and_who_shares_anew_finds_it_on_the_next_bill() {
    on_every_engine("2026-10-31", |office| {
        let pool = office.shared_and_billed("359.82");
        let same = office.preview(&pool_fix(pool, None));
        assert!(matches!(same, Err(Refusal::Conflict(_))), "{same:?}");
        office.tamper("UPDATE unit SET area_e4 = 2000000 WHERE label = '1-1-101'");
        let mut request = pool_fix(pool, None);
        office.rebill(&request);
        let charged = office.live_of("公摊电费", "2026-11");
        assert_eq!(charged.iter().map(|(_, amount)| *amount).sum::<Fen>(), yuan("359.82"));
        assert!(charged[0].1 > yuan("156"), "{charged:?}");
        assert_eq!(office.red(), [""; 0]);
        // The second entrance joins with one home less: it leaves the pool, and nobody is charged twice.
        let live = "SELECT id FROM share_pool WHERE cancelled_at IS NULL";
        let id: SharePoolId = office.app.db.read(|tx| tx.query_one("pool", live, &[], |row| row.take())).expect("one");
        let scope = hemu_domain::billing::share_scope::ShareScope::parse("1-1-101,1-1-102").expect("places");
        let right = RightCost { pool: id, total: None, invoice: String::new(), scope: Some(scope), method: None };
        request.fix = Fix::SharedCost(right);
        office.rebill(&request);
        let labels: Vec<String> = office.live_of("公摊电费", "2026-11").into_iter().map(|(label, _)| label).collect();
        assert_eq!(labels, ["1-1-101", "1-1-102"]);
        let id: SharePoolId = office.app.db.read(|tx| tx.query_one("pool", live, &[], |row| row.take())).expect("one");
        let all = hemu_domain::billing::share_scope::ShareScope::default();
        let right = RightCost { pool: id, total: None, invoice: String::new(), scope: Some(all), method: None };
        request.fix = Fix::SharedCost(right);
        let preview = office.preview(&request).expect("a preview");
        assert_eq!((preview.rows.len(), preview.becomes + preview.next_bill), (2, yuan("359.82")));
        assert!(preview.next_bill.is_positive());
        office.rebill(&request);
        office.bill("2026-11");
        assert_eq!(office.live_of("公摊电费", "2026-11"), charged, "all four again");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_cost_that_is_on_no_bill_or_of_another_month_is_refused() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        let shared = office.share(&cost("2026-11", "100", ShareMethod::Area)).expect("shared").id.expect("an id");
        let unbilled = office.preview(&pool_fix(shared, Some("90"))).expect_err("refused");
        assert!(unbilled.to_string().contains("还没有出账"), "{unbilled}");
        office.on("2026-11-05");
        office.bill("2026-11");
        let other = RebillRequest { from: month("2026-12"), ..pool_fix(shared, Some("90")) };
        assert!(matches!(office.preview(&other), Err(Refusal::InvalidInput { field: "from", .. })));
        let negative = office.preview(&pool_fix(shared, Some("-5")));
        assert!(matches!(negative, Err(Refusal::InvalidInput { field: "total", .. })), "{negative:?}");
    });
}
