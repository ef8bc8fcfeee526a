//! Who calls: [`Caller`] for company-wide operations, [`Site`] for those of a community.
//!
//! A bearer token is the token of a session (`POST /api/v1/session`). The cookie of a browser's session counts too, but a change
//! then needs the session's token in `X-CSRF-Token`: another page cannot read that. Role and communities are checked by the use cases.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use hemu_app::registry::communities::{CommunityReport, find_community_of};
use hemu_app::staff::session::{SignedIn, find_signed_in};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::Locale;
use hemu_domain::ids::CommunityId;

use super::problem::{Fault, Problem};
use crate::server::Web;
use crate::visit::{blocking, wanted_locale};

/// Somebody whose session is known.
pub struct Caller {
    /// The server.
    pub web: Web,
    /// Who.
    pub signed_in: SignedIn,
    /// The language of sentences.
    pub locale: Locale,
    /// The token of the session.
    pub token: String,
}

/// Somebody who asks about a community.
pub struct Site {
    /// Who.
    pub caller: Caller,
    /// Where.
    pub community: CommunityReport,
}

impl Caller {
    /// Runs use cases on a blocking thread.
    ///
    /// # Errors
    /// The refusal, as a problem in the caller's language.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&App, &Actor) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Problem> {
        let (app, actor) = (Arc::clone(&self.web.app), self.signed_in.actor.clone());
        blocking(move || work(&app, &actor)).await.map_err(|refusal| self.fail(refusal))
    }

    /// A refusal as a problem in the caller's language.
    #[must_use]
    pub fn fail(&self, refusal: Refusal) -> Problem {
        Problem::in_locale(self.locale, Fault::Refused(refusal))
    }
}

impl Site {
    /// Runs use cases on a blocking thread; the last argument is the community's name.
    ///
    /// # Errors
    /// The refusal, as a problem in the caller's language.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&App, &Actor, &str) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Problem> {
        let name = self.community.name.clone();
        self.caller.run(move |app, actor| work(app, actor, &name)).await
    }

    /// The community.
    #[must_use]
    pub fn id(&self) -> CommunityId {
        self.community.id
    }
}

/// The token of a call, and whether it came by itself, with a cookie.
fn find_token(web: &Web, headers: &HeaderMap) -> Option<(String, bool)> {
    let Some(authorization) = headers.get(header::AUTHORIZATION) else {
        return web.cookie(headers).map(|token| (token, true));
    };
    let (scheme, token) = authorization.to_str().ok()?.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| (token.trim().to_owned(), false))
}

impl FromRequestParts<Web> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let locale = wanted_locale(&parts.headers);
        let fail = |fault| Problem::in_locale(locale, fault);
        let (token, by_cookie) = find_token(web, &parts.headers).ok_or_else(|| fail(Fault::SignIn))?;
        let (app, asked) = (Arc::clone(&web.app), token.clone());
        let found = blocking(move || find_signed_in(&app, &asked)).await;
        let signed_in = found.map_err(|refusal| fail(Fault::Refused(refusal)))?.ok_or_else(|| fail(Fault::SignIn))?;
        let reads = matches!(parts.method, Method::GET | Method::HEAD);
        let brought = parts.headers.get("x-csrf-token").and_then(|value| value.to_str().ok());
        if by_cookie && !reads && brought != Some(signed_in.csrf_token.as_str()) {
            return Err(fail(Fault::Token));
        }
        Ok(Self { web: web.clone(), signed_in, locale, token })
    }
}

impl FromRequestParts<Web> for Site {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, web).await?;
        let asked = RawPathParams::from_request_parts(parts, web).await.ok();
        let asked = asked
            .and_then(|params| params.iter().find(|(name, _)| *name == "community").map(|(_, value)| value.to_owned()));
        let unknown = || Refusal::not_found("小区", "community", "");
        let id = asked.and_then(|id| CommunityId::parse(&id).ok()).ok_or_else(|| caller.fail(unknown()))?;
        let find = move |app: &App, actor: &Actor| find_community_of(app, actor, id)?.ok_or_else(unknown);
        Ok(Self { community: caller.run(find).await?, caller })
    }
}
