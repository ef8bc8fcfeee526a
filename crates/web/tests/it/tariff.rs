//! Fee standards, the tester, orders and deposits by the API and on the pages; the shapes are those of the document.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::api::{Program, site};
use crate::office::Office;
use crate::shape;

fn fits(path: &str, (method, status): (&str, &str), answer: &Value) {
    let document = serde_json::to_value(hemu_web::api::document()).expect("a document");
    shape::check(&document, (&format!("/communities/{{community}}{path}"), method, status), answer).expect("fits");
}

#[tokio::test]
async fn a_standard_by_floor_bands_is_made_and_the_tester_says_what_it_comes_to() {
    let office = Office::open("2026-12-05");
    let (program, site) = (Program::of(&office, "accountant").await, site(&office));
    let mut standard = json!({ "item": "电梯费", "name": "高层", "formula": "fixed_by_floor", "unit_kind": "home",
        "bands": "1~1 5\n3~ 20", "valid_from": "2027-02-01", "basis": "业主大会表决" });
    let path = format!("{site}/tariff/standards");
    let (status, problem) = program.post(&path, standard.clone()).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
    assert!(problem["detail"].as_str().is_some_and(|text| text.contains("空档")), "{problem}");
    standard["bands"] = json!("1~1 5\n2~ 20");
    let (status, made) = program.post(&path, standard).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    fits("/tariff/standards", ("post", "201"), &made);
    fits("/tariff", ("get", "200"), &program.get(&format!("{site}/tariff")).await);
    let asked = json!({ "unit": "1-1-201", "period": "2027-05" });
    let (status, answer) = program.post(&format!("{site}/tariff/explanations"), asked).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    fits("/tariff/explanations", ("post", "200"), &answer);
    let lift = answer["lines"].as_array().expect("lines").iter().find(|one| one["item"] == "电梯费").expect("a line");
    assert_eq!((&lift["amount"], &lift["price_from"]), (&json!("20.00"), &json!("2027-02-01")));
    let accountant = office.session("accountant").await;
    let page = accountant.post(&office.here("tariff/explain"), "unit=1-1-201&period=2027-05").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("20.00") && page.body.contains("2 层及以上"), "{}", page.body);
    let unknown = accountant.post(&office.here("tariff/explain"), "unit=9-9-999&period=2027-05").await;
    assert!(unknown.status == StatusCode::NOT_FOUND && unknown.body.contains("9-9-999"), "{}", unknown.body);
}

#[tokio::test]
async fn an_order_and_a_deposit_go_their_way_by_the_api() {
    let office = Office::open("2026-12-05");
    let (cashier, manager) = (Program::of(&office, "cashier").await, Program::of(&office, "manager").await);
    let (accountant, site) = (Program::of(&office, "accountant").await, site(&office));
    let order = json!({ "unit": "1-1-101", "item": "门禁卡", "quantity": 2, "counted_in": "张", "price": "15", "basis": "补办" });
    let (status, made) = cashier.post(&format!("{site}/orders"), order).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    fits("/orders", ("post", "201"), &made);
    let list = cashier.get(&format!("{site}/orders")).await;
    fits("/orders", ("get", "200"), &list);
    assert_eq!((&list["rows"][0]["amount"], &list["rows"][0]["state"]), (&json!("30.00"), &json!("open")));
    let id = made["id"].as_str().expect("an id");
    let cancelled = cashier.post(&format!("{site}/orders/{id}/cancellation"), json!({ "reason": "不办了" })).await;
    assert_eq!(cancelled.0, StatusCode::NO_CONTENT);
    let deposit = json!({ "unit": "1-1-101", "kind": "装修押金", "amount": "2000.00", "taken_on": "2026-12-05",
        "method": "cash" });
    let (status, made) = cashier.post(&format!("{site}/deposits"), deposit).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let deposit = format!("{site}/deposits/{}", made["id"].as_str().expect("an id"));
    let back = json!({ "amount": "1500.00", "method": "cash", "reason": "验收合格" });
    assert_eq!(cashier.post(&format!("{deposit}/returns"), back.clone()).await.0, StatusCode::NO_CONTENT);
    assert_eq!(cashier.post(&format!("{deposit}/returns"), back).await.0, StatusCode::CONFLICT, "more than is left");
    let part = json!({ "amount": "100.00", "reason": "墙面破损" });
    assert_eq!(cashier.post(&format!("{deposit}/deductions"), part.clone()).await.0, StatusCode::FORBIDDEN);
    let (status, asked) = accountant.post(&format!("{deposit}/deductions"), part).await;
    assert_eq!(status, StatusCode::CREATED, "{asked}");
    fits("/deposits/{deposit}/deductions", ("post", "201"), &asked);
    fits("/approvals", ("get", "200"), &manager.get(&format!("{site}/approvals")).await);
    let approval = format!("{site}/approvals/{}/approval", asked["id"].as_str().expect("an id"));
    assert_eq!(manager.call("POST", &approval, None).await.status, StatusCode::OK);
    let report = cashier.get(&format!("{site}/deposits")).await;
    fits("/deposits", ("get", "200"), &report);
    assert_eq!((&report["left"], &report["deducted"]), (&json!("400.00"), &json!("100.00")));
}

#[tokio::test]
async fn a_late_fee_by_lpr_is_agreed_and_counsel_asks_for_another_ceiling() {
    let office = Office::open("2026-12-05");
    let (accountant, legal) = (Program::of(&office, "accountant").await, Program::of(&office, "legal").await);
    let site = site(&office);
    let terms = json!({ "name": "物业服务合同", "number": "", "due_rule": "last_day_of_month", "late_fee_lpr": "2",
        "late_fee_day_basis": "360", "late_fee_starts": "after_grace", "late_fee_grace_days": 10,
        "late_fee_clause": "第十二条", "demand_days": 15, "allocation_policy": "principal_first" });
    let set = accountant.call("PUT", &format!("{site}/tariff/contract"), Some(terms)).await;
    assert_eq!(set.status, StatusCode::NO_CONTENT, "{}", set.body);
    let tariff = accountant.get(&format!("{site}/tariff")).await;
    fits("/tariff", ("get", "200"), &tariff);
    let contract = &tariff["contracts"][0];
    assert_eq!((&contract["late_fee_lpr"], &contract["late_fee_annual_percent"]), (&json!("2"), &json!("6")));
    assert_eq!(contract["late_fee_flags"], json!(["likely_reduced"]));
    let page = office.session("accountant").await.get(&office.here("tariff")).await.body;
    assert!(page.contains("法院很可能调低"), "the page of the clause says so: {page}");
    let asked = json!({ "contract": contract["id"], "percent": 36, "reason": "恶意拖欠，法务意见" });
    let path = format!("{site}/tariff/ceilings");
    assert_eq!(accountant.post(&path, asked.clone()).await.0, StatusCode::FORBIDDEN, "counsel asks");
    let (status, requested) = legal.post(&path, asked).await;
    assert_eq!(status, StatusCode::CREATED, "{requested}");
    fits("/tariff/ceilings", ("post", "201"), &requested);
    fits("/approvals", ("get", "200"), &legal.get(&format!("{site}/approvals")).await);
}
