//! A figure is the same wherever it stands: list, CSV, workbook, letter, unit page, case page, ageing, review, receipts.

use hemu_app::Actor;
use hemu_app::arrears::reports::{ageing_report, rate_report};
use hemu_app::arrears::table::{arrears_csv, arrears_xlsx};
use hemu_app::arrears::{ArrearsReport, arrears_report};
use hemu_app::collection::case_page::case_page;
use hemu_app::registry::unit_page::unit_page;
use hemu_app::review::review_report;
use hemu_documents::sheets_in::read_sheets;
use hemu_domain::Fen;
use hemu_domain::review::ReviewSpan;

use crate::history::TODAY;
use crate::office::{COMMUNITY, Office, day, on_every_engine, yuan};

type Figures = Vec<(String, Fen, Fen)>;

fn list(office: &Office) -> ArrearsReport {
    arrears_report(&office.app, &Actor::local_operator(), COMMUNITY, day(TODAY)).expect("a list")
}

fn figures(report: &ArrearsReport) -> Figures {
    let mut figures: Figures =
        report.rows.iter().map(|row| (row.unit.to_string(), row.principal, row.late_fee)).collect();
    figures.push(("合计".to_owned(), report.totals.principal, report.totals.late_fee));
    figures
}

/// Unit, principal and late fee of each line of a file, headings left out.
fn in_a_file(bytes: &[u8], name: &str) -> Figures {
    let sheet = read_sheets(bytes, name).expect("a table").remove(0);
    let figure = |row: &Vec<hemu_domain::sheet::Cell>| {
        let amount = |place: usize| Fen::parse(&row[place].text()).ok();
        Some((row[0].text(), amount(3)?, amount(4)?))
    };
    sheet.rows.iter().filter(|row| row.len() > 4).filter_map(figure).collect()
}

#[test]
fn list_csv_and_workbook_say_the_same_to_the_fen() {
    on_every_engine("2026-10-31", |office| {
        office.live();
        let report = list(office);
        assert!(report.rows.len() >= 2 && report.totals.late_fee.is_positive(), "{report:?}");
        assert_eq!(report.totals.principal, report.rows.iter().map(|row| row.principal).sum());
        let csv = arrears_csv(&report);
        assert_eq!(in_a_file(csv.as_bytes(), "list.csv"), figures(&report));
        assert_eq!(in_a_file(&arrears_xlsx(&report).expect("a workbook"), "list.xlsx"), figures(&report));
    });
}

#[test]
fn the_columns_of_age_add_up_to_what_is_owed_and_to_the_ageing_report() {
    on_every_engine("2026-10-31", |office| {
        office.live();
        let report = list(office);
        for row in &report.rows {
            assert_eq!(row.ages.iter().copied().sum::<Fen>(), row.principal, "{}", row.unit);
        }
        let ageing = ageing_report(&office.app, &Actor::local_operator(), COMMUNITY, day(TODAY)).expect("an ageing");
        let by_bucket: Vec<Fen> = ageing.rows.iter().map(|row| row.principal).collect();
        assert_eq!(report.totals.ages.to_vec(), by_bucket);
        assert!(by_bucket.iter().filter(|amount| amount.is_positive()).count() >= 2, "{by_bucket:?}");
    });
}

#[test]
fn letter_unit_page_and_case_page_say_what_the_list_says() {
    on_every_engine("2026-10-31", |office| {
        office.live();
        let me = Actor::local_operator();
        for row in list(office).rows {
            let listed = (row.principal, row.late_fee);
            let letter = office.demand(row.unit.as_str(), false);
            assert_eq!((letter.principal, letter.late_fee), listed, "letter of {}", row.unit);
            let page = unit_page(&office.app, &me, COMMUNITY, &row.unit).expect("a page");
            let due = || page.charges.iter().filter(|one| one.due_on <= office.app.today());
            let shown = (due().map(|one| one.open).sum::<Fen>(), due().map(|one| one.late_fee).sum::<Fen>());
            assert_eq!(shown, listed, "page of {}", row.unit);
            let case = case_page(&office.app, &me, COMMUNITY, office.case_of(row.unit.as_str())).expect("a case");
            assert_eq!((case.principal, case.late_fee), listed, "case of {}", row.unit);
        }
    });
}

#[test]
fn bills_receipts_and_review_come_to_the_list() {
    on_every_engine("2026-10-31", |office| {
        office.live();
        let me = Actor::local_operator();
        let totals = list(office).totals;
        let review = review_report(&office.app, &me, COMMUNITY, day(TODAY), None).expect("a review");
        assert_eq!(review.ageing.iter().map(|row| row.principal).sum::<Fen>(), totals.principal);
        assert_eq!(review.ageing.iter().map(|row| row.late_fee).sum::<Fen>(), totals.late_fee);
        for groups in [&review.stages, &review.causes, &review.buildings] {
            assert_eq!(groups.values().map(|group| group.principal).sum::<Fen>(), totals.principal);
        }
        // What is charged, less what was let off and paid, is what is open: due (the list) or not due yet.
        let sum =
            |sql: &str| Fen::new(office.count(&format!("SELECT CAST(COALESCE(SUM({sql}, 0) AS BIGINT) FROM charge")));
        let not_due = sum(&format!("CASE WHEN due_on > '{TODAY}' THEN open_fen ELSE 0 END)"));
        let rates = rate_report(&office.app, &me, COMMUNITY, day(TODAY), None).expect("rates");
        let left: Fen = rates.rows.iter().map(|row| row.receivable - row.collected).sum();
        assert_eq!(left, totals.principal + not_due);
        let waived: Fen = rates.rows.iter().map(|row| row.waived).sum();
        let corrected: Fen = rates.rows.iter().map(|row| row.corrected).sum();
        assert_eq!((waived, corrected), (yuan("10.80"), yuan("5.00")), "a waiver, and 0.80 of small change");
        assert_eq!(rates.total.collected, review.total.collected);
        // Money in is money on charges, on late fees, and put by.
        let received = Fen::new(office.count("SELECT CAST(SUM(amount_fen) AS BIGINT) FROM receipt"));
        let fees =
            office.count("SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) FROM allocation WHERE kind = 'late_fee'");
        let collected: Fen = rates.rows.iter().map(|row| row.collected).sum();
        assert_eq!(received, collected + Fen::new(fees) + rates.prepaid);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_quarter_is_the_sum_of_its_months() {
    on_every_engine("2026-10-31", |office| {
        office.live();
        let me = Actor::local_operator();
        let of = |span: &str| {
            let span = ReviewSpan::parse(span).expect("a span");
            rate_report(&office.app, &me, COMMUNITY, day(TODAY), Some(span)).expect("rates").total
        };
        let months = ["2026-10", "2026-11", "2026-12"].map(of);
        let quarter = of("2026-Q4");
        assert_eq!(quarter.charged, months.iter().map(|one| one.charged).sum());
        assert_eq!(quarter.collected, months.iter().map(|one| one.collected).sum());
        assert_eq!(quarter.households, 4, "a household counts once");
    });
}
