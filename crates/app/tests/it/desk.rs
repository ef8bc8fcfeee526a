//! The cash desk: numbers without gaps, several ways in one receipt, change, small change let off, prints.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::thread;

use hemu_app::arrears::arrears_report;
use hemu_app::arrears::reports::rate_report;
use hemu_app::desk::{DeskRules, day_pdf, day_report, day_xlsx, set_desk_rules};
use hemu_app::ledger::paper::{Paper, receipt_pdf, show_receipt};
use hemu_app::ledger::{AtTheDesk, Tender, print_receipt};
use hemu_app::{Actor, Refusal};
use hemu_domain::Fen;
use hemu_store::ledger::posting::Books;
use hemu_store::{DbError, ledger};

use crate::office::{COMMUNITY, LIST, Office, day, on_every_engine, yuan};

/// These ways to pay.
pub fn ways(tenders: &[(&str, &str)]) -> AtTheDesk {
    let tender = |(method, amount): &(&str, &str)| Tender { method: (*method).to_owned(), amount: yuan(amount) };
    AtTheDesk { tenders: tenders.iter().map(tender).collect(), ..AtTheDesk::default() }
}

fn rounding(amount: &str) -> AtTheDesk {
    AtTheDesk { round_off: yuan(amount), ..AtTheDesk::default() }
}

/// The text of a PDF, blanks aside.
fn pdf_text(pdf: &[u8]) -> String {
    let mut child = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftotext, of poppler-utils, is installed");
    child.stdin.take().expect("a pipe").write_all(pdf).expect("writes");
    let text = String::from_utf8(child.wait_with_output().expect("ends").stdout).expect("text");
    text.chars().filter(|one| !one.is_whitespace()).collect()
}

fn numbers(office: &Office) -> Vec<String> {
    let sql = "SELECT number FROM receipt ORDER BY seq";
    office.app.db.read(|tx| tx.query(sql, &[], |row| row.take())).expect("numbers")
}

#[test]
fn receipt_numbers_have_no_gap_with_two_desks_and_a_payment_that_fails() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    for _ in 0..4 {
                        office.pay("1-1-102", "10.00", "2026-11-05", None).expect("taken");
                    }
                });
            }
        });
        let failed: Result<(), DbError> = office.app.db.write(|tx| {
            let books = Books::open(tx, COMMUNITY)?.expect("there");
            assert_eq!(ledger::next_number(tx, books.community(), 2026)?, "R2026-000009");
            Err(DbError::NotFound("the till"))
        });
        assert!(failed.is_err());
        assert!(
            office.pay_at_desk("1-1-102", "10.00", (&rounding("0.50"), &[])).is_err(),
            "fails after its number was taken"
        );
        let last = office.pay("1-1-102", "10.00", "2026-11-05", None).expect("taken");
        office.reverse(last.id);
        let expected: Vec<String> = (1..=10).map(|number| format!("R2026-{number:06}")).collect();
        assert_eq!(numbers(office), expected);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn each_year_of_entry_begins_at_one_whatever_day_the_money_came() {
    on_every_engine("2026-12-31", |office| {
        office.import(LIST);
        office.pay("1-1-102", "10.00", "2026-12-31", None).expect("taken");
        office.on("2027-01-02");
        office.pay("1-1-102", "10.00", "2026-12-30", None).expect("taken");
        office.pay("1-1-102", "10.00", "2027-01-02", None).expect("taken");
        assert_eq!(numbers(office), ["R2026-000001", "R2027-000001", "R2027-000002"]);
        assert_eq!(office.red(), [""; 0]);
        office.tamper("UPDATE receipt_counter SET last_no = 3 WHERE year = 2027");
        assert_eq!(office.red(), ["receipt_numbers_have_no_gap"]);
    });
}

#[test]
fn one_receipt_is_paid_in_several_ways_that_add_up_and_change_is_given() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let desk = AtTheDesk { handed: Some(yuan("300.00")), ..ways(&[("cash", "219.80"), ("wechat", "200.00")]) };
        let report = office.pay_at_desk("1-1-102", "419.80", (&desk, &[])).expect("taken");
        assert_eq!((report.amount, report.change), (yuan("419.80"), yuan("80.20")));
        assert_eq!(report.allocations.len(), 2);
        let page = show_receipt(&office.app, &Actor::local_operator(), COMMUNITY, report.id).expect("a receipt");
        let shown: Vec<(String, Fen, Fen)> =
            page.tenders.into_iter().map(|one| (one.method, one.amount, one.change)).collect();
        let expected = [("cash", "219.80", "80.20"), ("wechat", "200.00", "0.00")];
        let expected = expected.map(|(method, amount, change)| (method.to_owned(), yuan(amount), yuan(change)));
        assert_eq!((page.method.as_str(), shown), ("mixed", expected.to_vec()));
        let plain = office.pay_at_desk("1-1-102", "10.00", (&ways(&[("card", "10.00")]), &[])).expect("taken");
        let tenders = "SELECT CAST(COUNT(*) AS BIGINT) FROM receipt_tender";
        assert_eq!(office.count(tenders), 2, "one way alone needs no line");
        office.reverse(report.id);
        office.reverse(plain.id);
        let left = "SELECT CAST(SUM(amount_fen) AS BIGINT) FROM receipt_tender";
        assert_eq!((office.count(tenders), office.count(left)), (4, 0), "each way is taken back");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn ways_that_do_not_add_up_or_cash_that_is_too_little_are_refused() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let handed = |amount: &str, desk: AtTheDesk| AtTheDesk { handed: Some(yuan(amount)), ..desk };
        for (desk, field) in [
            (ways(&[("cash", "100.00"), ("card", "99.99")]), "tenders"),
            (ways(&[("cash", "100.00"), ("cash", "100.00")]), "tenders"),
            (ways(&[("cash", "200.00"), ("card", "0.00")]), "tenders"),
            (ways(&[("cash", "100.00"), ("gold", "100.00")]), "method"),
            (handed("199.99", AtTheDesk::default()), "handed"),
            (handed("300.00", ways(&[("card", "200.00")])), "handed"),
        ] {
            let refused = office.pay_at_desk("1-1-102", "200.00", (&desk, &[]));
            assert!(
                matches!(&refused, Err(Refusal::InvalidInput { field: found, .. }) if *found == field),
                "{refused:?}"
            );
        }
        assert_eq!(numbers(office), [""; 0]);
    });
}

#[test]
fn small_change_is_let_off_where_it_settles_and_is_owed_again_after_a_reversal() {
    for policy in ["principal_first", "statutory_as_interest"] {
        on_every_engine("2026-10-31", |office| {
            office.import(LIST);
            office.late_fee_clause(policy);
            office.on("2026-11-05");
            let before = office.owed("1-1-102", "2026-11-05");
            let all = before.0 + before.1;
            let amount = all - yuan("0.34");
            let report = office.pay_at_desk("1-1-102", &amount.to_string(), (&rounding("0.34"), &[])).expect("taken");
            let applied: Fen = report.allocations.iter().map(|line| line.principal + line.late_fee).sum();
            assert_eq!((applied, report.rounded_off, report.prepaid), (amount, yuan("0.34"), Fen::ZERO));
            assert_eq!(office.owed("1-1-102", "2026-11-05"), (Fen::ZERO, Fen::ZERO));
            assert_eq!(office.owed("1-1-102", "2026-12-31").1, Fen::ZERO, "nothing runs on what was let off");
            assert_eq!(office.red(), [""; 0]);
            office.reverse(report.id);
            assert_eq!(office.owed("1-1-102", "2026-11-05"), before);
            assert_eq!(office.red(), [""; 0]);
        });
    }
}

#[test]
fn small_change_above_the_limit_or_that_settles_nothing_is_refused() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let (actor, community) = (Actor::local_operator(), office.community());
        for (amount, off) in [("1468.30", "1.00"), ("1469.00", "0.31"), ("1468.99", "0.30"), ("500.00", "0.50")] {
            let refused = office.pay_at_desk("1-1-102", amount, (&rounding(off), &[]));
            let by_field = matches!(refused, Err(Refusal::InvalidInput { field: "round_off", .. }));
            assert!(by_field, "{amount} {off}: {refused:?}");
        }
        let rules = DeskRules { rounding_limit: yuan("0.30"), needs_shift: false };
        set_desk_rules(&office.app, &actor, community, rules).expect("set");
        assert!(
            office.pay_at_desk("1-1-102", "1469.00", (&rounding("0.30"), &[])).is_err(),
            "the limit of this community"
        );
        let higher = DeskRules { rounding_limit: yuan("10.01"), needs_shift: false };
        assert!(set_desk_rules(&office.app, &actor, community, higher).is_err(), "that is a waiver");
        assert_eq!(numbers(office), [""; 0]);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn what_was_let_off_is_not_collected() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        office.pay_at_desk("1-1-102", "1469.00", (&rounding("0.30"), &[])).expect("taken");
        let actor = Actor::local_operator();
        let report = day_report(&office.app, &actor, office.community(), office.app.today()).expect("a day");
        assert_eq!((report.total.net, report.rounded_off), (yuan("1469.00"), yuan("0.30")));
        let list = arrears_report(&office.app, &actor, COMMUNITY, day("2026-11-05")).expect("a list");
        assert!(!list.rows.iter().any(|row| row.unit.as_str() == "1-1-102"), "nothing is owed");
        let rates = rate_report(&office.app, &actor, COMMUNITY, day("2026-11-05"), None).expect("rates");
        assert_eq!(rates.total.waived, yuan("0.30"));
    });
}

#[test]
fn a_reprint_says_that_it_is_one_and_which() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let (app, actor) = (&office.app, Actor::local_operator());
        let taken = office.pay_at_desk("1-1-102", "1469.00", (&rounding("0.30"), &[])).expect("taken");
        let text = |print| {
            let pdf = receipt_pdf(app, &actor, COMMUNITY, taken.id, (Paper::Roll80, print)).expect("a receipt");
            pdf_text(&pdf)
        };
        assert!(text(None).contains("不作收款凭证"));
        let uncounted = receipt_pdf(app, &actor, COMMUNITY, taken.id, (Paper::Roll80, Some(1)));
        assert!(matches!(uncounted, Err(Refusal::Conflict(_))), "a print is counted first");
        let prints = [1, 2, 3].map(|_| print_receipt(app, &actor, COMMUNITY, taken.id).expect("counted"));
        assert_eq!(prints.map(|one| (one.print, one.reprint)), [(1, 0), (2, 1), (3, 2)]);
        let first = text(Some(1));
        assert!(!first.contains("补打") && !first.contains("不作收款凭证") && first.contains("抹零"), "{first}");
        assert!(text(Some(3)).contains("补打第2次"), "{}", text(Some(3)));
        assert_eq!(show_receipt(app, &actor, COMMUNITY, taken.id).expect("a receipt").prints, 3);
    });
}

#[test]
fn the_report_of_a_day_sums_every_way_and_marks_what_was_entered_later() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let (app, actor, community) = (&office.app, Actor::local_operator(), office.community());
        office
            .pay_at_desk("1-1-102", "419.80", (&ways(&[("cash", "219.80"), ("wechat", "200.00")]), &[]))
            .expect("taken");
        let wrong = office.pay("1-1-202", "100.00", "2026-11-05", None).expect("taken");
        office.reverse(wrong.id);
        office.on("2026-11-06");
        office.pay("1-1-202", "50.00", "2026-11-05", None).expect("taken");
        let report = day_report(app, &actor, community, day("2026-11-05")).expect("a day");
        let sums: Vec<(String, Fen)> = report.methods.iter().map(|one| (one.name.clone(), one.net)).collect();
        assert_eq!(sums, [("cash".to_owned(), yuan("269.80")), ("wechat".to_owned(), yuan("200.00"))]);
        assert_eq!((report.total.received, report.total.taken_back), (yuan("569.80"), -yuan("100.00")));
        let later: Vec<_> = report.lines.iter().filter_map(|one| one.entered_on).collect();
        assert_eq!(later, [day("2026-11-06")]);
        let paper = pdf_text(&day_pdf(&report).expect("a paper"));
        assert!(paper.contains("469.80") && paper.contains("269.80"), "{paper}");
        assert!(day_xlsx(&report).expect("a workbook").len() > 1_000);
    });
}
