//! The JSON API as a program sees it: who may call, what is refused and how, and that document, router and answers agree.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use hemu_app::Actor;
use hemu_app::arrears::arrears_report;
use hemu_app::registry::communities::{CommunityDetails, list_communities, save_community};
use hemu_app::staff::{NewStaff, add_staff};
use hemu_domain::staff::Role;
use serde_json::{Value, json};

use crate::office::{Answer, COMMUNITY, Office, PASSWORD, parts};

/// A program with a token.
pub struct Program<'a> {
    office: &'a Office,
    token: String,
}

impl<'a> Program<'a> {
    /// Signs in.
    pub async fn of(office: &'a Office, login: &str) -> Self {
        let answer = call(office, "POST", "/session", "", Some(json!({ "login": login, "password": PASSWORD }))).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        let token = read(&answer)["token"].as_str().expect("a token").to_owned();
        Self { office, token }
    }

    /// Its token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Calls an operation.
    pub async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        call(self.office, method, path, &self.token, body).await
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Value {
        let answer = self.call("GET", path, None).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        read(&answer)
    }

    /// Sends a file with fields beside it.
    pub async fn send_file(&self, path: &str, fields: &[(&str, &str)], content: &str) -> Answer {
        let request = Request::post(format!("/api/v1{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut");
        self.office.send(request.body(Body::from(parts(fields, content))).expect("a request")).await
    }

    /// Sends.
    pub async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        let answer = self.call("POST", path, Some(body)).await;
        (answer.status, read(&answer))
    }
}

/// Calls an operation with a token, or with none.
pub async fn call(office: &Office, method: &str, path: &str, token: &str, body: Option<Value>) -> Answer {
    let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
    if !token.is_empty() {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    if body.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    let body = body.map_or_else(Body::empty, |value| Body::from(value.to_string()));
    office.send(request.body(body).expect("a request")).await
}

/// The answer as JSON.
pub fn read(answer: &Answer) -> Value {
    if answer.body.is_empty() {
        return Value::Null;
    }
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", answer.body))
}

/// The address of the community's operations.
pub fn site(office: &Office) -> String {
    let all = list_communities(&office.app, &Actor::local_operator()).expect("communities");
    let one = all.iter().find(|one| one.name == COMMUNITY).expect("the community");
    format!("/communities/{}", one.id)
}

/// The id of a unit.
pub async fn unit_id(program: &Program<'_>, label: &str) -> String {
    let site = site(program.office);
    let (_, found) = program.post(&format!("{site}/units/search"), json!({ "q": label })).await;
    found["rows"][0]["id"].as_str().expect("a unit").to_owned()
}

fn problem(answer: &Answer, status: StatusCode, word: &str) -> Value {
    assert_eq!((answer.status, answer.kind.as_str()), (status, "application/problem+json"), "{}", answer.body);
    let document = read(answer);
    assert_eq!(document["status"], status.as_u16());
    assert_eq!(document["type"], format!("urn:hemu:problem:{word}"));
    for member in ["title", "detail"] {
        assert!(document[member].as_str().is_some_and(|text| !text.is_empty()), "{document}");
    }
    document
}

#[tokio::test]
async fn without_a_token_nothing_is_told() {
    let office = Office::open("2026-12-05");
    for (method, path) in hemu_web::api::addresses() {
        let path = path.replace("{community}", "0").replace(['{', '}'], "");
        if (method.as_str(), path.as_str()) == ("POST", "/session") {
            continue;
        }
        for token in ["", "0123456789abcdef"] {
            let body = (method != "GET").then(|| json!({}));
            let answer = call(&office, method.as_str(), &path, token, body).await;
            problem(&answer, StatusCode::UNAUTHORIZED, "sign-in");
        }
    }
    let answer = call(&office, "POST", "/session", "", Some(json!({ "login": "manager", "password": "x" }))).await;
    assert_eq!(problem(&answer, StatusCode::UNPROCESSABLE_ENTITY, "invalid-input")["field"], "password");
}

#[tokio::test]
async fn an_ended_session_is_no_session() {
    let office = Office::open("2026-12-05");
    let program = Program::of(&office, "manager").await;
    assert_eq!(program.get("/session").await["role"], "manager");
    assert_eq!(program.call("DELETE", "/session", None).await.status, StatusCode::NO_CONTENT);
    problem(&program.call("GET", "/session", None).await, StatusCode::UNAUTHORIZED, "sign-in");
}

#[tokio::test]
async fn who_guesses_passwords_is_slowed_down() {
    let office = Office::open("2026-12-05");
    let guess = || async {
        call(&office, "POST", "/session", "", Some(json!({ "login": "manager", "password": "guess" }))).await
    };
    let mut last = guess().await;
    for _ in 0..20 {
        last = guess().await;
    }
    problem(&last, StatusCode::TOO_MANY_REQUESTS, "too-many-tries");
}

#[tokio::test]
async fn a_browsers_session_reads_but_changes_only_with_its_token() {
    let office = Office::open("2026-12-05");
    let cookie = office.sign_in("manager", PASSWORD).await.cookie;
    let path = format!("/api/v1{}/bill-runs", site(&office));
    let request = |method: &str, csrf: &str| {
        let request = Request::builder().method(method).uri(&path).header(header::COOKIE, &cookie);
        let request = request.header(header::CONTENT_TYPE, "application/json").header("x-csrf-token", csrf);
        request.body(Body::from(r#"{"period":"2026-11"}"#)).expect("a request")
    };
    assert_eq!(office.send(request("GET", "")).await.status, StatusCode::OK);
    problem(&office.send(request("POST", "")).await, StatusCode::FORBIDDEN, "token");
    problem(&office.send(request("POST", "guess")).await, StatusCode::FORBIDDEN, "token");
    let csrf = office.csrf(&cookie).await;
    assert_eq!(office.send(request("POST", &csrf)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_role_that_may_not_is_refused_and_nothing_changes() {
    let office = Office::open("2026-12-05");
    let auditor = Program::of(&office, "auditor").await;
    let site = site(&office);
    let unit = unit_id(&auditor, "1-1-102").await;
    let contact = auditor.get(&format!("{site}/units/{unit}")).await["contacts"][0]["id"].clone();
    let contact = contact.as_str().expect("a contact point");
    let payment = json!({ "unit": "1-1-102", "amount": "1.00", "on": "2026-12-05", "method": "cash" });
    let calls = [
        (format!("{site}/bill-runs"), json!({ "period": "2026-11" })),
        (format!("{site}/receipts"), payment),
        (format!("{site}/collection-runs"), json!({})),
        (format!("{site}/contacts/{contact}/reveal"), json!({})),
        ("/staff".to_owned(), json!({ "login": "x", "name": "x", "role": "manager", "password": "long enough" })),
    ];
    for (path, body) in calls {
        let answer = auditor.call("POST", &path, Some(body)).await;
        problem(&answer, StatusCode::FORBIDDEN, "forbidden");
    }
    assert_eq!(auditor.get(&format!("{site}/bill-runs")).await["rows"], json!([]));
}

#[tokio::test]
async fn another_community_and_its_units_are_not_found() {
    let office = Office::open("2026-12-05");
    let boss = Actor::local_operator();
    let details = CommunityDetails { name: "别处花园".to_owned(), ..CommunityDetails::default() };
    let other = save_community(&office.app, &boss, &details).expect("a community").id;
    let new = NewStaff {
        login: "elsewhere".to_owned(),
        name: "外人".to_owned(),
        role: Role::Manager,
        password: PASSWORD.to_owned(),
        communities: Some(vec![other]),
    };
    add_staff(&office.app, &boss, &new).expect("an account");
    let manager = Program::of(&office, "manager").await;
    let unit = unit_id(&manager, "1-1-102").await;
    let stranger = Program::of(&office, "elsewhere").await;
    assert_eq!(stranger.get("/communities").await["rows"].as_array().map(Vec::len), Some(1));
    let ours = site(&office);
    for path in
        [format!("{ours}/units/{unit}"), format!("/communities/{other}/units/{unit}"), format!("{ours}/arrears")]
    {
        problem(&stranger.call("GET", &path, None).await, StatusCode::NOT_FOUND, "not-found");
    }
}

#[tokio::test]
async fn the_arrears_are_those_of_the_command_line_page_by_page() {
    let office = Office::open("2026-12-05");
    office.bill("2026-11");
    let program = Program::of(&office, "accountant").await;
    let path = format!("{}/arrears?as_of=2026-12-05", site(&office));
    let report = arrears_report(&office.app, &Actor::local_operator(), COMMUNITY, office.app.today()).expect("a list");
    let printed = serde_json::to_value(&report).expect("as the command line prints it");
    let mut whole = program.get(&path).await;
    assert_eq!(whole.as_object_mut().expect("an object").remove("next"), Some(Value::Null));
    assert_eq!(whole, printed);
    let (mut rows, mut next) = (Vec::new(), String::new());
    for _ in 0..printed["rows"].as_array().expect("rows").len() {
        let page = program.get(&format!("{path}&limit=1{next}")).await;
        assert_eq!(page["totals"], printed["totals"], "sums are over the whole list");
        rows.extend(page["rows"].as_array().expect("rows").clone());
        next = page["next"].as_str().map(|cursor| format!("&after={cursor}")).unwrap_or_default();
    }
    assert_eq!((Value::from(rows), next.as_str()), (printed["rows"].clone(), ""));
    let csv = program.call("GET", &format!("{}/arrears/export?format=csv", site(&office)), None).await;
    assert!(csv.body.contains(printed["totals"]["principal"].as_str().expect("an amount")), "{}", csv.body);
}

#[tokio::test]
async fn a_payment_with_a_key_is_one_payment() {
    let office = Office::open("2026-12-05");
    let cashier = Program::of(&office, "cashier").await;
    let path = format!("{}/receipts", site(&office));
    let payment = json!({ "unit": "1-1-102", "amount": "209.90", "on": "2026-12-05", "method": "cash", "key": "k1" });
    let (first, receipt) = cashier.post(&path, payment.clone()).await;
    let (again, same) = cashier.post(&path, payment.clone()).await;
    assert_eq!((first, again), (StatusCode::CREATED, StatusCode::OK));
    assert_eq!((&receipt["id"], &receipt["allocations"]), (&same["id"], &same["allocations"]));
    assert_eq!((receipt["repeated"].clone(), same["repeated"].clone()), (json!(false), json!(true)));
    let mut other = payment.clone();
    other["amount"] = json!("1.00");
    problem(&cashier.call("POST", &path, Some(other)).await, StatusCode::CONFLICT, "conflict");
    let request = Request::post(format!("/api/v1{path}"))
        .header(header::AUTHORIZATION, format!("Bearer {}", cashier.token))
        .header(header::CONTENT_TYPE, "application/json")
        .header("idempotency-key", "k2");
    let answer = office.send(request.body(Body::from(payment.to_string())).expect("a request")).await;
    assert_eq!(problem(&answer, StatusCode::UNPROCESSABLE_ENTITY, "invalid-input")["field"], "key");
}

#[tokio::test]
async fn a_gated_letter_lists_what_is_missing() {
    let office = Office::open("2026-12-05");
    office.collect();
    let manager = Program::of(&office, "manager").await;
    let path = format!("{}/letters/demands", site(&office));
    let answer = manager.call("POST", &path, Some(json!({ "unit": "1-1-102", "issue": true }))).await;
    let document = problem(&answer, StatusCode::CONFLICT, "gated");
    assert!(document["missing"].as_array().is_some_and(|missing| !missing.is_empty()), "{document}");
    let (status, draft) = manager.post(&path, json!({ "unit": "1-1-102" })).await;
    assert_eq!((status, &draft["number"]), (StatusCode::CREATED, &Value::Null));
    let pdf = format!("{}/letters/{}/pdf", site(&office), draft["id"].as_str().expect("an id"));
    assert!(manager.call("GET", &pdf, None).await.body.starts_with("%PDF"));
}

#[tokio::test]
async fn a_revealed_contact_is_in_the_audit_trail() {
    let office = Office::open("2026-12-05");
    let manager = Program::of(&office, "manager").await;
    let site = site(&office);
    let unit = unit_id(&manager, "13800138002").await;
    let page = manager.get(&format!("{site}/units/{unit}")).await;
    assert!(!page.to_string().contains("13800138002"), "masked");
    let contact = page["contacts"][0]["id"].as_str().expect("a contact point").to_owned();
    let (status, told) = manager.post(&format!("{site}/contacts/{contact}/reveal"), json!({})).await;
    assert_eq!((status, told["value"].as_str()), (StatusCode::OK, Some("13800138002")));
    let community = site.rsplit('/').next().expect("an id");
    let trail = manager.get(&format!("/audit?community={community}")).await;
    assert_eq!(trail["rows"][0]["act"], "contact_point.reveal");
    assert!(!trail.to_string().contains("13800138002"));
}

#[tokio::test]
async fn a_spreadsheet_is_looked_at_and_then_brought_in_once() {
    let office = Office::open("2026-12-05");
    let manager = Program::of(&office, "manager").await;
    let form = |dry_run: &str| {
        let part = |name: &str, value: &str| {
            format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let file = format!(
            "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"l.csv\"\r\n\r\n{}\r\n--cut--\r\n",
            crate::office::LIST
        );
        let body = [part("community", "新苑"), part("as_of", "2026-10-31"), part("dry_run", dry_run), file].concat();
        let request = Request::post("/api/v1/import")
            .header(header::AUTHORIZATION, format!("Bearer {}", manager.token))
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut");
        request.body(Body::from(body)).expect("a request")
    };
    let looked = office.send(form("true")).await;
    assert_eq!((looked.status, &read(&looked)["accepted"]), (StatusCode::OK, &json!(4)), "{}", looked.body);
    assert_eq!(manager.get("/communities").await["rows"].as_array().map(Vec::len), Some(1), "nothing was written");
    assert_eq!(office.send(form("false")).await.status, StatusCode::OK);
    assert_eq!(read(&office.send(form("false")).await)["new_units"], 0, "a second time changes nothing");
    problem(&office.send(form("perhaps")).await, StatusCode::UNPROCESSABLE_ENTITY, "invalid-input");
    let answer = manager.call("POST", "/import", Some(json!({}))).await;
    problem(&answer, StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type");
}

#[tokio::test]
async fn what_cannot_be_read_is_told_as_a_problem_in_the_callers_language() {
    let office = Office::open("2026-12-05");
    let manager = Program::of(&office, "manager").await;
    let runs = format!("/api/v1{}/bill-runs", site(&office));
    let send = |method: &str, path: &str, kind: &str, body: Vec<u8>| {
        let request = Request::builder().method(method).uri(path);
        let request = request.header(header::AUTHORIZATION, format!("Bearer {}", manager.token));
        let request = request.header(header::CONTENT_TYPE, kind).header(header::ACCEPT_LANGUAGE, "en");
        office.send(request.body(Body::from(body)).expect("a request"))
    };
    let json = "application/json";
    let large = vec![b' '; 2 * 1024 * 1024];
    use StatusCode as S;
    for (answer, status, word, said) in [
        (send("GET", "/api/v1/nowhere", json, vec![]).await, S::NOT_FOUND, "no-such-address", "no such address"),
        (send("GET", "/api", json, vec![]).await, S::NOT_FOUND, "no-such-address", "openapi.json"),
        (send("PATCH", &runs, json, vec![]).await, S::METHOD_NOT_ALLOWED, "method", "Allow"),
        (send("POST", &runs, json, b"{".to_vec()).await, S::BAD_REQUEST, "unreadable", "EOF"),
        (send("POST", &runs, "text/plain", b"{}".to_vec()).await, S::UNSUPPORTED_MEDIA_TYPE, "media-type", json),
        (send("POST", &runs, json, large).await, S::PAYLOAD_TOO_LARGE, "too-large", "1 MB"),
        (
            send("POST", &runs, json, b"{}".to_vec()).await,
            S::UNPROCESSABLE_ENTITY,
            "invalid-input",
            "period is missing",
        ),
        (
            send("POST", &runs, json, br#"{"period":"2026-11","dryrun":true}"#.to_vec()).await,
            S::UNPROCESSABLE_ENTITY,
            "invalid-input",
            "there is no dryrun; there are: period",
        ),
        (
            send("POST", &runs, json, br#"{"period":"2026-13"}"#.to_vec()).await,
            S::UNPROCESSABLE_ENTITY,
            "invalid-input",
            "2026-13",
        ),
    ] {
        let document = problem(&answer, status, word);
        assert!(document["detail"].as_str().is_some_and(|text| text.contains(said)), "{document}");
    }
    let arrears = manager.call("GET", &format!("{}/arrears?colour=red", site(&office)), None).await;
    let document = problem(&arrears, S::UNPROCESSABLE_ENTITY, "invalid-input");
    assert!(document["detail"].as_str().is_some_and(|text| text.contains("不认识 colour")), "{document}");
}

#[tokio::test]
async fn a_calculator_gets_the_words_of_the_command_line() {
    let office = Office::open("2026-12-05");
    let auditor = Program::of(&office, "auditor").await;
    let (_, told) =
        auditor.post("/calculators/late-fee", json!({ "daily_rate": "0.0003", "payment": ["a", "b"] })).await;
    assert_eq!(told["words"], json!(["late-fee", "--daily-rate=0.0003", "--payment=a", "--payment=b"]));
    let (_, told) = auditor.post("/calculators/share", json!({ "total": "1.00" })).await;
    assert_eq!(told["words"], json!(["share", "{\"total\":\"1.00\"}"]));
    let answer = auditor.call("POST", "/calculators/nothing", Some(json!({}))).await;
    problem(&answer, StatusCode::NOT_FOUND, "not-found");
}

#[tokio::test]
async fn ready_says_whether_the_database_answers() {
    let office = Office::empty("2026-12-05");
    let ask = || office.send(Request::get("/readyz").body(Body::empty()).expect("a request"));
    assert_eq!(ask().await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_auditor_reads_the_arrears_with_names_masked_in_the_list_and_in_its_file() {
    let office = Office::open("2026-12-05");
    let site = site(&office);
    for (login, in_full) in [("manager", true), ("auditor", false)] {
        let program = Program::of(&office, login).await;
        for path in ["arrears", "arrears/export?format=csv"] {
            let answer = program.call("GET", &format!("{site}/{path}"), None).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
            assert!(answer.body.contains("1-1-102") && answer.body.contains('李'), "{login} {path}");
            assert_eq!(answer.body.contains("李小梅"), in_full, "{login} {path}: {}", answer.body);
        }
    }
}
