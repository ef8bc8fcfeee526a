//! Rates: what was let off is not collected, money put by lifts no rate, earlier years are recovered on their own.

use hemu_app::Actor;
use hemu_app::arrears::reports::{RateReport, rate_report};
use hemu_app::review::review_report;
use hemu_app::review::workbook::{review_tables, review_workbook};
use hemu_documents::sheets_in::read_sheets;
use hemu_domain::Fen;
use hemu_domain::ledger::adjustment::AdjustmentKind;
use hemu_domain::review::ReviewSpan;

use crate::history::TODAY;
use crate::office::{COMMUNITY, LIST, Office, day, on_every_engine, yuan};

fn rates(office: &Office, as_of: &str, span: &str) -> RateReport {
    let span = ReviewSpan::parse(span).expect("a span");
    rate_report(&office.app, &Actor::local_operator(), COMMUNITY, day(as_of), Some(span)).expect("rates")
}

#[test]
fn a_waiver_leaves_the_denominator_and_is_shown() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let april = || rates(office, "2026-11-05", "2026-04").total;
        assert_eq!((april().receivable, april().collected), (yuan("209.90"), Fen::ZERO));
        office.adjust("1-1-102", AdjustmentKind::Waiver, "109.90");
        assert_eq!(april().rate.as_deref(), Some("0.00"), "let off is not collected");
        office.pay("1-1-102", "50.00", "2026-11-05", None).expect("taken");
        let now = april();
        assert_eq!((now.charged, now.waived, now.receivable), (yuan("209.90"), yuan("109.90"), yuan("100.00")));
        assert_eq!((now.rate.as_deref(), now.households_paid), (Some("50.00"), 0));
        office.pay("1-1-102", "50.00", "2026-11-05", None).expect("taken");
        assert_eq!((april().rate.as_deref(), april().households_paid), (Some("100.00"), 1));
        let yesterday = rates(office, "2026-11-04", "2026-04").total;
        assert_eq!((yesterday.waived, yesterday.collected), (Fen::ZERO, Fen::ZERO), "as it was");
    });
}

#[test]
fn money_put_by_lifts_no_rate_until_it_pays_a_charge() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.bill("2026-11");
        let before = rates(office, "2026-11-05", "2026-11").total;
        office.on("2026-11-05");
        office.pay("1-1-101", "1200.00", "2026-11-05", None).expect("taken");
        let paid = rates(office, "2026-11-05", "2026-11");
        assert_eq!(paid.total.collected - before.collected, yuan("200.00"), "its November alone");
        assert_eq!(paid.prepaid, yuan("1000.00"));
        office.bill("2026-12");
        let december = rates(office, "2026-12-01", "2026-12");
        assert_eq!((december.total.collected, december.prepaid), (yuan("200.00"), yuan("1000.00") - yuan("200.00")));
    });
}

#[test]
fn the_recovery_of_earlier_years_counts_from_january() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.on("2026-11-05");
        let opening = office.owed("1-1-102", "2026-12-31").0 + office.owed("1-1-202", "2026-12-31").0;
        office.pay("1-1-102", "100.00", "2026-11-05", None).expect("taken");
        office.on("2027-02-10");
        office.pay("1-1-102", "400.00", "2027-02-10", None).expect("taken");
        office.adjust("1-1-202", AdjustmentKind::Correction, "16.90");
        let report = rates(office, "2027-02-10", "2027");
        let prior = &report.prior_years;
        assert_eq!(prior.opening, opening - yuan("100.00"));
        assert_eq!((prior.collected, prior.taken_off), (yuan("400.00"), yuan("16.90")));
        let expected = hemu_domain::review::percent(40_000, (prior.opening - yuan("16.90")).get());
        assert_eq!(prior.rate, expected);
        assert_eq!(rates(office, "2027-02-09", "2027").prior_years.collected, Fen::ZERO);
    });
}

#[test]
fn the_workbook_has_the_figures_of_the_report() {
    on_every_engine("2026-10-31", |office| {
        office.live();
        let me = Actor::local_operator();
        let report = review_report(&office.app, &me, COMMUNITY, day(TODAY), None).expect("a review");
        let bytes = review_workbook(&office.app, &me, COMMUNITY, day(TODAY), None).expect("a workbook");
        let sheets = read_sheets(&bytes, "review.xlsx").expect("sheets");
        let names: Vec<String> = review_tables(&report).into_iter().map(|table| table.title).collect();
        assert_eq!(sheets.iter().map(|sheet| sheet.name.clone()).collect::<Vec<_>>(), names);
        let written: String =
            sheets.iter().flat_map(|sheet| &sheet.rows).flatten().map(|cell| format!("{};", cell.text())).collect();
        let number = |amount: Fen| format!("{};", amount.to_yuan().normalize());
        for amount in [report.total.receivable, report.total.collected, report.prior_years.opening, report.prepaid] {
            assert!(written.contains(&number(amount)), "{amount}");
        }
        assert!(report.funnel.iter().any(|line| line.stage == "conversation" && line.building == "1"), "{report:?}");
        let talks = report.contacts.iter().find(|line| line.channel == "phone").expect("calls");
        assert_eq!((talks.tried, talks.reached, talks.reached_rate.as_deref()), (3, 3, Some("100.00")));
        assert_eq!((report.promises.due, report.promises.kept), (1, 0), "250.00 of 300.00: {report:?}");
    });
}
