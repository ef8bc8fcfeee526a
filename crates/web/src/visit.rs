//! Who asks, and for which community: [`Visit`] for company-wide pages, [`Place`] for those of a community.

use std::sync::Arc;

use axum::extract::{FromRequestParts, OptionalFromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use hemu_app::registry::communities::{CommunityReport, list_communities};
use hemu_app::staff::session::{SignedIn, find_signed_in};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::Locale;
use hemu_domain::ids::CommunityId;

use crate::reply::{Failure, PageError};
use crate::server::Web;
use crate::ui::{Menu, Ui};

/// Somebody who is signed in.
pub struct Visit {
    /// The server.
    pub web: Web,
    /// Who.
    pub signed_in: SignedIn,
    /// The communities the person works for.
    pub communities: Vec<CommunityReport>,
    notice: Option<String>,
    home: Option<CommunityReport>,
}

/// Somebody who is signed in and looks at a community.
pub struct Place {
    /// Who.
    pub visit: Visit,
    /// Where.
    pub community: CommunityReport,
}

impl Visit {
    /// The frame of a page.
    #[must_use]
    pub fn ui(&self, menu: Menu, zh: &str, en: &str) -> Ui {
        Ui {
            locale: self.signed_in.locale,
            actor: self.signed_in.actor.clone(),
            csrf: self.signed_in.csrf_token.clone(),
            today: self.web.app.today(),
            community: None,
            home: self.home.clone(),
            communities: self.communities.clone(),
            menu,
            title: if self.signed_in.locale == Locale::Zh { zh } else { en }.to_owned(),
            notice: self.notice.clone(),
        }
    }

    /// Runs use cases on a blocking thread.
    ///
    /// # Errors
    /// The refusal, as a page in the visitor's language.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&App, &Actor) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, PageError> {
        let (app, actor) = (Arc::clone(&self.web.app), self.signed_in.actor.clone());
        blocking(move || work(&app, &actor)).await.map_err(|refusal| self.fail(refusal))
    }

    /// A refusal as a page in the visitor's language.
    #[must_use]
    pub fn fail(&self, refusal: Refusal) -> PageError {
        PageError { locale: self.signed_in.locale, failure: Failure::Refused(refusal) }
    }
}

impl Place {
    /// The frame of a page.
    #[must_use]
    pub fn ui(&self, menu: Menu, zh: &str, en: &str) -> Ui {
        let here = Some(self.community.clone());
        Ui { community: here.clone(), home: here, ..self.visit.ui(menu, zh, en) }
    }

    /// Runs use cases on a blocking thread; the last argument is the community's name.
    ///
    /// # Errors
    /// The refusal, as a page in the visitor's language.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&App, &Actor, &str) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, PageError> {
        let name = self.community.name.clone();
        self.visit.run(move |app, actor| work(app, actor, &name)).await
    }

    /// The community.
    #[must_use]
    pub fn id(&self) -> CommunityId {
        self.community.id
    }

    /// An address within the community.
    #[must_use]
    pub fn here(&self, path: &str) -> String {
        crate::ui::place(self.community.id, path)
    }
}

/// Runs blocking work away from the threads that serve.
///
/// # Errors
/// What the work refuses; [`Refusal::Internal`] when it panicked.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(Refusal::Internal(error.to_string())),
    }
}

impl FromRequestParts<Web> for Visit {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, PageError> {
        let locale = wanted_locale(&parts.headers);
        let fail = |failure| PageError { locale, failure };
        let token = web.cookie(&parts.headers).ok_or_else(|| fail(Failure::SignIn))?;
        let app = Arc::clone(&web.app);
        let found = blocking(move || {
            let Some(signed_in) = find_signed_in(&app, &token)? else { return Ok(None) };
            let communities = list_communities(&app, &signed_in.actor)?;
            Ok(Some((signed_in, communities)))
        });
        let found = found.await.map_err(|refusal| fail(Failure::Refused(refusal)))?;
        let (signed_in, communities) = found.ok_or_else(|| fail(Failure::SignIn))?;
        let notice = notice(parts.uri.query(), signed_in.locale);
        let home = home(parts.uri.query(), &communities);
        Ok(Self { web: web.clone(), signed_in, communities, notice, home })
    }
}

impl OptionalFromRequestParts<Web> for Visit {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Option<Self>, PageError> {
        match <Self as FromRequestParts<Web>>::from_request_parts(parts, web).await {
            Ok(visit) => Ok(Some(visit)),
            Err(PageError { failure: Failure::SignIn, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl FromRequestParts<Web> for Place {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, PageError> {
        let visit = <Visit as FromRequestParts<Web>>::from_request_parts(parts, web).await?;
        let asked = RawPathParams::from_request_parts(parts, web).await.ok();
        let asked = asked
            .and_then(|params| params.iter().find(|(name, _)| *name == "community").map(|(_, value)| value.to_owned()));
        let id = asked.and_then(|id| CommunityId::parse(&id).ok());
        let Some(community) = visit.communities.iter().find(|one| Some(one.id) == id).cloned() else {
            return Err(visit.fail(Refusal::not_found("小区", "community", "")));
        };
        Ok(Self { visit, community })
    }
}

/// The language a browser asks for, before anybody is signed in.
#[must_use]
pub fn wanted_locale(headers: &HeaderMap) -> Locale {
    let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Locale::from_tag(asked)
}

/// The community whose menu a company page shows: the one the address names (`?c=ID`), else the first.
fn home(query: Option<&str>, communities: &[CommunityReport]) -> Option<CommunityReport> {
    let asked = query.and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("c=")));
    let named = communities.iter().find(|one| asked.is_some_and(|id| one.id.to_string() == id));
    named.or(communities.first()).cloned()
}

/// What was just done, told by a word in the address (`?done=saved`): never a text from outside.
fn notice(query: Option<&str>, locale: Locale) -> Option<String> {
    let done = query?.split('&').find_map(|pair| pair.strip_prefix("done="))?;
    let (zh, en) = match done {
        "saved" => ("已保存", "Saved"),
        "recorded" => ("已登记", "Recorded"),
        "recorded_over" => (
            "已登记；这次联系超出联系额度，记录里已注明",
            "Recorded; it was over the contact budget, and the record says so",
        ),
        "issued" => ("已出账", "Bills were issued"),
        "opened" => ("已开班", "The shift is open"),
        "shift_closed" => ("已日结", "The shift is closed"),
        "moved" => ("已转款", "Moved"),
        "published" => ("账单已发布", "The bills are published"),
        "closed" => ("已结账，数字已固定", "Closed: its figures are frozen"),
        "shared" => ("公摊已确认，出账时计入账单", "Confirmed: the next bill run takes the shares"),
        "cancelled" => ("已取消", "Cancelled"),
        "reversed" => ("已冲红，欠费已恢复", "Reversed: what it had paid is owed again"),
        "imported" => ("已导入", "Imported"),
        "booked" => ("已入账", "Booked"),
        "reopened" => ("已撤销，可重新认领", "Undone: the line waits again"),
        "ran" => ("催缴已运行", "Collection was run"),
        "sent" => ("已处理待发消息", "Messages that were due were handled"),
        "released" => ("暂缓已解除", "The hold was released"),
        "held" => ("已暂缓催缴", "Contact is on hold"),
        "letter" => ("函件已生成", "The letter was made"),
        "asked" => ("申请已提交，等待另一人审批", "Submitted: another person decides"),
        "waived" => ("已减免", "Let off"),
        "approved" => ("已批准并执行", "Approved and done"),
        "refused" => ("已驳回", "Refused"),
        "withdrawn" => ("申请已撤回", "Withdrawn"),
        "served" => ("送达情况已登记", "Service was recorded"),
        _ => return None,
    };
    Some(if locale == Locale::Zh { zh } else { en }.to_owned())
}
