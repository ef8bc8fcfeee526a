//! The OpenAPI document: it has the operations of the router, and answers have the shapes it tells.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::json;

use crate::api::{Program, call, read, site, unit_id};
use crate::office::Office;
use crate::shape;

#[tokio::test]
async fn router_and_document_have_the_same_operations() {
    let document = serde_json::to_value(hemu_web::api::document()).expect("a document");
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
    let mut documented = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            documented.insert(format!("{} {path}", method.to_uppercase()));
            let id = operation["operationId"].as_str().expect("an id");
            assert!(ids.insert(id.to_owned()), "{id} twice");
            assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{id} says nothing");
            assert!(operation["responses"]["default"].is_object(), "{id}");
        }
    }
    let routed: BTreeSet<String> =
        hemu_web::api::addresses().into_iter().map(|(method, path)| format!("{method} {path}")).collect();
    assert_eq!(documented, routed);
    for reference in shape::references(&document) {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference} leads nowhere");
    }
    insta::assert_snapshot!("operations", routed.into_iter().collect::<Vec<_>>().join("\n"));
}

#[tokio::test]
async fn the_document_is_there_for_everybody() {
    let office = Office::empty("2026-12-05");
    let answer = call(&office, "GET", "/openapi.json", "", None).await;
    assert_eq!(read(&answer), serde_json::to_value(hemu_web::api::document()).expect("a document"));
}

#[tokio::test]
async fn answers_have_the_shapes_of_the_document() {
    let office = Office::open("2026-12-05");
    office.bill("2026-11");
    office.collect();
    let manager = Program::of(&office, "manager").await;
    let site = site(&office);
    let document = serde_json::to_value(hemu_web::api::document()).expect("a document");
    let unit = unit_id(&manager, "1-1-102").await;
    let payment = json!({ "unit": "1-1-102", "amount": "209.90", "on": "2026-12-05", "method": "cash" });
    let (_, receipt) = manager.post(&format!("{site}/receipts"), payment.clone()).await;
    let receipt_id = receipt["id"].as_str().expect("an id").to_owned();
    let cases = manager.get(&format!("{site}/cases")).await;
    let case = cases["rows"][0]["id"].as_str().expect("a case").to_owned();
    let (_, draft) = manager.post(&format!("{site}/letters/demands"), json!({ "unit": "1-1-102" })).await;
    let letter = draft["id"].as_str().expect("a letter").to_owned();
    let ids = [("{unit}", &unit), ("{receipt}", &receipt_id), ("{case}", &case), ("{letter}", &letter)];
    let mut seen = 0;
    for (method, path) in hemu_web::api::addresses() {
        if method != "GET" {
            continue;
        }
        let address = path.replace("/communities/{community}", &site).replace("{period}", "2026-11");
        let address = ids.iter().fold(address.replace("{building}", "1"), |at, (name, id)| at.replace(name, id));
        if address.contains('{') || address.ends_with("/pdf") || address.ends_with("/export") {
            continue;
        }
        let answer = manager.call("GET", &address, None).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.body);
        if answer.kind == "application/json" {
            shape::check(&document, (&path, "get", "200"), &read(&answer)).expect("fits");
            seen += 1;
        }
    }
    assert!(seen >= 25, "{seen} answers were compared");
    let posts = [
        ("/receipts", payment, "201"),
        ("/bill-runs", json!({ "period": "2026-12", "dry_run": true }), "200"),
        ("/collection-runs", json!({ "plan_only": true }), "200"),
        ("/units/search", json!({ "q": "李" }), "200"),
        ("/messages/dispatch", json!({}), "200"),
        ("/letters/demands", json!({ "unit": "1-1-102" }), "201"),
        ("/letters/settlements", json!({ "unit": "1-1-102", "until": "2026-11-30", "what": "statement" }), "201"),
    ];
    for (path, body, status) in posts {
        let (got, answer) = manager.post(&format!("{site}{path}"), body).await;
        assert_eq!(got.as_str(), status, "{path}: {answer}");
        shape::check(&document, (&format!("/communities/{{community}}{path}"), "post", status), &answer).expect("fits");
    }
}

#[tokio::test]
async fn promises_and_plans_answer_as_the_document_says() {
    let office = Office::open("2026-12-05");
    office.bill("2026-11");
    office.collect();
    let manager = Program::of(&office, "manager").await;
    let site = site(&office);
    let document = serde_json::to_value(hemu_web::api::document()).expect("a document");
    let cases = manager.get(&format!("{site}/cases")).await;
    let case = cases["rows"][0]["id"].as_str().expect("a case").to_owned();
    let here = format!("{site}/cases/{case}");
    let plan = json!({ "parts": 2, "first_due_on": "2026-12-20", "late_fee_rests": true });
    let promise = json!({ "amount": "100.00", "due_on": "2026-12-20", "channel": "wechat" });
    let posts = [("/plan-quote", plan.clone(), "200"), ("/promises", promise, "201"), ("/plans", plan, "201")];
    for (path, body, status) in posts {
        let (got, answer) = manager.post(&format!("{here}{path}"), body).await;
        assert_eq!(got.as_str(), status, "{path}: {answer}");
        let address = format!("/communities/{{community}}/cases/{{case}}{path}");
        shape::check(&document, (&address, "post", status), &answer).expect("fits");
    }
    let shown = manager.get(&here).await;
    assert_eq!(
        (shown["plan"]["state"].as_str(), shown["promises"][0]["stands"].as_bool()),
        (Some("offered"), Some(true))
    );
    shape::check(&document, ("/communities/{community}/cases/{case}", "get", "200"), &shown).expect("fits");
    let plan = shown["plan"]["id"].as_str().expect("a plan");
    let (got, link) = manager.post(&format!("{here}/offer-link"), json!({ "kind": "plan", "offer": plan })).await;
    assert_eq!(got.as_str(), "201", "{link}");
    shape::check(&document, ("/communities/{community}/cases/{case}/offer-link", "post", "201"), &link).expect("fits");
    let paper = manager.call("GET", &format!("{here}/plans/{plan}/agreement"), None).await;
    assert_eq!((paper.status, paper.kind.as_str()), (StatusCode::OK, "application/pdf"));
    for kind in ["promise", "plan"] {
        let list = manager.get(&format!("{site}/terms?kind={kind}&show=offered")).await;
        assert_eq!(list["rows"].as_array().map(Vec::len), Some(1), "{kind}: {list}");
        shape::check(&document, ("/communities/{community}/terms", "get", "200"), &list).expect("fits");
    }
}

#[test]
fn an_answer_that_differs_from_the_document_is_found() {
    let document = serde_json::to_value(hemu_web::api::document()).expect("a document");
    let address = ("/communities/{community}/ageing", "get", "200");
    let row = json!({ "bucket": "0-30", "charges": 1, "principal": "1.00", "late_fee": "0.00" });
    let answer = json!({ "as_of": "2026-12-05", "rows": [row], "total": "1.00" });
    shape::check(&document, address, &answer).expect("fits");
    for (place, value) in
        [("/total", json!(1)), ("/total", json!("1.0")), ("/as_of", json!("5.12.2026")), ("/rows/0", json!({}))]
    {
        let mut other = answer.clone();
        *other.pointer_mut(place).expect("a member") = value;
        assert!(shape::check(&document, address, &other).is_err(), "{other}");
    }
    let mut more = answer.clone();
    more["rows"][0]["more"] = json!(true);
    assert!(shape::check(&document, address, &more).is_err(), "a member that is not documented");
}
