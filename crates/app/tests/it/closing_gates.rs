//! Work that is not done keeps a month open, or is told: shifts, differences of providers' files, readings, shares, orders.

use hemu_app::bank::{settle_difference, settlement_report};
use hemu_app::billing::orders::{NewOrder, record_order};
use hemu_app::closing::month_report;
use hemu_app::desk::{close_shift, open_shift};
use hemu_app::{Actor, Refusal};
use hemu_domain::billing::share::ShareMethod;
use hemu_domain::{Fen, Period, UnitPrice};

use crate::office::{COMMUNITY, LIST, Office, on_every_engine, unit};
use crate::settlement_files::WECHAT;
use crate::shared_costs::cost;

/// What stands in the way of closing a month.
fn in_the_way(office: &Office, text: &str) -> Vec<String> {
    let Err(Refusal::Gated { missing }) = office.close(text) else { return Vec::new() };
    missing.into_iter().map(|one| one.zh).collect()
}

fn warnings(office: &Office, text: &str) -> Vec<String> {
    let month = Period::parse(text).expect("a month");
    let report = month_report(&office.app, &Actor::local_operator(), COMMUNITY, month).expect("a report");
    report.warnings.into_iter().map(|one| one.zh).collect()
}

#[test]
fn a_shift_opened_in_the_month_or_before_keeps_it_open_until_it_is_closed() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        let (app, me, community) = (&office.app, Actor::local_operator(), office.community());
        let october = open_shift(app, &me, community, Fen::ZERO).expect("open");
        office.on("2026-12-01");
        let told = in_the_way(office, "2026-10");
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("2026-10-31 开的班还没有日结") && told[0].contains(&me.name), "{told:?}");
        close_shift(app, &me, community, october.id, (&[], "")).expect("closed");
        open_shift(app, &me, community, Fen::ZERO).expect("the next one");
        office.close("2026-10").expect("a shift of December is no matter of October");
        office.close("2026-11").expect("nor of November");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_difference_with_a_providers_file_keeps_the_month_of_its_day_open_until_it_is_settled() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.on("2026-12-01");
        let file = office.bank_file(WECHAT).expect("imported").file.expect("a file");
        office.close("2026-10").expect("the file is of November");
        let told = in_the_way(office, "2026-11");
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("微信支付账单还有 4 处差异") && told[0].contains("2026-11-03"), "{told:?}");
        let (app, me, community) = (&office.app, Actor::local_operator(), office.community());
        let report = settlement_report(app, &me, community, file).expect("compared");
        for one in &report.differences {
            settle_difference(app, &me, community, file, (one.kind, one.subject), "另一系统的款项").expect("settled");
        }
        office.close("2026-11").expect("closed");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn what_was_read_shared_or_ordered_and_is_on_no_bill_is_told_and_blocks_nothing() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.on("2026-11-30");
        let [first, second] = office.add_meters("3");
        office.read(first, "2026-11", "110").expect("taken");
        office.bill("2026-11");
        office.share(&cost("2026-11", "100.01", ShareMethod::Area)).expect("shared");
        let order = NewOrder {
            unit: unit("1-1-101"),
            item: "门禁卡工本费".to_owned(),
            quantity: 2,
            counted_in: "张".to_owned(),
            price: UnitPrice::parse("15").expect("a price"),
            basis: "价目表第 3 项".to_owned(),
            period: None,
        };
        record_order(&office.app, &Actor::local_operator(), COMMUNITY, &order).expect("recorded");
        let told = warnings(office, "2026-11").join("\n");
        for part in ["1 块表的读数还没有确认", "4 笔公摊（共 100.01 元）", "1 笔临时收费（共 30.00 元）"]
        {
            assert!(told.contains(part), "{part}: {told}");
        }
        office.read(second, "2026-11", "105").expect("taken");
        office.confirm("2026-11", &[]);
        let told = warnings(office, "2026-11").join("\n");
        assert!(told.contains("2 笔已确认的用量（共 45.00 元）") && !told.contains("读数"), "{told}");
        office.bill("2026-11");
        let told = warnings(office, "2026-11").join("\n");
        assert!(!told.contains("还没有出账"), "all is on a bill: {told}");
        office.on("2026-12-01");
        office.close("2026-10").expect("closed");
        office.close("2026-11").expect("closed");
    });
}
