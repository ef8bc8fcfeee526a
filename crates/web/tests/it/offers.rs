//! The owner's page of an offer: opened by its link alone, on a phone, without scripts and without an account.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use fantoccini::Locator;
use hemu_testkit::browser::{Chromedriver, Screen};

use crate::browser::Browser;
use crate::office::{Answer, Office, Session};

const ENTER: &str = "\u{e007}";

/// The address of the case of 1-1-102, which owes 1469.30.
async fn case(session: &Session<'_>, office: &Office) -> String {
    let list = session.get(&office.here("cases")).await.body;
    let row = list.split("<tr").find(|row| row.contains("1-1-102")).expect("a case");
    row.split("href=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("its address").to_owned()
}

/// Proposes a plan of three months, and gives the path of the owner's link.
async fn plan_link(session: &Session<'_>, case: &str) -> String {
    let terms = "parts=3&first_due_on=2026-11-20&every=month&agreed=";
    assert_eq!(session.post(&format!("{case}/plan"), terms).await.status, StatusCode::SEE_OTHER);
    let page = session.get(case).await.body;
    let form = page.split("/offer-link").nth(1).expect("a form for the link");
    let id = form.split("name=\"offer\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a plan");
    let shown = session.post(&format!("{case}/offer-link"), &format!("kind=plan&offer={id}")).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
    let link = shown.body.split("readonly>").nth(1).and_then(|rest| rest.split('<').next()).expect("a link");
    format!("/o/{}", link.split_once("/o/").expect("an address").1)
}

async fn open(office: &Office, link: &str) -> Answer {
    let request = Request::get(link).header(header::ACCEPT_LANGUAGE, "zh-CN");
    office.send(request.body(Body::empty()).expect("a request")).await
}

async fn answer(office: &Office, link: &str, fields: String) -> Answer {
    let request = Request::post(link)
        .header(header::ACCEPT_LANGUAGE, "zh-CN")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    office.send(request.body(Body::from(fields)).expect("a request")).await
}

#[tokio::test]
async fn the_link_opens_without_an_account_names_nobody_and_is_no_good_when_changed() {
    let office = Office::open("2026-11-05");
    office.collect();
    let service = office.session("service").await;
    let case = case(&service, &office).await;
    let link = plan_link(&service, &case).await;
    let page = open(&office, &link).await;
    assert_eq!(page.status, StatusCode::OK);
    for said in ["1,469.30", "2026-11-20", "2027-01-20", "违约金", "请在 2026-11-12", "给我打电话", "民法典 195"]
    {
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    for personal in ["李小梅", "李", "1-1-102", "13800138002"] {
        assert!(!page.body.contains(personal), "{personal} is told");
    }
    let wrong = format!("{}0", &link[..link.len() - 1]);
    let wrong = if wrong == link { format!("{}1", &link[..link.len() - 1]) } else { wrong };
    assert_eq!(open(&office, &wrong).await.status, StatusCode::NOT_FOUND);
    assert_eq!(answer(&office, &wrong, "answer=decline".to_owned()).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_owner_agrees_only_after_ticking_and_reads_then_that_it_is_on_record() {
    let office = Office::open("2026-11-05");
    office.collect();
    let service = office.session("service").await;
    let case = case(&service, &office).await;
    let link = plan_link(&service, &case).await;
    let page = open(&office, &link).await.body;
    let shown = page.split("name=\"shown\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a hash");
    let unread = answer(&office, &link, format!("answer=agree&shown={shown}")).await;
    assert_eq!(unread.status, StatusCode::UNPROCESSABLE_ENTITY);
    let agreed = answer(&office, &link, format!("answer=agree&read=yes&shown={shown}")).await;
    assert_eq!((agreed.status, agreed.location.as_str()), (StatusCode::SEE_OTHER, link.as_str()));
    let after = open(&office, &link).await.body;
    assert!(after.contains("您已同意") && !after.contains("id=\"agree\""), "{after}");
    assert!(service.get(&case).await.body.contains("待审批"));
}

#[tokio::test(flavor = "multi_thread")]
async fn browser_an_owner_agrees_on_a_phone_with_scripts_blocked() {
    let Some(driver) = Chromedriver::start() else { return };
    let office = Office::open("2026-11-05");
    office.collect();
    let server = office.serve();
    let service = office.session("service").await;
    let case = case(&service, &office).await;
    let link = plan_link(&service, &case).await;
    for screen in Screen::ALL {
        let browser = Browser::open(&driver, screen, format!("http://{}", server.address())).await;
        browser.go(&link).await;
        browser.assert_fits().await;
        browser.close().await;
    }
    let base = format!("http://{}", server.address());
    let browser = Browser::open_with(&driver, Screen::Phone, base, &["--blink-settings=scriptEnabled=false"]).await;
    browser.go(&link).await;
    // By keys, since the driver taps with scripts of its own.
    let call = browser.client.find(Locator::Css("#call")).await.expect("a button");
    call.send_keys(ENTER).await.expect("asks for a call");
    browser.wait_for("#call-asked").await;
    browser.client.find(Locator::Css("#read")).await.expect("a box").send_keys(" ").await.expect("ticks");
    browser.client.find(Locator::Css("#agree")).await.expect("a button").send_keys(ENTER).await.expect("agrees");
    browser.wait_for("#standing:not(.is-open)").await;
    // The language is that of the browser, and this one may ask for English.
    let said = browser.text("#standing").await;
    assert!(said.contains("您已同意") || said.contains("you have agreed"), "{said}");
    browser.close().await;
    assert!(service.get(&case).await.body.contains("待审批"));
}
