//! The cash desk as programs and pages see it: several ways, change, small change, refund, transfer, shifts, prints, the day.

use axum::http::StatusCode;
use hemu_app::Actor;
use hemu_app::registry::ownership::{ChangeOwner, change_owner};
use hemu_app::registry::unit_page::unit_page;
use hemu_app::registry::units::NewOwner;
use hemu_domain::UnitLabel;
use serde_json::{Value, json};

use crate::api::{Program, read, site};
use crate::office::{COMMUNITY, Office};
use crate::shape;

fn fits(path: &str, method: &str, status: &str, answer: &Value) {
    let document = serde_json::to_value(hemu_web::api::document()).expect("a document");
    shape::check(&document, (&format!("/communities/{{community}}{path}"), method, status), answer).expect("fits");
}

#[tokio::test]
async fn a_day_at_the_desk_is_told_to_programs_as_documented() {
    let office = Office::open("2026-12-05");
    office.bill("2026-11");
    let (manager, cashier) = (Program::of(&office, "manager").await, Program::of(&office, "cashier").await);
    let site = site(&office);
    let rules = json!({ "rounding_limit": "0.50", "needs_shift": true });
    let answer = manager.call("PUT", &format!("{site}/desk-rules"), Some(rules.clone())).await;
    assert_eq!((answer.status, read(&answer)), (StatusCode::OK, rules));
    let paid = json!({ "unit": "1-1-102", "amount": "1679.00", "on": "2026-12-05", "handed": "700.00", "round_off": "0.20",
        "tenders": [{ "method": "cash", "amount": "679.00" }, { "method": "wechat", "amount": "1000.00" }] });
    let (status, problem) = cashier.post(&format!("{site}/receipts"), paid.clone()).await;
    assert_eq!(status, StatusCode::CONFLICT, "no shift is open: {problem}");
    let (status, shift) = cashier.post(&format!("{site}/shifts"), json!({ "float": "100.00" })).await;
    assert_eq!(status, StatusCode::CREATED, "{shift}");
    fits("/shifts", "post", "201", &shift);
    let (status, receipt) = cashier.post(&format!("{site}/receipts"), paid).await;
    assert_eq!(status, StatusCode::CREATED, "{receipt}");
    fits("/receipts", "post", "201", &receipt);
    assert_eq!((&receipt["change"], &receipt["rounded_off"]), (&json!("21.00"), &json!("0.20")));
    let id = receipt["id"].as_str().expect("an id").to_owned();
    let page = cashier.get(&format!("{site}/receipts/{id}")).await;
    fits("/receipts/{receipt}", "get", "200", &page);
    assert_eq!(page["tenders"][0]["change"], json!("21.00"));
    let (_, printed) = cashier.post(&format!("{site}/receipts/{id}/prints"), json!({})).await;
    fits("/receipts/{receipt}/prints", "post", "201", &printed);
    let open = cashier.get(&format!("{site}/shifts")).await;
    fits("/shifts", "get", "200", &open);
    let closing =
        json!({ "counted": [{ "method": "cash", "amount": "779.00" }, { "method": "wechat", "amount": "1000.00" }] });
    let shift = shift["id"].as_str().expect("an id");
    let (status, closed) = cashier.post(&format!("{site}/shifts/{shift}/closing"), closing).await;
    assert_eq!((status, &closed["difference"]), (StatusCode::OK, &json!("0.00")), "{closed}");
    fits("/shifts/{shift}/closing", "post", "200", &closed);
    let day = cashier.get(&format!("{site}/day-report?on=2026-12-05")).await;
    fits("/day-report", "get", "200", &day);
    assert_eq!((&day["total"]["net"], &day["rounded_off"]), (&json!("1679.00"), &json!("0.20")));
    for format in ["xlsx", "pdf"] {
        let file = cashier.call("GET", &format!("{site}/day-report/file?on=2026-12-05&format={format}"), None).await;
        assert_eq!(file.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn money_put_by_is_found_and_its_refund_asked_for() {
    let office = Office::open("2026-12-05");
    let (manager, cashier) = (Program::of(&office, "manager").await, Program::of(&office, "cashier").await);
    let site = site(&office);
    let paid = json!({ "unit": "1-1-101", "amount": "100.00", "on": "2026-12-05", "method": "cash" });
    let (_, receipt) = cashier.post(&format!("{site}/receipts"), paid).await;
    let (_, found) = cashier.post(&format!("{site}/put-by/search"), json!({ "unit": "1-1-101" })).await;
    fits("/put-by/search", "post", "200", &found);
    assert_eq!(found["rows"][0]["left"], json!("100.00"));
    let asked = json!({ "receipt": receipt["id"], "amount": "40.00", "reason": "退租" });
    let (status, request) = cashier.post(&format!("{site}/approvals/refunds"), asked).await;
    assert_eq!(status, StatusCode::CREATED, "{request}");
    let list = manager.get(&format!("{site}/approvals")).await;
    fits("/approvals", "get", "200", &list);
    let id = request["id"].as_str().expect("an id");
    let (status, done) = manager.post(&format!("{site}/approvals/{id}/approval"), json!({})).await;
    assert_eq!(status, StatusCode::OK, "{done}");
    let refund = done["result"].as_str().expect("a receipt").to_owned();
    let page = cashier.get(&format!("{site}/receipts/{refund}")).await;
    assert_eq!((&page["amount"], &page["is_refund"]), (&json!("-40.00"), &json!(true)));
    let moved = json!({ "unit": "1-1-102", "amount": "10.00" });
    let path = format!("{site}/receipts/{}/transfer", receipt["id"].as_str().expect("an id"));
    let (status, problem) = manager.post(&path, moved).await;
    assert_eq!(status, StatusCode::CONFLICT, "another payer: {problem}");
}

#[tokio::test]
async fn pages_of_the_desk_open_and_close_a_shift_and_show_the_day() {
    let office = Office::open("2026-12-05");
    let session = office.session("cashier").await;
    let opened = session.post(&office.here("desk/shift"), "float=50.00").await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.body);
    let page = session.get(&office.here("desk/shift")).await.body;
    let (_, rest) = page.split_once("/desk/shift/").expect("the form that closes it");
    let id = rest.split('"').next().expect("an id").to_owned();
    let short = session.post(&office.here(&format!("desk/shift/{id}")), "counted-cash=49.00&reason=").await;
    assert!(short.status == StatusCode::UNPROCESSABLE_ENTITY && short.body.contains("差 -1.00 元"), "{}", short.body);
    let closed = session.post(&office.here(&format!("desk/shift/{id}")), "counted-cash=50.00&reason=").await;
    assert!(closed.location.contains("desk/day?on=2026-12-05"), "{}", closed.body);
    assert!(session.get(&closed.location).await.body.contains("无差异"));
    for file in ["pdf", "xlsx"] {
        let got = session.get(&office.here(&format!("desk/day/file?on=2026-12-05&format={file}"))).await;
        assert_eq!(got.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn several_units_of_one_payer_are_paid_in_one_go_at_the_desk_and_by_a_program() {
    let office = Office::open("2026-12-05");
    let (site, program) = (site(&office), Program::of(&office, "cashier").await);
    let me = Actor::local_operator();
    let page = unit_page(&office.app, &me, COMMUNITY, &UnitLabel::parse("1-1-101").expect("a label")).expect("a unit");
    let sale = ChangeOwner {
        community: COMMUNITY.to_owned(),
        unit: UnitLabel::parse("1-1-201").expect("a label"),
        owners: vec![NewOwner::Known(page.holders[0].party_id)],
        on: "2026-10-31".parse().expect("a day"),
    };
    change_owner(&office.app, &me, &sale).expect("sold");
    office.bill("2026-11");
    let session = office.session("cashier").await;
    let desk = session.get(&office.here(&format!("desk/{}", page.id))).await.body;
    assert!(desk.contains("name=\"with\" value=\"1-1-201\" data-fen=\"10000\""), "{desk}");
    let fields = "amount=150.00&method=cash&received_on=2026-12-05&key=desk:9&with=1-1-201";
    let taken = session.post(&office.here(&format!("desk/{}/receipts", page.id)), fields).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    let receipt = session.get(&taken.location).await.body;
    assert!(receipt.contains("一并收款") && receipt.contains("1-1-201"), "{receipt}");
    let body = json!({ "units": ["1-1-101", "1-1-201"], "amount": "150.00", "on": "2026-12-05", "method": "cash",
        "key": "k" });
    let (status, both) = program.post(&format!("{site}/receipts/together"), body.clone()).await;
    assert_eq!(status, StatusCode::CREATED, "{both}");
    fits("/receipts/together", "post", "201", &both);
    assert_eq!(both["receipts"].as_array().map(Vec::len), Some(2));
    let (status, again) = program.post(&format!("{site}/receipts/together"), body).await;
    assert_eq!((status, &again["repeated"], &again["receipts"]), (StatusCode::OK, &json!(true), &again["receipts"]));
    let id = both["receipts"][1]["id"].as_str().expect("an id");
    let page = program.get(&format!("{site}/receipts/{id}")).await;
    fits("/receipts/{receipt}", "get", "200", &page);
    assert_eq!(page["together"].as_array().map(Vec::len), Some(1));
    let body = json!({ "units": ["1-1-101", "1-1-102"], "amount": "1", "on": "2026-12-05", "method": "cash" });
    let (status, problem) = program.post(&format!("{site}/receipts/together"), body).await;
    assert!(status == StatusCode::CONFLICT && problem["detail"].to_string().contains("1-1-102"), "{problem}");
}
