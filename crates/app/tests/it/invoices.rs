//! What was asked to be invoiced is asked for once; what changes afterwards is taken back by red lines, so that blue and red come to the
//! live charges.

use hemu_app::Actor;
use hemu_app::closing::invoices::{InvoiceRequest, invoice_csv, invoice_summary};
use hemu_documents::sheets_in::read_sheets;
use hemu_domain::billing::red_invoice::InvoiceChange;
use hemu_domain::ledger::adjustment::AdjustmentKind;
use hemu_domain::{Fen, Period};

use crate::office::{COMMUNITY, LIST, Office, on_every_engine, yuan};

/// What was asked for altogether.
fn asked(office: &Office) -> Fen {
    Fen::new(office.count("SELECT CAST(COALESCE(SUM(gross_fen), 0) AS BIGINT) FROM invoice_line"))
}

/// What is charged on bills and stands, less what was let off.
fn stands(office: &Office) -> Fen {
    let charged = "SELECT CAST(SUM(amount_fen) AS BIGINT) FROM charge WHERE live AND bill_id IS NOT NULL";
    let reduced =
        "SELECT CAST(COALESCE(SUM(j.amount_fen), 0) AS BIGINT) FROM adjustment j JOIN charge c ON c.id = j.charge_id
        WHERE c.live AND c.bill_id IS NOT NULL AND j.late_fee_id IS NULL";
    Fen::new(office.count(charged) - office.count(reduced))
}

fn red(request: &InvoiceRequest) -> Vec<(&str, Option<&str>, Option<String>, Option<InvoiceChange>, Fen)> {
    let again = request.rows.iter().filter(|row| row.reason.is_some());
    again
        .map(|row| {
            let month = row.original_month.map(|month| month.to_string());
            (row.bill.as_str(), row.original_bill.as_deref(), month, row.reason, row.gross)
        })
        .collect()
}

#[test]
fn after_a_rebill_the_request_of_its_month_takes_back_what_was_asked_for_and_asks_for_what_is_charged_instead() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.on("2026-11-02");
        office.bill("2026-11");
        let november = office.ask_for_invoices("2026-11");
        assert_eq!((november.rows.len(), november.gross, november.red), (4, yuan("726.80"), Fen::ZERO));
        assert_eq!(office.ask_for_invoices("2026-11").rows.len(), 4, "taken out again it asks for nothing twice");
        assert_eq!(asked(office), stands(office));
        office.on("2027-01-10");
        office.rebill(&office.price_fix("1-1-101", "2026-11", "1.80"));
        let rebilled = Fen::new(office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM charge WHERE origin = 'reversal'"));
        assert!(rebilled.is_positive());
        assert_eq!(office.ask_for_invoices("2026-11").rows.len(), 4, "January's correction is no matter of November");
        let january = office.ask_for_invoices("2027-01");
        let taken_back = red(&january);
        let of_101 = (
            "202611-1-1-101-H202701",
            Some("202611-1-1-101"),
            Some("2026-11".to_owned()),
            Some(InvoiceChange::Reversed),
            -yuan("200.00"),
        );
        assert!(taken_back.contains(&of_101), "{taken_back:?}");
        let blue = january.rows.iter().find(|row| row.reason.is_none() && row.bill.starts_with("202611-1-1-101"));
        let blue = blue.map(|row| (row.bill.as_str(), row.gross));
        assert_eq!(blue, Some(("202611-1-1-101-G1", yuan("180.00"))), "billed anew, on the correction bill");
        assert_eq!(january.net + january.tax, january.gross);
        assert_eq!(asked(office), stands(office), "blue and red come to the live charges");
        assert_eq!(office.ask_for_invoices("2027-01").rows.len(), january.rows.len(), "once");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn what_is_let_off_after_the_request_is_taken_back_in_the_month_it_is_let_off() {
    on_every_engine("2026-10-31", |office| {
        office.import(LIST);
        office.on("2026-11-02");
        office.bill("2026-11");
        office.ask_for_invoices("2026-11");
        office.on("2026-12-05");
        office.adjust("1-1-101", AdjustmentKind::Waiver, "16.90");
        assert_eq!(office.ask_for_invoices("2026-11").red, Fen::ZERO);
        let december = office.ask_for_invoices("2026-12");
        assert_eq!(red(&december).len(), 1);
        assert_eq!((december.red, december.rows[0].reason), (-yuan("16.90"), Some(InvoiceChange::Lowered)));
        assert_eq!(asked(office), stands(office));
        let (me, november) = (Actor::local_operator(), Period::parse("2026-11").expect("a month"));
        let summary = invoice_summary(&office.app, &me, COMMUNITY, november).expect("a summary");
        let left: Fen = summary.left_out.iter().map(|one| one.total).sum();
        assert_eq!(summary.asked + left, summary.charged, "what was asked for and what is left out");
        let december = Period::parse("2026-12").expect("a month");
        let csv = invoice_csv(&office.app, &me, COMMUNITY, december).expect("a file");
        let row = read_sheets(&csv, "invoices.csv").expect("a table").remove(0).rows.remove(1);
        assert_eq!((row[1].text().as_str(), row[14].text().as_str()), ("数电普票（红字）", "2026-11"));
        assert_eq!((row[15].text().as_str(), row[16].text().as_str()), ("202611-1-1-101", "减免"));
        assert_eq!(office.red(), [""; 0]);
    });
}
