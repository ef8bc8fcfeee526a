//! Records of visits from outside: the form without scripts, the same one sent by a program, pictures for those who may see them.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};

use crate::api::Program;
use crate::office::{Answer, Office};

/// What begins like a photo, and like a signature.
const JPEG: &[u8] = b"\xFF\xD8\xFF\xE0 the door";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n a line";

/// A form with a visit: fields, then files by their names.
pub fn form(fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    for (name, content) in files {
        let head = format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{name}\"\r\n\r\n");
        body.extend(head.into_bytes());
        body.extend_from_slice(content);
        body.extend(b"\r\n");
    }
    body.extend(b"--cut--\r\n");
    body
}

const TALK: [(&str, &str); 5] = [
    ("key", "0f8fad5b-d9cb-469f-a165-70867728950e"),
    ("visited_on", "2026-12-04"),
    ("at", "15:30"),
    ("outcome", "REACHED_TALK"),
    ("note", "当面说明了账单"),
];

/// An office with open cases, and the id of the first.
async fn with_cases() -> (Office, String) {
    let office = Office::open("2026-12-05");
    office.bill("2026-11");
    office.collect();
    let program = Program::of(&office, "manager").await;
    let cases = program.get(&site(&office, "cases")).await;
    let id = cases["rows"][0]["id"].as_str().expect("a case").to_owned();
    (office, id)
}

fn site(office: &Office, path: &str) -> String {
    let here = office.here(path);
    here.replacen("/c/", "/communities/", 1)
}

fn by_program(office: &Office, token: &str, case: &str, body: Vec<u8>) -> Request<Body> {
    Request::post(format!("/api/v1{}", site(office, &format!("cases/{case}/visits"))))
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut")
        .body(Body::from(body))
        .expect("a request")
}

fn read(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("no JSON: {}", answer.body))
}

#[tokio::test]
async fn a_program_sends_a_visit_twice_and_it_is_one_with_its_pictures() {
    let (office, case) = with_cases().await;
    let program = Program::of(&office, "service").await;
    let files: [(&str, &[u8]); 3] = [("photo", JPEG), ("photo", b""), ("signature", PNG)];
    let send = |fields: &[(&str, &str)]| office.send(by_program(&office, program.token(), &case, form(fields, &files)));
    let first = send(&TALK).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.body);
    let first = read(&first);
    assert_eq!((&first["already"], &first["breach"]), (&json!(false), &Value::Null));
    let again = read(&send(&TALK).await);
    assert_eq!((&again["already"], &again["contact"]), (&json!(true), &first["contact"]));
    let mut other = TALK;
    other[4] = ("note", "换了一句话");
    let refused = send(&other).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    assert!(read(&refused)["detail"].as_str().is_some_and(|text| text.contains("没有重复登记")), "{}", refused.body);
    let page = program.get(&site(&office, &format!("cases/{case}"))).await;
    let timeline = page["timeline"].as_array().expect("what happened");
    let pictures: Vec<&Value> = timeline.iter().flat_map(|one| one["pictures"].as_array().expect("pictures")).collect();
    assert_eq!(pictures.iter().map(|one| one["kind"].clone()).collect::<Vec<_>>(), ["photo", "signature"]);
    let path = format!(
        "cases/{case}/visits/{}/pictures/{}",
        pictures[1]["contact_id"].as_str().expect("an id"),
        pictures[1]["id"].as_str().expect("an id")
    );
    let picture = program.call("GET", &site(&office, &path), None).await;
    assert_eq!((picture.status, picture.kind.as_str()), (StatusCode::OK, "image/png"));
    let auditor = Program::of(&office, "auditor").await;
    assert_eq!(auditor.call("GET", &site(&office, &path), None).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_session_tells_its_own_token_for_changes_and_whose_it_is() {
    let office = Office::open("2026-12-05");
    let program = Program::of(&office, "service").await;
    let session = program.get("/session").await;
    assert!(session["id"].as_str().is_some_and(|id| id.len() == 36), "{session}");
    assert!(session["csrf_token"].as_str().is_some_and(|token| token.len() > 20), "{session}");
}
