//! 公摊 and 抄表 by their pages alone: nothing is written before it is confirmed, and what is confirmed is billed.

use axum::http::StatusCode;

use crate::office::{Office, Session};

async fn text(session: &Session<'_>, path: &str) -> String {
    let answer = session.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}");
    answer.body
}

#[tokio::test]
async fn a_cost_is_previewed_confirmed_and_stands_in_the_figures_of_the_year() {
    let office = Office::open("2026-11-05");
    let session = office.session("accountant").await;
    let cost = "item=公摊电费&period=2026-11&total=100.01&invoice=发票1&method=area";
    let preview = session.post(&office.here("shared-costs/preview"), cost).await.body;
    assert!(preview.contains("100.01") && preview.contains("1-1-202"), "{preview}");
    assert!(!text(&session, &office.here("shared-costs")).await.contains("发票1"), "only looked at");
    let confirmed = session.post(&office.here("shared-costs"), cost).await;
    assert!(confirmed.location.contains("done=shared"), "{}", confirmed.body);
    let list = text(&session, &office.here("shared-costs")).await;
    assert!(list.contains("发票1") && list.contains("0 / 4") && list.contains("id=\"figures\""), "{list}");
    assert_eq!(session.post(&office.here("shared-costs"), cost).await.status, StatusCode::CONFLICT, "sent twice");
    office.bill("2026-11");
    assert!(text(&session, &office.here("shared-costs")).await.contains("已出账"));
    let cashier = office.session("cashier").await;
    assert_eq!(cashier.post(&office.here("shared-costs"), cost).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_round_saves_row_by_row_without_a_script_and_its_usage_is_confirmed() {
    let office = Office::open("2026-11-30");
    let accountant = office.session("accountant").await;
    let price = "item=水费&steps=3.45&valid_from=2026-11-01&basis=价格文件";
    assert_eq!(accountant.post(&office.here("meters/prices"), price).await.status, StatusCode::SEE_OTHER);
    for (unit, number) in [("1-1-102", "W2"), ("1-1-101", "W1")] {
        let meter = format!("kind=water&unit={unit}&number={number}&start=100&starts_on=2026-11-01");
        assert_eq!(accountant.post(&office.here("meters/setup"), &meter).await.status, StatusCode::SEE_OTHER);
    }
    let reader = office.session("engineer").await;
    let round = text(&reader, &office.here("meters?kind=water&period=2026-11")).await;
    let ids: Vec<&str> = round.split("id=\"m-").skip(1).filter_map(|part| part.split('"').next()).collect();
    let [first, second] = ids.as_slice() else { panic!("two meters: {round}") };
    assert!(round.find("1-1-101") < round.find("1-1-102"), "in walking order");
    let form = format!("kind=water&period=2026-11&place=1-1&meter={first}&next={second}&value=120");
    let saved = reader.post(&office.here("meters/reading"), &form).await;
    assert!(saved.location.ends_with(&format!("#m-{second}")), "on to the next: {}", saved.location);
    let back = form.replace("value=120", "value=99");
    assert_eq!(reader.post(&office.here("meters/reading"), &back).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let asked = "kind=water&period=2026-11";
    assert_eq!(reader.post(&office.here("meters/usage"), asked).await.status, StatusCode::FORBIDDEN);
    let check = accountant.post(&office.here("meters/usage"), asked).await.body;
    assert!(check.contains("69.00") && check.contains("本月没有读数"), "{check}");
    let confirmed = accountant.post(&office.here("meters/usage"), &format!("{asked}&confirm=1")).await.body;
    assert!(confirmed.contains("已确认，出账时计入账单"), "{confirmed}");
    assert!(text(&reader, &office.here("meters?kind=water&period=2026-11")).await.contains("已确认"));
}
