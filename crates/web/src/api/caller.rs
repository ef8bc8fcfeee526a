//! Who calls: [`Caller`] for company-wide operations, [`Site`] for those of a community, [`Looking`] for the looks that are taken
//! most, which find out who asks in the same read as what is shown.
//!
//! A bearer token is the token of a session (`POST /api/v1/session`). The cookie of a browser's session counts too, but a change
//! then needs the session's token in `X-CSRF-Token`: another page cannot read that. Role and communities are checked by the use cases.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use hemu_app::look::look_at;
use hemu_app::registry::communities::{CommunityReport, find_community_of};
use hemu_app::staff::session::{SignedIn, find_signed_in};
use hemu_app::{Actor, App, Look, Refusal};
use hemu_domain::Locale;
use hemu_domain::ids::CommunityId;

use super::answer::{Answer, Written};
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

/// A call that only looks at a community: nothing is known of the caller before [`Looking::show`].
pub struct Looking {
    /// The server.
    pub web: Web,
    locale: Locale,
    token: String,
    proof: Proof,
    community: Option<CommunityId>,
}

/// Why nothing is shown.
enum Stop {
    Refused(Refusal),
    /// What was asked for cannot be read.
    Told(Problem),
    Token,
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Looking {
    /// Shows what `work` makes of what was asked for: on one blocking thread, in one read. Who may not look learns nothing of
    /// what is wrong with the question.
    ///
    /// # Errors
    /// The refusal, as a problem in the caller's language.
    pub async fn show<A: Send + 'static>(
        self,
        asked: Result<A, Problem>,
        work: impl FnOnce(&mut Look<'_, '_>, A) -> Result<Written, Refusal> + Send + 'static,
    ) -> Answer {
        let Self { web, locale, token, proof, community } = self;
        let show = move |look: &mut Look<'_, '_>| {
            if !proof.fits(&look.signed_in) {
                return Err(Stop::Token);
            }
            work(look, asked.map_err(Stop::Told)?).map_err(Stop::Refused)
        };
        let shown = blocking(move || Ok(look_at(&web.app, &token, community, show))).await;
        let fail = |fault| Problem::in_locale(locale, fault);
        match shown.map_err(|refusal| fail(Fault::Refused(refusal)))? {
            Ok(Some(written)) => Ok(written.into_answer()),
            Ok(None) => Err(fail(Fault::SignIn)),
            Err(Stop::Refused(refusal)) => Err(fail(Fault::Refused(refusal))),
            Err(Stop::Told(problem)) => Err(problem),
            Err(Stop::Token) => Err(fail(Fault::Token)),
        }
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

/// What a change by cookie brings to show that it comes from a page of ours.
struct Proof {
    needed: bool,
    brought: Option<String>,
}

impl Proof {
    fn of(parts: &Parts, by_cookie: bool) -> Self {
        let reads = matches!(parts.method, Method::GET | Method::HEAD);
        let brought = parts.headers.get("x-csrf-token").and_then(|value| value.to_str().ok());
        Self { needed: by_cookie && !reads, brought: brought.map(ToOwned::to_owned) }
    }

    fn fits(&self, signed_in: &SignedIn) -> bool {
        !self.needed || self.brought.as_deref() == Some(signed_in.csrf_token.as_str())
    }
}

/// The community of an address.
async fn community_of(parts: &mut Parts, web: &Web) -> Option<CommunityId> {
    let params = RawPathParams::from_request_parts(parts, web).await.ok()?;
    let named = params.iter().find(|(name, _)| *name == "community")?;
    CommunityId::parse(named.1).ok()
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
        let proof = Proof::of(parts, by_cookie);
        if !proof.fits(&signed_in) {
            return Err(fail(Fault::Token));
        }
        Ok(Self { web: web.clone(), signed_in, locale, token })
    }
}

impl FromRequestParts<Web> for Site {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, web).await?;
        let unknown = || Refusal::not_found("小区", "community", "");
        let id = community_of(parts, web).await.ok_or_else(|| caller.fail(unknown()))?;
        let find = move |app: &App, actor: &Actor| find_community_of(app, actor, id)?.ok_or_else(unknown);
        Ok(Self { community: caller.run(find).await?, caller })
    }
}

impl FromRequestParts<Web> for Looking {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let locale = wanted_locale(&parts.headers);
        let found = find_token(web, &parts.headers);
        let (token, by_cookie) = found.ok_or_else(|| Problem::in_locale(locale, Fault::SignIn))?;
        let proof = Proof::of(parts, by_cookie);
        Ok(Self { web: web.clone(), locale, token, proof, community: community_of(parts, web).await })
    }
}
