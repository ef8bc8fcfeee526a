//! 设置: communities, staff, one's password, the audit trail.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::{get, post};
use hemu_app::audit::{AuditItem, list_audit};
use hemu_app::clock::in_china;
use hemu_app::registry::communities::{CommunityDetails, CommunityReport, save_community};
use hemu_app::staff::session::change_password;
use hemu_app::staff::{EditStaff, NewStaff, StaffItem, add_staff, edit_staff, list_staff};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::ids::{CommunityId, StaffId};
use hemu_domain::staff::{Permission, Role};
use serde::Deserialize;

use super::communities::named;
use super::login::with_cookie;
use crate::detail::detail;
use crate::fields::{Fields, Posted};
use crate::reply::{Reply, go, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Visit;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/settings", get(show))
        .route("/settings/communities", post(community))
        .route("/settings/staff", post(hire))
        .route("/settings/staff/{staff}", post(change))
        .route("/settings/password", get(password).post(set_password))
        .route("/settings/audit", get(audit))
}

/// So many communities are shown; a search finds the others.
const COMMUNITIES_SHOWN: usize = 20;

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    ui: Ui,
    asked: Wanted,
    /// The first of those whose name fits.
    communities: Vec<CommunityReport>,
    /// How many fit.
    found: usize,
    /// So many are shown at most.
    shown: usize,
    staff: Vec<StaffItem>,
    roles: Vec<(&'static str, String)>,
    may_administer: bool,
    may_audit: bool,
}

impl SettingsPage {
    fn role(&self, one: &StaffItem) -> String {
        self.ui.text(&one.role.label())
    }
}

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// A part of a community's name.
    q: String,
}

/// `GET /settings`
pub async fn show(visit: Visit, Query(asked): Query<Wanted>) -> Reply {
    let ui = visit.ui(Menu::Settings, "设置", "Settings");
    let locale = ui.locale;
    let may_audit = ui.may(Permission::ReadAudit);
    let staff = if may_audit { visit.run(list_staff).await? } else { Vec::new() };
    let roles = Role::ALL.iter().map(|one| (one.as_str(), ui.text(&one.label()))).collect();
    let may_administer = ui.may(Permission::Administer);
    let found = named(&visit.communities, &asked.q);
    let communities = found.iter().take(COMMUNITIES_SHOWN).map(|one| (*one).clone()).collect();
    let (found, shown) = (found.len(), COMMUNITIES_SHOWN);
    page(&SettingsPage { asked, communities, found, shown, staff, roles, may_administer, may_audit, ui }, locale)
}

/// `POST /settings/communities`: a new community, or what is known of one.
pub async fn community(posted: Posted<Visit>) -> Reply {
    let Posted { visit, fields } = posted;
    let work = move |app: &App, actor: &Actor| {
        let text = |name: &str| fields.text(name).to_owned();
        let details = CommunityDetails {
            name: text("name"),
            company_name: text("company_name"),
            address: text("address"),
            service_phone: text("service_phone"),
            pay_account: text("pay_account"),
            region: text("region"),
        };
        save_community(app, actor, &details)
    };
    visit.run(work).await?;
    Ok(go("/settings?done=saved"))
}

/// The communities of a form; none ticked means all.
fn scope(fields: &Fields) -> Result<Option<Vec<CommunityId>>, Refusal> {
    let wrong = |_| Refusal::invalid("communities", "小区无法识别，请刷新页面", "a community cannot be read, reload");
    let ticked: Vec<CommunityId> =
        fields.all("communities").map(CommunityId::parse).collect::<Result<_, _>>().map_err(wrong)?;
    Ok((!ticked.is_empty()).then_some(ticked))
}

/// `POST /settings/staff`
pub async fn hire(posted: Posted<Visit>) -> Reply {
    let Posted { visit, fields } = posted;
    let work = move |app: &App, actor: &Actor| {
        let new = NewStaff {
            login: fields.text("login").to_owned(),
            name: fields.text("name").to_owned(),
            role: fields.required(("role", "岗位"), Role::parse)?,
            password: fields.text("password").to_owned(),
            communities: scope(&fields)?,
        };
        add_staff(app, actor, &new)
    };
    visit.run(work).await?;
    Ok(go("/settings?done=saved"))
}

/// `POST /settings/staff/{staff}`
pub async fn change(Path(staff): Path<String>, posted: Posted<Visit>) -> Reply {
    let Posted { visit, fields } = posted;
    let work = move |app: &App, actor: &Actor| {
        let id = StaffId::parse(&staff).map_err(|_| Refusal::not_found("账号", "account", ""))?;
        let password = fields.text("password");
        let edit = EditStaff {
            role: fields.optional(("role", "岗位"), Role::parse)?,
            active: match fields.text("active") {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            },
            password: (!password.is_empty()).then(|| password.to_owned()),
            communities: None,
        };
        edit_staff(app, actor, id, &edit)
    };
    visit.run(work).await?;
    Ok(go("/settings?done=saved"))
}

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage {
    ui: Ui,
}

/// `GET /settings/password`
pub async fn password(visit: Visit) -> Reply {
    let ui = visit.ui(Menu::Settings, "修改密码", "Change password");
    let locale = ui.locale;
    page(&PasswordPage { ui }, locale)
}

/// `POST /settings/password`: all sessions end, this one too.
pub async fn set_password(posted: Posted<Visit>) -> Reply {
    let Posted { visit, fields } = posted;
    let id = visit.signed_in.staff_id;
    let work = move |app: &App, _: &Actor| {
        if fields.text("new") != fields.text("again") {
            return Err(Refusal::invalid("again", "两次输入的新密码不一样", "the two new passwords differ"));
        }
        change_password(app, id, fields.text("old"), fields.text("new"))
    };
    visit.run(work).await?;
    Ok(with_cookie(go("/login"), &visit.web.set_cookie("", 0)))
}

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    ui: Ui,
    entries: Vec<AuditItem>,
    chosen: String,
}

impl AuditPage {
    fn at(&self, entry: &AuditItem) -> String {
        in_china(entry.at).format("%Y-%m-%d %H:%M:%S").to_string()
    }

    fn detail(&self, entry: &AuditItem) -> String {
        detail(self.ui.locale, &entry.detail)
    }
}

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    community: String,
    before: Option<i64>,
}

/// `GET /settings/audit`
pub async fn audit(visit: Visit, Query(asked): Query<Asked>) -> Reply {
    let community = CommunityId::parse(&asked.community).ok();
    let entries = visit.run(move |app, actor| list_audit(app, actor, community, asked.before)).await?;
    let ui = visit.ui(Menu::Settings, "操作记录", "Audit trail");
    let locale = ui.locale;
    page(&AuditPage { entries, chosen: asked.community, ui }, locale)
}
