//! Who may see and do what, and what a page says when something is wrong.

use axum::http::StatusCode;
use hemu_app::Actor;
use hemu_app::arrears::arrears_report;
use hemu_app::registry::communities::{CommunityDetails, save_community};
use hemu_app::registry::overview::{UnitFilter, list_units};
use hemu_app::registry::ownership::{ChangeOwner, change_owner};
use hemu_app::registry::units::NewOwner;
use hemu_domain::UnitLabel;

use crate::office::{COMMUNITY, Office, PASSWORD};

/// Pages of a community that every role may read.
const PAGES: &[&str] = &[
    "",
    "units",
    "buildings/1",
    "tariff",
    "shared-costs",
    "meters",
    "meters/setup",
    "bills",
    "orders",
    "deposits",
    "desk",
    "arrears",
    "arrears?view=ages",
    "cases",
    "terms",
    "terms?kind=plan&show=missed",
    "messages",
    "letters",
    "approvals",
    "keepers",
    "team",
    "review",
    "import",
];

#[tokio::test]
async fn nobody_sees_anything_before_signing_in() {
    let office = Office::open("2026-12-05");
    let stranger = office.sign_in("manager", "wrong horse").await;
    assert_eq!(stranger.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(stranger.cookie.is_empty() && stranger.body.contains("登录名或密码不对"));
    for path in PAGES {
        let request = axum::http::Request::get(office.here(path)).body(axum::body::Body::empty()).expect("a request");
        let answer = office.send(request).await;
        assert_eq!((answer.status, answer.location.as_str()), (StatusCode::SEE_OTHER, "/login"), "{path}");
    }
}

#[tokio::test]
async fn every_page_opens_for_every_role_in_both_languages_and_names_nobody_in_its_title() {
    let office = Office::open("2026-12-05");
    office.bill("2026-11");
    office.collect();
    for role in ["manager", "service", "cashier", "accountant", "engineer", "legal", "auditor"] {
        let session = office.session(role).await;
        for path in PAGES {
            let answer = session.get(&office.here(path)).await;
            assert_eq!(answer.status, StatusCode::OK, "{role} {path}: {}", answer.body);
            let title =
                answer.body.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next()).unwrap_or("");
            assert!(!title.is_empty() && !title.contains("王建国") && !title.contains("1-1-1"), "{title}");
        }
    }
    let session = office.session("manager").await;
    session.post("/language", "locale=en&back=/").await;
    for path in PAGES {
        let answer = session.get(&office.here(path)).await;
        assert!(answer.body.contains("<html lang=\"en\">") && answer.body.contains("Cash desk"), "{path}");
    }
}

/// Pages of the company that a manager may read.
const COMPANY_PAGES: [&str; 7] =
    ["/communities", "/tools", "/settings", "/settings/policy", "/settings/password", "/settings/audit", "/import"];

/// What a page says: its main part without tags, and without texts that people or the law wrote.
fn said(page: &str) -> String {
    let (_, main) = page.split_once("<main").expect("a main part");
    let (main, _) = main.split_once("</main>").expect("an end");
    let mut said = String::new();
    for part in main.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap_or((part, ""));
        // A message text, a record typed by staff: shown in the language it was written in.
        if !tag.contains("lang=\"zh-CN\"") {
            said.push_str(text);
            said.push(' ');
        }
    }
    said
}

fn is_chinese(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

#[tokio::test]
async fn english_pages_say_everything_in_english_but_names_and_records() {
    let office = Office::open("2026-12-05");
    office.bill("2026-11");
    office.collect();
    let session = office.session("manager").await;
    session.post("/language", "locale=en&back=/").await;
    let case = session.get(&office.here("arrears")).await.body;
    let case =
        case.split("href=\"").find(|part| part.contains("/cases/")).and_then(|part| part.split(['"', '#']).next());
    let unit = session.get(&office.here("units")).await.body;
    let unit = unit.split("href=\"").find(|part| part.contains("/desk/")).and_then(|part| part.split('"').next());
    let (case, desk) = (case.expect("a case").to_owned(), unit.expect("a unit").to_owned());
    let of_community = PAGES.iter().map(|path| office.here(path));
    let others =
        [case, desk.replace("/desk/", "/units/"), format!("{desk}?tab=complaints"), desk, office.here("bills/2026-11")];
    // Names of the office's list, its people, and what its spreadsheet calls fees and prices.
    let data = [
        COMMUNITY,
        "王建国",
        "李小梅",
        "欧阳龑",
        "郝娟",
        "叶彧",
        "物业服务费",
        "物业费",
        "元/㎡·月",
        "项目经理",
        "管家",
        "收费员",
        "财务",
        "工程",
        "法务",
        "审计",
        "客服",
        "导入的收费标准",
        "物业服务合同（待补录）",
        "分级催缴默认政策",
        "物业服务中心",
        "空置",
        "系统",
        "本机操作员",
        "栋",
        "单元",
    ];
    let mut chinese = Vec::new();
    for path in of_community.chain(others).chain(COMPANY_PAGES.map(ToOwned::to_owned)) {
        let answer = session.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        let said = data.iter().fold(said(&answer.body), |said, name| said.replace(name, ""));
        let left = said.split_whitespace().filter(|word| word.contains(is_chinese));
        chinese.extend(left.map(|word| format!("{path}: {word}")));
    }
    assert!(chinese.is_empty(), "said in Chinese: {chinese:#?}");
}

#[tokio::test]
async fn an_auditor_sees_names_masked_and_changes_nothing() {
    let office = Office::open("2026-12-05");
    let session = office.session("auditor").await;
    let list = session.get(&office.here("units")).await.body;
    assert!(!list.contains("王建国") && list.contains("王"), "masked");
    let price = session.post(&office.here("tariff/display"), "what=x&place=y&displayed_on=2026-12-01").await;
    assert_eq!(price.status, StatusCode::FORBIDDEN);
    let bills = session.post(&office.here("bills"), "period=2026-11").await;
    assert_eq!(bills.status, StatusCode::FORBIDDEN);
    assert!(!session.get(&office.here("bills")).await.body.contains("2026-11</a>"));
}

#[tokio::test]
async fn a_form_without_the_token_of_its_session_changes_nothing() {
    let office = Office::open("2026-12-05");
    let session = office.session("manager").await;
    let answer = session.post_without_token(&office.here("bills"), "period=2026-11").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.body.contains("页面已过期"));
    assert!(!session.get(&office.here("bills")).await.body.contains("2026-11</a>"));
}

#[tokio::test]
async fn the_arrears_page_its_sums_and_its_export_agree_with_the_list() {
    let office = Office::open("2026-12-05");
    office.bill("2026-11");
    let session = office.session("accountant").await;
    let list = arrears_report(&office.app, &Actor::local_operator(), COMMUNITY, office.app.today()).expect("a list");
    let page = session.get(&office.here("arrears")).await.body;
    assert!(page.contains(&list.totals.principal.grouped()), "{page}");
    let csv = session.get(&office.here("arrears.csv")).await.body;
    assert!(csv.contains(&list.totals.principal.to_string()), "{csv}");
    let filtered = session.get(&office.here("arrears?days=91")).await.body;
    let old = list.rows.iter().filter(|row| row.days >= 91).map(|row| row.principal).sum::<hemu_domain::Fen>();
    assert!(filtered.contains(&old.grouped()) && !filtered.contains("1-1-101"));
}

/// The community pages a page links to, its own menu aside, each once.
fn communities_in(page: &str) -> std::collections::BTreeSet<String> {
    let links = page.split("href=\"/c/").skip(1).filter_map(|part| part.split('"').next());
    links.filter(|link| !link.contains('/')).map(ToOwned::to_owned).collect()
}

#[tokio::test]
async fn the_menu_shows_a_few_of_many_communities_and_a_search_and_pages_find_every_other() {
    let office = Office::open("2026-12-05");
    for number in 0..120 {
        let details = CommunityDetails { name: format!("第{number:03}花园"), ..CommunityDetails::default() };
        save_community(&office.app, &Actor::local_operator(), &details).expect("a community");
    }
    let session = office.session("manager").await;
    let anywhere = session.get("/tools").await.body;
    let shown = communities_in(&anywhere).len();
    assert!((1..=20).contains(&shown), "{shown} communities on every page");
    assert!(anywhere.contains("action=\"/communities\"") && anywhere.contains("(121)"), "search, and how many");
    let settings = session.get("/settings").await.body;
    assert_eq!(settings.matches("action=\"/settings/communities\"").count(), 21, "twenty to change, one to add");
    let (mut found, mut next) = (std::collections::BTreeSet::new(), "/communities".to_owned());
    for _ in 0..3 {
        let page = session.get(&next).await.body;
        let main = page.split("<main").nth(1).expect("a main part");
        found.extend(communities_in(main));
        let after = main.split("after=").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
        next = format!("/communities?after={after}");
    }
    assert_eq!(found.len(), 121, "every community stands on one of three pages");
    let several = session.get("/communities?q=11").await.body;
    assert_eq!(communities_in(several.split("<main").nth(1).expect("a main part")).len(), 11, "011, 110 to 119");
    let only = session.get("/communities?q=%E7%AC%AC007").await;
    assert!(only.location.starts_with("/c/"), "a single hit opens: {}", only.location);
}

#[tokio::test]
async fn the_arrears_page_by_age_shows_the_sums_of_each_age_and_keeps_its_filter() {
    let office = Office::open("2026-12-05");
    office.bill("2026-11");
    let session = office.session("accountant").await;
    let list = arrears_report(&office.app, &Actor::local_operator(), COMMUNITY, office.app.today()).expect("a list");
    let page = session.get(&office.here("arrears?view=ages&building=1")).await.body;
    for amount in list.totals.ages {
        assert!(page.contains(&format!(">{}</td>", amount.grouped())), "{amount} is missing");
    }
    assert!(page.contains("?building=1\">明细"), "the other view has the same filter");
    assert!(page.contains("arrears.xlsx?building=1"), "so has the export");
}

#[tokio::test]
async fn the_desk_asks_the_present_owner_for_nothing_of_a_former_owner() {
    let office = Office::open("2026-12-05");
    let me = Actor::local_operator();
    let sale = ChangeOwner {
        community: COMMUNITY.to_owned(),
        unit: UnitLabel::parse("1-1-102").expect("a label"),
        owners: vec![NewOwner::Named("钱新主".to_owned())],
        on: "2026-12-01".parse().expect("a day"),
    };
    change_owner(&office.app, &me, &sale).expect("sold");
    let units = list_units(&office.app, &me, COMMUNITY, &UnitFilter::default(), (None, 10)).expect("units").rows;
    let sold = units.iter().find(|one| one.unit.as_str() == "1-1-102").expect("the unit");
    let page = office.session("cashier").await.get(&office.here(&format!("desk/{}", sold.id))).await.body;
    assert!(page.contains("id=\"due\">0.00<") && page.contains("name=\"amount\" inputmode=\"decimal\" value=\"0.00\""));
    assert!(page.contains("另有前业主欠费 1,469.30"), "{page}");
}

#[tokio::test]
async fn a_payment_at_the_desk_is_one_payment_however_often_it_is_sent() {
    let office = Office::open("2026-12-05");
    let session = office.session("cashier").await;
    let units = list_units(&office.app, &Actor::local_operator(), COMMUNITY, &UnitFilter::default(), (None, 10));
    let unit = units.expect("units").rows.into_iter().find(|one| one.unit.as_str() == "1-1-102").expect("a unit");
    let take = office.here(&format!("desk/{}/receipts", unit.id));
    let payment = "amount=209.90&method=cash&received_on=2026-12-05&key=desk:1";
    let first = session.post(&take, payment).await;
    let again = session.post(&take, payment).await;
    assert_eq!((first.status, &first.location), (StatusCode::SEE_OTHER, &again.location));
    let receipt = session.get(&first.location).await.body;
    assert!(receipt.contains("209.90") && receipt.contains("2026-04"), "the oldest month is paid: {receipt}");
    let pdf = session.get(&format!("{}/pdf?paper=a5", first.location)).await;
    assert!(pdf.status == StatusCode::OK && pdf.body.starts_with("%PDF"));
    for (fields, said) in [
        ("amount=1.005&method=cash&received_on=2026-12-05", "最多两位小数"),
        ("amount=-5&method=cash&received_on=2026-12-05", "金额必须大于零"),
        ("amount=5&method=cash&received_on=2026-12-06", "晚于今天"),
        ("amount=5&method=cash&received_on=1989-12-06", "早于 1990 年"),
        ("amount=5&method=barter&received_on=2026-12-05", "不认识的收款方式"),
    ] {
        let answer = session.post(&take, fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields}");
        assert!(answer.body.contains(said), "{fields}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_deactivated_account_is_out_at_once() {
    let office = Office::open("2026-12-05");
    let session = office.session("cashier").await;
    let staff = hemu_app::staff::list_staff(&office.app, &Actor::local_operator()).expect("accounts");
    let cashier = staff.iter().find(|one| one.login == "cashier").expect("an account").id;
    let manager = office.session("manager").await;
    manager.post(&format!("/settings/staff/{cashier}"), "active=no").await;
    assert_eq!(session.get(&office.here("")).await.location, "/login");
    assert_eq!(office.sign_in("cashier", PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let boss = staff.iter().find(|one| one.login == "manager").expect("an account").id;
    let last = manager.post(&format!("/settings/staff/{boss}"), "active=no").await;
    assert_eq!(last.status, StatusCode::CONFLICT, "one manager remains");
}

#[tokio::test]
async fn the_first_start_wants_the_code_of_the_window() {
    let office = Office::empty("2026-12-05");
    let stranger = "code=guess&name=x&login=boss&password=12345678&again=12345678";
    let request = |fields: &str| {
        let body = axum::body::Body::from(fields.to_owned());
        let request = axum::http::Request::post("/setup").header("content-type", "application/x-www-form-urlencoded");
        request.body(body).expect("a request")
    };
    assert_eq!(office.send(request(stranger)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let made = office.send(request(&stranger.replace("guess", "let+me+in"))).await;
    assert_eq!((made.status, made.location.as_str()), (StatusCode::SEE_OTHER, "/settings"));
    assert!(made.cookie.len() > 40);
    let late = office.send(request(&stranger.replace("guess", "let+me+in").replace("boss", "other"))).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY, "there is an account already");
}
