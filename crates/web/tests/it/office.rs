//! An office with its pages: a community from a spreadsheet, staff of every role, a clock that stands still.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use chrono::NaiveDate;
use hemu_app::billing::{BillRequest, issue_bills};
use hemu_app::collection::{RunRequest, run_collection};
use hemu_app::import::{ImportRequest, import_spreadsheet};
use hemu_app::readiness::{
    ContractPapers, NewClause, NewPromise, PaperOf, add_paper, add_promise, file_contract, record_clause,
};
use hemu_app::registry::communities::list_communities;
use hemu_app::staff::session::sign_in;
use hemu_app::staff::{NewStaff, add_staff};
use hemu_app::tariff::{NewDisplay, record_display};
use hemu_app::{Actor, App, Clock};
use hemu_domain::Period;
use hemu_domain::collection::policy::Policy;
use hemu_domain::readiness::{Every, FilingState, PromiseKind};
use hemu_domain::staff::Role;
use hemu_web::{Calculation, Options, Server};
use tower::ServiceExt as _;

/// The community of every test.
pub const COMMUNITY: &str = "测试花园";
/// The password of everybody.
pub const PASSWORD: &str = "right horse";

/// What begins like a scan.
const SCAN: &[u8] = b"%PDF-1.7\n and the rest of it";

/// Paid, owing since April, vacant, co-owned.
pub const LIST: &str = "房号,业主姓名,联系电话,建筑面积(㎡),收费标准(元/㎡·月),已缴至,备注
1-1-101,王建国,13800138001,100,2.00,2026-10,
1-1-102,李小梅,13800138002,89.32,2.35,2026-03,
1-1-201,欧阳龑,13800138003,50,2.00,2026-10,空置
1-1-202,郝娟、叶彧,13800138004/13800138005,120.5,1.80,2026-09,
";

/// An office with its pages.
pub struct Office {
    /// The application.
    pub app: Arc<App>,
    /// Its pages.
    pub router: Router,
    _folder: tempfile::TempDir,
}

/// An answer.
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Where it sends the browser.
    pub location: String,
    /// The cookie it sets.
    pub cookie: String,
    /// Its media type.
    pub kind: String,
    /// Its body as text.
    pub body: String,
}

/// Somebody who is signed in.
pub struct Session<'a> {
    office: &'a Office,
    cookie: String,
    csrf: String,
}

fn options() -> Options {
    let setup_code = "let me in".to_owned();
    let calculate = |words: &[String]| {
        let text = words.join(" ");
        Ok(Calculation { json: serde_json::json!({ "words": words }), text })
    };
    Options { address: ([127, 0, 0, 1], 0).into(), https: false, setup_code, calculate }
}

impl Office {
    /// An empty office: no account, no community.
    pub fn empty(today: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let app = open(folder.path(), today);
        Self { router: hemu_web::server::router(Arc::clone(&app), options()), app, _folder: folder }
    }

    /// An office with its community, one account for each role (the login is the role's word).
    pub fn open(today: &str) -> Self {
        let office = Self::empty(today);
        let request = ImportRequest {
            file_name: "list.csv".to_owned(),
            bytes: LIST.as_bytes().to_vec(),
            community: COMMUNITY.to_owned(),
            as_of: "2026-10-31".parse().expect("a day"),
            map: Vec::new(),
            dry_run: false,
        };
        import_spreadsheet(&office.app, &Actor::local_operator(), &request).expect("imports");
        office.hire();
        office
    }

    /// Puts on file what formal steps need (A1-A3).
    pub fn put_on_file(&self) {
        let (app, me) = (&*self.app, Actor::local_operator());
        let community = list_communities(app, &me).expect("communities").first().expect("a community").id;
        let papers = ContractPapers {
            name: "物业服务合同".to_owned(),
            number: "WY-2026-01".to_owned(),
            kind: "committee".to_owned(),
            ends_on: None,
            filing: FilingState::Filed,
        };
        file_contract(app, &me, community, &papers).expect("filed");
        for kind in ["fee_standard", "cycle", "due", "demand", "dispute"] {
            let new = NewClause { kind: kind.to_owned(), number: "第六条".to_owned(), text: String::new() };
            record_clause(app, &me, community, &new).expect("recorded");
        }
        add_paper(app, &me, community, PaperOf::Contract, SCAN).expect("kept");
        let (what, place) = ("收费标准".to_owned(), "大堂公示栏".to_owned());
        let shown = NewDisplay { what, place, displayed_on: app.today() };
        let display = record_display(app, &me, COMMUNITY, &shown).expect("recorded");
        add_paper(app, &me, community, PaperOf::Display(display), SCAN).expect("kept");
        let promise = NewPromise {
            kind: PromiseKind::Cleaning,
            what: "楼道每日清扫".to_owned(),
            measure: "巡查表每日签字".to_owned(),
            every: Every::Year,
            clause: "第三条".to_owned(),
            starts_on: Period::of(app.today()).first_day(),
        };
        add_promise(app, &me, community, &promise).expect("recorded");
    }

    /// One account for each role.
    pub fn hire(&self) {
        for role in Role::ALL {
            let (login, name) = (role.as_str().to_owned(), role.label().zh);
            let new = NewStaff { login, name, role, password: PASSWORD.to_owned(), communities: None };
            add_staff(&self.app, &Actor::local_operator(), &new).expect("an account");
        }
    }

    /// The pages on a port of their own.
    pub fn serve(&self) -> Server {
        Server::start(Arc::clone(&self.app), options()).expect("serves")
    }

    /// The pages on a port where they were before.
    pub fn serve_at(&self, address: std::net::SocketAddr) -> Server {
        Server::start(Arc::clone(&self.app), Options { address, ..options() }).expect("serves again")
    }

    /// The address of the community's pages.
    pub fn here(&self, path: &str) -> String {
        let all = list_communities(&self.app, &Actor::local_operator()).expect("communities");
        hemu_web::ui::place(all.first().expect("a community").id, path)
    }

    /// Issues the bills of a month.
    pub fn bill(&self, period: &str) {
        let period = Period::parse(period).expect("a month");
        let request = BillRequest { community: COMMUNITY.to_owned(), period, dry_run: false };
        issue_bills(&self.app, &Actor::local_operator(), &request).expect("bills");
    }

    /// Runs collection.
    pub fn collect(&self) {
        let all = list_communities(&self.app, &Actor::local_operator()).expect("communities");
        let community = all.first().expect("a community").id;
        let request = RunRequest { community, as_of: self.app.today(), dry_run: false };
        run_collection(&self.app, &Actor::local_operator(), &Policy::v1(), &request).expect("runs");
    }

    /// Sends a request.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("answers");
        let head = |name: header::HeaderName| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
        };
        let (status, location) = (response.status(), head(header::LOCATION));
        let kind = head(header::CONTENT_TYPE);
        let cookie = head(header::SET_COOKIE).split(';').next().unwrap_or_default().to_owned();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        Answer { status, location, cookie, kind, body: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// Signs in with a password.
    pub async fn sign_in(&self, login: &str, password: &str) -> Answer {
        let body = format!("login={login}&password={}", password.replace(' ', "+"));
        self.send(form("/login", "", body)).await
    }

    /// The token that changes of a browser's session must bring.
    pub async fn csrf(&self, cookie: &str) -> String {
        let page = self.send(get("/settings/password", cookie)).await.body;
        let (_, rest) = page.split_once("name=\"csrf\" value=\"").expect("a token");
        rest.split('"').next().expect("a token").to_owned()
    }

    /// A session of the account of a role, opened without the form: that lets nobody in more than ten times a minute.
    pub async fn session_without_form(&self, login: &str) -> Session<'_> {
        let cookie = format!("hemu={}", sign_in(&self.app, login, PASSWORD).expect("signs in").token);
        let csrf = self.csrf(&cookie).await;
        Session { office: self, cookie, csrf }
    }

    /// A session of the account of a role.
    pub async fn session(&self, login: &str) -> Session<'_> {
        let cookie = self.sign_in(login, PASSWORD).await.cookie;
        let csrf = self.csrf(&cookie).await;
        Session { office: self, cookie, csrf }
    }
}

impl Session<'_> {
    /// Reads a page.
    pub async fn get(&self, path: &str) -> Answer {
        self.office.send(get(path, &self.cookie)).await
    }

    /// Sends a form with its token.
    pub async fn post(&self, path: &str, fields: &str) -> Answer {
        self.office.send(form(path, &self.cookie, format!("csrf={}&{fields}", self.csrf))).await
    }

    /// Sends a form with its token and a file.
    pub async fn post_file(&self, path: &str, fields: &[(&str, &str)], content: &str) -> Answer {
        let fields = [&[("csrf", self.csrf.as_str())], fields].concat();
        let request = Request::post(path)
            .header(header::COOKIE, &self.cookie)
            .header(header::ACCEPT_LANGUAGE, "zh-CN")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut");
        self.office.send(request.body(Body::from(parts(&fields, content))).expect("a request")).await
    }

    /// Sends a form without its token.
    pub async fn post_without_token(&self, path: &str, fields: &str) -> Answer {
        self.office.send(form(path, &self.cookie, fields.to_owned())).await
    }
}

fn open(folder: &Path, today: &str) -> Arc<App> {
    let url = format!("sqlite:{}", folder.join("test.db").display());
    let day: NaiveDate = today.parse().expect("a day");
    Arc::new(App::open(&url, &folder.join("key"), &folder.join("outbox"), Clock::as_of(day), Some(7)).expect("opens"))
}

/// The body of a form with fields and a file, parted by `cut`.
pub fn parts(fields: &[(&str, &str)], content: &str) -> String {
    let field = |(name, value): &(&str, &str)| {
        format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let fields: String = fields.iter().map(field).collect();
    let file = "Content-Disposition: form-data; name=\"file\"; filename=\"list.csv\"";
    format!("{fields}--cut\r\n{file}\r\n\r\n{content}\r\n--cut--\r\n")
}

fn get(path: &str, cookie: &str) -> Request<Body> {
    let request = Request::get(path).header(header::COOKIE, cookie).header(header::ACCEPT_LANGUAGE, "zh-CN");
    request.body(Body::empty()).expect("a request")
}

fn form(path: &str, cookie: &str, body: String) -> Request<Body> {
    let request = Request::post(path)
        .header(header::COOKIE, cookie)
        .header(header::ACCEPT_LANGUAGE, "zh-CN")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    request.body(Body::from(body)).expect("a request")
}
