//! The policy on its pages and by the API: a draft by form, what the check says beside the step, the preview, two people; the shapes
//! are those of the document.

use axum::http::StatusCode;
use hemu_app::Actor;
use hemu_app::staff::{NewStaff, add_staff};
use hemu_domain::staff::Role;
use serde_json::{Value, json};

use crate::api::{Program, read, site};
use crate::office::{Office, PASSWORD};
use crate::shape;

fn fits(path: &str, (method, status): (&str, &str), answer: &Value) {
    let document = serde_json::to_value(hemu_web::api::document()).expect("a document");
    shape::check(&document, (path, method, status), answer).expect("fits");
}

fn hire_second(office: &Office) {
    let new = NewStaff {
        login: "second".to_owned(),
        name: "王经理".to_owned(),
        role: Role::Manager,
        password: PASSWORD.to_owned(),
        communities: None,
    };
    add_staff(&office.app, &Actor::local_operator(), &new).expect("an account");
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}

/// What a browser sends when the form of the draft is submitted as it stands.
fn form_of(page: &str) -> Vec<(String, String)> {
    let (_, form) = page.split_once("<form method=\"post\" action=\"/settings/policy/draft\"").expect("a form");
    let (form, _) = form.split_once("</form>").expect("an end");
    let (mut fields, mut select) = (Vec::new(), String::new());
    for part in form.split('<').skip(1) {
        let tag = part.split('>').next().unwrap_or_default();
        let name = attribute(tag, "name").unwrap_or_default().to_owned();
        if tag.starts_with("input ") {
            let is_box = attribute(tag, "type") == Some("checkbox");
            if name != "csrf" && (!is_box || tag.ends_with(" checked")) {
                fields.push((name, attribute(tag, "value").unwrap_or_default().to_owned()));
            }
        } else if tag.starts_with("select ") {
            select = name;
        } else if tag.starts_with("option") && tag.ends_with(" selected") {
            let text = part.split('>').nth(1).unwrap_or_default().to_owned();
            fields.push((select.clone(), attribute(tag, "value").map_or(text, ToOwned::to_owned)));
        }
    }
    fields
}

fn encoded(fields: &[(String, String)]) -> String {
    let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&")
}

#[tokio::test]
async fn a_draft_is_edited_by_form_checked_beside_its_steps_and_put_in_force_by_two_people() {
    let office = Office::open("2026-12-05");
    office.collect();
    hire_second(&office);
    let manager = office.session("manager").await;
    assert!(manager.get("/settings/policy").await.body.contains("id=\"begin\""));
    assert_eq!(manager.post("/settings/policy/draft/begin", "").await.location, "/settings/policy/draft");
    let page = manager.get("/settings/policy/draft").await.body;
    assert!(page.contains("检查通过") && page.contains("name=\"s0.after_days\""), "{page}");
    let mut fields = form_of(&page);
    let saved = manager.post("/settings/policy/draft", &encoded(&fields)).await;
    assert_eq!(
        (saved.status, saved.location.as_str()),
        (StatusCode::SEE_OTHER, "/settings/policy/draft?done=saved"),
        "{}",
        saved.body
    );
    let program = Program::of(&office, "manager").await;
    let versions = program.get("/policy/versions").await;
    assert_eq!(
        versions["draft"]["policy"]["steps"], versions["policy"]["steps"],
        "a form saved as it stands changes nothing"
    );
    let mut set = |name: &str, value: &str| {
        fields.retain(|(one, _)| one != name);
        fields.push((name.to_owned(), value.to_owned()));
    };
    set("name", "从缓");
    set("s1.after_days", "30");
    set("s6.causes", "LOST");
    manager.post("/settings/policy/draft", &encoded(&fields)).await;
    let page = manager.get("/settings/policy/draft").await.body;
    assert!(page.contains("text-danger") && page.contains("早于排在它前面的"), "{page}");
    let early = manager.post("/settings/policy/draft/ask", "reason=x").await;
    assert!(!early.status.is_redirection() && early.body.contains("早于排在它前面的"), "{}", early.body);
    fields.iter_mut().find(|(name, _)| name == "s1.after_days").expect("there").1 = "12".to_owned();
    manager.post("/settings/policy/draft", &encoded(&fields)).await;
    let preview = manager.get("/settings/policy/preview").await.body;
    assert!(preview.contains("id=\"changes\"") && preview.contains("件未结案件"), "{preview}");
    let asked = manager.post("/settings/policy/draft/ask", "reason=x").await;
    assert!(asked.location.ends_with("/approvals?done=asked"), "{} {}", asked.location, asked.body);
    let second = office.session("second").await;
    let waiting = second.get(&office.here("approvals")).await.body;
    let (_, rest) = waiting.split_once("/approvals/").expect("a request");
    let id = rest.split('/').next().expect("an id").to_owned();
    assert!(waiting.contains("启用催缴方案") && waiting.contains("从缓"), "{waiting}");
    second.post(&office.here(&format!("approvals/{id}/approve")), "").await;
    let page = second.get("/settings/policy").await.body;
    assert!(page.contains("执行中") && page.contains("从缓") && page.contains("原因：失联"), "{page}");
    assert!(!page.contains("id=\"draft\""), "it is a draft no more");
}

#[tokio::test]
async fn who_may_not_edit_the_policy_reads_it_and_changes_nothing() {
    let office = Office::open("2026-12-05");
    let clerk = office.session("service").await;
    let page = clerk.get("/settings/policy").await;
    assert!(page.status == StatusCode::OK && !page.body.contains("id=\"begin\""), "{}", page.body);
    assert_eq!(clerk.post("/settings/policy/draft/begin", "").await.status, StatusCode::FORBIDDEN);
    assert_eq!(clerk.get("/settings/policy/draft").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_program_checks_drafts_tries_and_asks_and_is_told_everything_that_is_wrong() {
    let office = Office::open("2026-12-05");
    office.collect();
    let (program, site) = (Program::of(&office, "manager").await, site(&office));
    let mut policy = program.get("/policy").await;
    fits("/policy", ("get", "200"), &policy);
    policy["effective_from"] = json!("2026-12-06");
    policy["steps"][6]["when"] = json!({ "without_causes": ["SERVICE"], "amount": { "at_least": "200.00" },
        "broken_promises": { "at_most": 2 }, "times_done": { "step": "conversation_call", "at_least": 1 } });
    policy["steps"][0]["channels"] = json!(["wechat", "sms"]);
    let mut wrong = policy.clone();
    wrong["service_grade"] = json!("E");
    wrong["calls_per_day"] = json!(0);
    let (status, found) = program.post("/policy/check", wrong.clone()).await;
    assert_eq!(status, StatusCode::OK, "{found}");
    fits("/policy/check", ("post", "200"), &found);
    let codes: Vec<&Value> = found["findings"].as_array().expect("findings").iter().map(|one| &one["code"]).collect();
    assert_eq!(codes, ["limit_zero", "weak_grade"]);
    let draft = program.call("PUT", "/policy/draft", Some(wrong)).await;
    assert_eq!(draft.status, StatusCode::OK, "an unsound draft is kept: {}", draft.body);
    let ask = format!("{site}/approvals/policy-activations");
    let (status, problem) = program.post(&ask, json!({ "reason": "试" })).await;
    assert!(!status.is_success() && problem["missing"].as_array().is_some_and(|all| all.len() == 2), "{problem}");
    let draft = read(&program.call("PUT", "/policy/draft", Some(policy)).await);
    fits("/policy/draft", ("put", "200"), &draft);
    let preview = program.get(&format!("{site}/policy-preview")).await;
    fits("/communities/{community}/policy-preview", ("get", "200"), &preview);
    assert_eq!(preview["cases"], json!(2));
    let versions = program.get("/policy/versions").await;
    fits("/policy/versions", ("get", "200"), &versions);
    let (status, requested) = program.post(&ask, json!({ "reason": "试" })).await;
    assert_eq!(status, StatusCode::CREATED, "{requested}");
    fits("/communities/{community}/approvals/policy-activations", ("post", "201"), &requested);
    let list = program.get(&format!("{site}/approvals")).await;
    fits("/communities/{community}/approvals", ("get", "200"), &list);
    assert_eq!(program.call("DELETE", "/policy/draft", None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(program.call("DELETE", "/policy/draft", None).await.status, StatusCode::NOT_FOUND);
}
