//! One payment for several units of one payer: applied as if they were one debt, all or nothing, once per key, on one paper.

use hemu_app::ledger::paper::{Paper, receipt_pdf, show_receipt};
use hemu_app::ledger::together::{OtherUnit, TogetherReport, TogetherRequest, list_other_units, take_together};
use hemu_app::ledger::{AtTheDesk, Tender, print_receipt};
use hemu_app::{Actor, Refusal};
use hemu_domain::Fen;

use crate::office::{COMMUNITY, Office, day, on_every_engine, unit, yuan};

/// 王建国 owes 600.00 of a flat since September and 200.00 of a shop since October; 李小梅 owes 100.00.
const LIST: &str = "房号,业主姓名,联系电话,建筑面积(㎡),收费标准(元/㎡·月),已缴至,备注
1-1-101,王建国,13800138001,100,2.00,2026-08,
1-1-102,王建国,13800138001,50,2.00,2026-09,
1-1-201,李小梅,13800138002,50,2.00,2026-10,
";
const TODAY: &str = "2026-11-30";

fn request(units: &[&str], amount: &str) -> TogetherRequest {
    TogetherRequest {
        community: COMMUNITY.to_owned(),
        units: units.iter().map(|one| unit(one)).collect(),
        amount: yuan(amount),
        received_on: day(TODAY),
        method: "cash".to_owned(),
        designated: Vec::new(),
        key: Some("柜台 7".to_owned()),
        remark: String::new(),
    }
}

const BOTH: [&str; 2] = ["1-1-101", "1-1-102"];

fn take(office: &Office, request: &TogetherRequest, desk: &AtTheDesk) -> Result<TogetherReport, Refusal> {
    take_together(&office.app, &Actor::local_operator(), request, desk)
}

fn plain(office: &Office, amount: &str) -> TogetherReport {
    take(office, &request(&BOTH, amount), &AtTheDesk::default()).expect("taken")
}

fn amounts(report: &TogetherReport) -> Vec<(String, Fen)> {
    report.receipts.iter().map(|one| (one.unit.to_string(), one.amount)).collect()
}

fn receipts(office: &Office) -> i64 {
    office.count("SELECT CAST(COUNT(*) AS BIGINT) FROM receipt")
}

fn paid(of: &[(&str, &str)]) -> Vec<(String, Fen)> {
    of.iter().map(|(unit, amount)| ((*unit).to_owned(), yuan(amount))).collect()
}

#[test]
fn the_oldest_debt_of_all_units_is_paid_first_and_equal_ones_by_their_part() {
    on_every_engine(TODAY, |office| {
        office.import(LIST);
        // September of the flat, then of October 66.67 and 33.33 by 200.00 to 100.00 (民法典 560).
        let report = plain(office, "300.00");
        assert_eq!(amounts(&report), paid(&[("1-1-101", "266.67"), ("1-1-102", "33.33")]));
        assert_eq!((office.owed(BOTH[0], TODAY).0, office.owed(BOTH[1], TODAY).0), (yuan("333.33"), yuan("166.67")));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn what_is_left_over_is_put_by_for_the_unit_named_first() {
    on_every_engine(TODAY, |office| {
        office.import(LIST);
        let report = plain(office, "850.00");
        assert_eq!(amounts(&report), paid(&[("1-1-101", "650.00"), ("1-1-102", "200.00")]));
        assert_eq!((report.prepaid, report.receipts[0].prepaid), (yuan("50.00"), yuan("50.00")));
        let numbers: Vec<&str> = report.receipts.iter().map(|one| one.receipt.as_str()).collect();
        assert_eq!(numbers, ["R2026-000001", "R2026-000002"]);
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn a_unit_that_gets_nothing_has_no_receipt_and_a_named_charge_comes_first() {
    on_every_engine(TODAY, |office| {
        office.import(LIST);
        let designated = vec![office.oldest_charge(BOTH[1])];
        let named = TogetherRequest { designated, ..request(&BOTH, "100.00") };
        let report = take(office, &named, &AtTheDesk::default()).expect("taken");
        assert_eq!(amounts(&report), paid(&[("1-1-102", "100.00")]));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn one_key_is_one_payment_and_never_another() {
    on_every_engine(TODAY, |office| {
        office.import(LIST);
        let first = plain(office, "300.00");
        let again = plain(office, "300.00");
        assert!(again.repeated && !first.repeated);
        assert_eq!(amounts(&again), amounts(&first));
        let numbers =
            |report: &TogetherReport| report.receipts.iter().map(|one| one.receipt.clone()).collect::<Vec<_>>();
        assert_eq!(numbers(&again), numbers(&first));
        assert_eq!(receipts(office), 2);
        let other = take(office, &request(&BOTH, "301.00"), &AtTheDesk::default());
        assert!(matches!(other, Err(Refusal::Conflict(_))), "{other:?}");
        let single = office.pay(BOTH[0], "300.00", TODAY, Some("柜台 7"));
        assert!(matches!(single, Err(Refusal::Conflict(_))), "{single:?}");
        assert_eq!(receipts(office), 2);
    });
}

#[test]
fn several_ways_and_change_are_handed_out_over_the_receipts() {
    on_every_engine(TODAY, |office| {
        office.import(LIST);
        let way = |method: &str, amount: &str| Tender { method: method.to_owned(), amount: yuan(amount) };
        let tenders = vec![way("wechat", "650.00"), way("cash", "150.00")];
        let desk = AtTheDesk { tenders, handed: Some(yuan("200.00")), round_off: Fen::ZERO };
        let report = take(office, &request(&BOTH, "800.00"), &desk).expect("taken");
        assert_eq!(report.change, yuan("50.00"));
        let show = |at: usize| {
            show_receipt(&office.app, &Actor::local_operator(), COMMUNITY, report.receipts[at].id).expect("a receipt")
        };
        let ways = |at: usize| show(at).tenders.into_iter().map(|one| (one.method, one.amount)).collect::<Vec<_>>();
        assert_eq!(ways(0), [("wechat".to_owned(), yuan("600.00"))]);
        assert_eq!(ways(1), [("wechat".to_owned(), yuan("50.00")), ("cash".to_owned(), yuan("150.00"))]);
        assert_eq!(show(1).tenders[1].change, yuan("50.00"));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn what_cannot_be_is_refused_and_nothing_is_taken() {
    on_every_engine(TODAY, |office| {
        office.import(LIST);
        let refused = |request: TogetherRequest, desk: AtTheDesk| take(office, &request, &desk).expect_err("refused");
        let none = AtTheDesk::default;
        let other = refused(request(&["1-1-101", "1-1-201"], "100"), none());
        assert!(matches!(&other, Refusal::Conflict(_)) && other.text().zh.contains("1-1-201"), "{other:?}");
        assert!(matches!(refused(request(&["1-1-101", "9-9-909"], "100"), none()), Refusal::NotFound(_)));
        let field = |refusal: Refusal| match refusal {
            Refusal::InvalidInput { field, .. } => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(field(refused(request(&["1-1-101", "1-1-101"], "100"), none())), "units");
        assert_eq!(field(refused(request(&["1-1-101"], "100"), none())), "units");
        assert_eq!(field(refused(request(&BOTH, "0"), none())), "amount");
        assert_eq!(field(refused(request(&BOTH, "100"), AtTheDesk { round_off: yuan("0.10"), ..none() })), "round_off");
        let received_on = day("2026-12-01");
        assert_eq!(field(refused(TogetherRequest { received_on, ..request(&BOTH, "100") }, none())), "on");
        let designated = vec![office.oldest_charge("1-1-201")];
        assert_eq!(field(refused(TogetherRequest { designated, ..request(&BOTH, "100") }, none())), "for");
        assert_eq!(receipts(office), 0);
    });
}

#[test]
fn the_receipts_of_one_payment_are_one_paper_until_one_of_them_is_taken_back() {
    on_every_engine(TODAY, |office| {
        office.import(LIST);
        let operator = Actor::local_operator();
        let report = plain(office, "300.00");
        let [first, second] = [report.receipts[0].id, report.receipts[1].id];
        let show = |id| show_receipt(&office.app, &operator, COMMUNITY, id).expect("a receipt");
        assert_eq!(show(first).together.iter().map(|one| one.id).collect::<Vec<_>>(), [second]);
        assert_eq!(show(second).together.iter().map(|one| one.id).collect::<Vec<_>>(), [first]);
        let printed = print_receipt(&office.app, &operator, COMMUNITY, second).expect("counted");
        assert_eq!((printed.print, show(first).prints, show(second).prints), (1, 1, 1), "one paper, both printed");
        let pdf = receipt_pdf(&office.app, &operator, COMMUNITY, first, (Paper::A5, Some(1))).expect("a paper");
        assert!(pdf.starts_with(b"%PDF"));
        office.reverse(second);
        print_receipt(&office.app, &operator, COMMUNITY, first).expect("counted");
        assert_eq!((show(first).prints, show(second).prints), (2, 1), "each on its own again");
        assert_eq!(office.owed(BOTH[1], TODAY).0, yuan("200.00"), "the other receipt stays");
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn the_desk_names_the_other_units_of_the_payer_with_what_is_due() {
    on_every_engine(TODAY, |office| {
        office.import(LIST);
        let others =
            |label| list_other_units(&office.app, &Actor::local_operator(), COMMUNITY, &unit(label)).expect("units");
        assert_eq!(others(BOTH[0]), [OtherUnit { unit: unit(BOTH[1]), due: yuan("200.00") }]);
        assert_eq!(others("1-1-201"), []);
    });
}
