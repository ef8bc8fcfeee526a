//! Acts of two people on the pages and by the API: who sees them, who may decide, and that the shapes are those of the document.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::api::{Program, read, site, unit_id};
use crate::office::Office;
use crate::shape;

async fn charge(program: &Program<'_>, site: &str, label: &str) -> String {
    let unit = unit_id(program, label).await;
    let page = program.get(&format!("{site}/units/{unit}")).await;
    let charges = page["charges"].as_array().expect("charges").clone();
    let open = charges.into_iter().find(|one| one["open"] != "0.00").expect("an open charge");
    open["id"].as_str().expect("an id").to_owned()
}

fn fits(path: &str, (method, status): (&str, &str), answer: &Value) {
    let document = serde_json::to_value(hemu_web::api::document()).expect("a document");
    shape::check(&document, (&format!("/communities/{{community}}{path}"), method, status), answer).expect("fits");
}

#[tokio::test]
async fn a_waiver_is_asked_for_by_one_program_and_approved_by_another() {
    let office = Office::open("2026-12-05");
    let (accountant, manager) = (Program::of(&office, "accountant").await, Program::of(&office, "manager").await);
    let site = site(&office);
    let charge = charge(&accountant, &site, "1-1-102").await;
    let body =
        json!({ "charge": charge, "part": "principal", "kind": "waiver", "amount": "10.00", "reason": "电梯停运" });
    let path = format!("{site}/approvals/adjustments");
    let (status, requested) = accountant.post(&path, body.clone()).await;
    assert_eq!(status, StatusCode::CREATED, "{requested}");
    fits("/approvals/adjustments", ("post", "201"), &requested);
    assert_eq!(accountant.post(&path, body).await.0, StatusCode::CONFLICT, "it waits already");
    let id = requested["id"].as_str().expect("an id");
    let list = manager.get(&format!("{site}/approvals")).await;
    fits("/approvals", ("get", "200"), &list);
    assert_eq!(
        (&list["open"][0]["about"]["unit"], &list["open"][0]["about"]["amount"]),
        (&json!("1-1-102"), &json!("10.00"))
    );
    let approval = format!("{site}/approvals/{id}/approval");
    assert_eq!(accountant.call("POST", &approval, None).await.status, StatusCode::FORBIDDEN);
    let answer = manager.call("POST", &approval, None).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    fits("/approvals/{approval}/approval", ("post", "200"), &read(&answer));
    assert_eq!(manager.call("POST", &approval, None).await.status, StatusCode::CONFLICT, "once");
    let list = manager.get(&format!("{site}/approvals")).await;
    fits("/approvals", ("get", "200"), &list);
    assert_eq!((list["open"].as_array().map(Vec::len), &list["decided"][0]["state"]), (Some(0), &json!("approved")));
}

#[tokio::test]
async fn the_page_of_approvals_asks_decides_and_stands_in_the_menu_of_who_decides() {
    let office = Office::open("2026-12-05");
    let site = site(&office);
    let program = Program::of(&office, "accountant").await;
    let (unit, charge) = (unit_id(&program, "1-1-102").await, charge(&program, &site, "1-1-102").await);
    let (accountant, manager) = (office.session("accountant").await, office.session("manager").await);
    let form = accountant.get(&office.here(&format!("units/{unit}/adjust"))).await;
    assert!(form.body.contains(&charge) && form.body.contains("限额内的减免当场生效"), "{}", form.body);
    let fields = |kind: &str, amount: &str| {
        format!("charge={charge}&part=principal&kind={kind}&amount={amount}&reason=%E7%94%B5%E6%A2%AF")
    };
    let adjust = office.here(&format!("units/{unit}/adjust"));
    let done = accountant.post(&adjust, &fields("waiver", "10.00")).await;
    assert_eq!(done.location, format!("{adjust}?done=waived"), "within the limit of the role: {}", done.body);
    assert!(!accountant.get(&office.here("approvals")).await.body.contains("撤回申请"), "nothing waits");
    let sent = accountant.post(&adjust, &fields("waiver", "60.00")).await;
    assert_eq!(sent.location, format!("{}?done=asked", office.here("approvals")), "above it: {}", sent.body);
    let own = accountant.get(&office.here("approvals")).await.body;
    assert!(own.contains("撤回申请") && !own.contains("/approve\""), "who asked does not decide: {own}");
    let menu = format!("href=\"{}\"", office.here("approvals"));
    assert!(!accountant.get(&office.here("")).await.body.contains(&menu));
    assert!(manager.get(&office.here("")).await.body.contains(&menu));
    let page = manager.get(&office.here("approvals")).await.body;
    let id = page.split("id=\"a-").nth(1).and_then(|rest| rest.split('"').next()).expect("a request");
    let approve = office.here(&format!("approvals/{id}/approve"));
    assert_eq!(manager.post_without_token(&approve, "").await.status, StatusCode::FORBIDDEN);
    assert_eq!(manager.post(&approve, "").await.status, StatusCode::SEE_OTHER);
    let again = manager.post(&approve, "").await;
    assert!(again.status == StatusCode::CONFLICT && again.body.contains("已批准"), "{}", again.body);
    assert!(manager.get(&office.here("approvals")).await.body.contains("已批准"));
}

#[tokio::test]
async fn the_page_of_a_legal_step_lists_what_is_missing_and_offers_no_form() {
    let office = Office::open("2026-12-05");
    office.collect();
    let legal = office.session("legal").await;
    let list = legal.get(&office.here("cases")).await.body;
    let start = format!("href=\"{}/", office.here("cases"));
    let ids = list.split(&start).skip(1).filter_map(|rest| rest.split('"').next());
    let case = ids.filter(|id| id.len() == 36).last().expect("a case").to_owned();
    let page = legal.get(&office.here(&format!("cases/{case}/legal"))).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("案件尚未进入催缴期") && !page.body.contains("提交审批"), "{}", page.body);
    let forced = "kind=suit&evidence_complete=yes&reason=%E5%85%B1%E5%90%8C";
    let refused = legal.post(&office.here(&format!("cases/{case}/legal")), forced).await;
    assert!(refused.status == StatusCode::CONFLICT && refused.body.contains("案件尚未进入催缴期"), "{}", refused.body);
}

#[tokio::test]
async fn a_building_and_a_case_get_their_person() {
    let office = Office::open("2026-12-05");
    office.collect();
    let (manager, site) = (Program::of(&office, "manager").await, site(&office));
    let keepers = manager.get(&format!("{site}/keepers")).await;
    fits("/keepers", ("get", "200"), &keepers);
    let building = keepers["buildings"][0]["id"].as_str().expect("a building").to_owned();
    let people = keepers["people"].as_array().expect("people").clone();
    assert!(people.iter().all(|one| one["name"] != "工程"), "an engineer does not work on cases");
    let person = people.iter().find(|one| one["name"] == "管家/客服").expect("service staff").clone();
    let body = Some(json!({ "staff": person["id"] }));
    let given = manager.call("PUT", &format!("{site}/keepers/{building}"), body.clone()).await;
    assert_eq!((given.status, read(&given)), (StatusCode::OK, json!({ "cases": 2 })));
    let cases = manager.get(&format!("{site}/cases")).await;
    assert!(cases["rows"].as_array().expect("rows").iter().all(|one| one["staff"] == "管家/客服"), "{cases}");
    let service = Program::of(&office, "service").await;
    let path = format!("{site}/cases?mine=yes");
    assert_eq!(service.get(&path).await["rows"].as_array().map(Vec::len), Some(2));
    assert_eq!(manager.get(&path).await["rows"].as_array().map(Vec::len), Some(0));
    let page = office.session("service").await;
    for path in ["cases?mine=1", "arrears?mine=1", "keepers"] {
        let answer = page.get(&office.here(path)).await;
        assert!(answer.status == StatusCode::OK && answer.body.contains("管家/客服"), "{path}: {}", answer.body);
    }
}

#[tokio::test]
async fn more_of_an_opening_balance_is_asked_for_on_the_page_and_approved_by_a_program() {
    let office = Office::open("2026-12-05");
    let site = site(&office);
    let program = Program::of(&office, "accountant").await;
    let unit = unit_id(&program, "1-1-102").await;
    let accountant = office.session("accountant").await;
    let form = accountant.get(&office.here(&format!("units/{unit}/adjust"))).await.body;
    assert!(form.contains("期初欠费少记了") && form.contains("name=\"due_on\""), "{form}");
    let fields = "period=2026-04&amount=50.00&reason=%E6%BC%8F%E8%AE%B0&item=&due_on=";
    let sent = accountant.post(&office.here(&format!("units/{unit}/opening")), fields).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let wrong =
        accountant.post(&office.here(&format!("units/{unit}/opening")), "period=2027-04&amount=50&reason=x").await;
    assert!(wrong.status.is_client_error() && wrong.body.contains("2027-04"), "{}", wrong.body);
    let body = json!({ "unit": "1-1-102", "period": "2026-05", "amount": "1.00", "reason": "漏记" });
    let (status, requested) = program.post(&format!("{site}/approvals/opening-corrections"), body).await;
    assert_eq!(status, StatusCode::CREATED, "{requested}");
    fits("/approvals/opening-corrections", ("post", "201"), &requested);
    let manager = Program::of(&office, "manager").await;
    let list = manager.get(&format!("{site}/approvals")).await;
    fits("/approvals", ("get", "200"), &list);
    assert_eq!(list["open"][0]["asked"]["act"], "opening_correction");
    let approval = format!("{site}/approvals/{}/approval", list["open"][0]["id"].as_str().expect("an id"));
    assert_eq!(manager.call("POST", &approval, None).await.status, StatusCode::OK);
    let page = program.get(&format!("{site}/units/{unit}")).await;
    let added = page["charges"].as_array().expect("charges").iter().find(|one| one["amount"] == "50.00");
    assert!(added.is_some_and(|one| one["period"] == "2026-04" && one["basis"].to_string().contains("漏记")), "{page}");
}

#[tokio::test]
async fn the_page_of_the_end_of_the_service_shows_what_goes_back_and_asks_a_second_person() {
    let office = Office::open("2026-12-05");
    let (site, manager) = (site(&office), Program::of(&office, "manager").await);
    let accountant = office.session("accountant").await;
    let plain = accountant.get(&office.here("service-end")).await.body;
    assert!(plain.contains("服务终止日") && !plain.contains("id=\"preview\""), "{plain}");
    let preview = accountant.get(&office.here("service-end?on=2026-12-31")).await.body;
    assert!(preview.contains("id=\"to-refund\"") && preview.contains("提交审批"), "{preview}");
    let sent =
        accountant.post(&office.here("service-end"), "on=2026-12-31&reason=%E5%90%88%E5%90%8C%E5%88%B0%E6%9C%9F").await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let list = manager.get(&format!("{site}/approvals")).await;
    fits("/approvals", ("get", "200"), &list);
    assert_eq!(list["open"][0]["asked"]["on"], "2026-12-31");
    let body = json!({ "on": "2026-12-30", "reason": "合同到期" });
    let (status, problem) = manager.post(&format!("{site}/approvals/service-ends"), body).await;
    assert!(status.is_client_error() && problem["detail"].to_string().contains("2026-12-31"), "{problem}");
}

#[tokio::test]
async fn the_work_of_the_day_is_ranked_and_a_manager_says_how_much_fits() {
    let office = Office::open("2026-12-05");
    office.collect();
    let (manager, site) = (Program::of(&office, "manager").await, site(&office));
    let list = manager.get(&format!("{site}/work")).await;
    fits("/work", ("get", "200"), &list);
    let people = manager.get(&format!("{site}/capacities")).await;
    fits("/capacities", ("get", "200"), &people);
    let id = people["rows"][0]["id"].as_str().expect("a person").to_owned();
    let body = Some(json!({ "calls": 12, "visits": 3 }));
    let set = manager.call("PUT", &format!("/staff/{id}/capacity"), body).await;
    assert_eq!(set.status, StatusCode::NO_CONTENT, "{}", set.body);
    let people = manager.get(&format!("{site}/capacities")).await;
    assert_eq!(people["rows"][0]["capacity"], json!({ "calls": 12, "visits": 3 }));
    let session = office.session("manager").await;
    let page = session.get(&office.here("team")).await.body;
    assert!(page.contains("value=\"12\""), "{page}");
    let saved = session.post(&office.here("team"), &format!("staff={id}&calls=7&visits=1")).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
}
