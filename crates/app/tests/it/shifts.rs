//! Shifts: what the receipts of a shift come to is what is counted, or somebody says why not.

use hemu_app::approval::{Asked, approve, ask};
use hemu_app::desk::{Counted, DeskRules, close_shift, open_shift, set_desk_rules, shift_page};
use hemu_app::ledger::refund::RefundRequest;
use hemu_app::ledger::{ReceiptRequest, take_receipt};
use hemu_app::{Actor, Refusal, Scope};
use hemu_domain::Fen;
use hemu_domain::ids::StaffId;
use hemu_domain::staff::Role;
use uuid::Uuid;

use crate::desk::ways;
use crate::history::second;
use crate::office::{COMMUNITY, LIST, Office, on_every_engine, unit, yuan};

fn cashier(number: u128) -> Actor {
    let staff_id = Some(StaffId::from(Uuid::from_u128(number)));
    Actor { staff_id, name: format!("收费员{number}"), role: Role::Cashier, scope: Scope::All }
}

fn pay(office: &Office, actor: &Actor, amount: &str, method: &str) -> Result<hemu_app::ledger::ReceiptReport, Refusal> {
    let request = ReceiptRequest {
        community: COMMUNITY.to_owned(),
        unit: unit("1-1-102"),
        amount: yuan(amount),
        received_on: office.app.today(),
        method: method.to_owned(),
        designated: Vec::new(),
        key: None,
        remark: String::new(),
    };
    take_receipt(&office.app, actor, &request)
}

fn counted(amounts: &[(&str, &str)]) -> Vec<Counted> {
    amounts.iter().map(|(method, amount)| Counted { method: (*method).to_owned(), amount: yuan(amount) }).collect()
}

#[test]
fn a_shift_is_closed_on_what_its_receipts_come_to_or_with_a_reason() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let (app, community, one, other) = (&office.app, office.community(), cashier(1), cashier(2));
        pay(office, &one, "1.00", "cash").expect("taken before the shift");
        let shift = open_shift(app, &one, community, yuan("200.00")).expect("open");
        assert!(matches!(open_shift(app, &one, community, Fen::ZERO), Err(Refusal::Conflict(_))), "one at a time");
        pay(office, &one, "100.00", "cash").expect("taken");
        pay(office, &one, "30.00", "wechat").expect("taken");
        pay(office, &other, "70.00", "cash").expect("taken at another desk");
        let seen = shift_page(app, &one, community).expect("a page");
        let lines: Vec<(String, i64, Fen)> =
            seen.lines.into_iter().map(|one| (one.method, one.receipts, one.expected)).collect();
        assert_eq!(lines, [("cash".to_owned(), 1, yuan("300.00")), ("wechat".to_owned(), 1, yuan("30.00"))]);
        let short = counted(&[("cash", "299.00"), ("wechat", "30.00")]);
        let refused = close_shift(app, &one, community, shift.id, (&short, " "));
        let Err(Refusal::InvalidInput { field: "reason", sentence: text }) = &refused else { panic!("{refused:?}") };
        assert!(text.zh.contains("应有 300.00 元，清点 299.00 元，差 -1.00 元"), "{text:?}");
        let stranger = close_shift(app, &other, community, shift.id, (&short, "少一元"));
        assert!(matches!(stranger, Err(Refusal::Forbidden(_))), "{stranger:?}");
        let closed = close_shift(app, &one, community, shift.id, (&short, "找零多付")).expect("closed");
        assert_eq!(
            (closed.expected, closed.counted, closed.difference),
            (yuan("330.00"), yuan("329.00"), -yuan("1.00"))
        );
        assert!(close_shift(app, &one, community, shift.id, (&short, "找零多付")).is_err(), "once");
        pay(office, &one, "9.00", "cash").expect("taken after it");
        assert_eq!(office.red(), [""; 0]);
        open_shift(app, &one, community, Fen::ZERO).expect("the next one");
    });
}

#[test]
fn without_a_difference_no_reason_is_needed_and_refunds_come_off() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let (app, community, one) = (&office.app, office.community(), cashier(1));
        let shift = open_shift(app, &one, community, yuan("50.00")).expect("open");
        let paid = pay(office, &one, "1709.90", "cash").expect("taken");
        let asked = Asked::Refund(RefundRequest { receipt: paid.id, amount: yuan("30.70"), method: None });
        let request = ask(app, &one, community, &asked, "多收退回").expect("asked");
        approve(app, &second(), community, request.id).expect("approved");
        let counted = counted(&[("cash", "1729.20")]);
        let closed = close_shift(app, &one, community, shift.id, (&counted, "")).expect("closed");
        assert_eq!((closed.expected, closed.lines.len(), closed.lines[0].receipts), (yuan("1729.20"), 1, 2));
        assert_eq!(office.red(), [""; 0]);
    });
}

#[test]
fn where_the_community_asks_for_it_cash_is_taken_in_a_shift_only() {
    on_every_engine("2026-11-05", |office| {
        office.import(LIST);
        let (app, community, one) = (&office.app, office.community(), cashier(1));
        let rules = DeskRules { rounding_limit: yuan("1.00"), needs_shift: true };
        let by_cashier = set_desk_rules(app, &one, community, rules);
        assert!(matches!(by_cashier, Err(Refusal::Forbidden(_))));
        set_desk_rules(app, &Actor::local_operator(), community, rules).expect("set");
        assert!(matches!(pay(office, &one, "10.00", "cash"), Err(Refusal::Conflict(_))));
        let split = office.pay_at_desk("1-1-102", "20.00", (&ways(&[("cash", "10.00"), ("card", "10.00")]), &[]));
        assert!(matches!(split, Err(Refusal::Conflict(_))), "a part in cash too");
        pay(office, &one, "10.00", "wechat").expect("no cash");
        open_shift(app, &one, community, Fen::ZERO).expect("open");
        pay(office, &one, "10.00", "cash").expect("taken");
        assert_eq!(office.red(), [""; 0]);
    });
}
