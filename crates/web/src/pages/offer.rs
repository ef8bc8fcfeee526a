//! 业主链接: what an owner sees who opens the link of an offer, on a phone, without an account; and the page on which staff get that link.
//!
//! The link itself is the proof: nobody makes one up, and a form of another site cannot know it. Neither a name nor a home is shown.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::routing::{get, post};
use hemu_app::collection::offers::{
    Offer, OfferLink, OfferPage, OwnerAnswer, answer_offer, make_offer_link, read_offer,
};
use hemu_app::{App, Refusal};
use hemu_domain::ids::{CaseId, CommunityId};
use hemu_domain::{Fen, Locale, Text};

use super::cases::read_case;
use crate::fields::{Fields, Posted};
use crate::forms;
use crate::reply::{Failure, PageError, Reply, go, page};
use crate::server::Web;
use crate::ui::{Menu, Ui, asset};
use crate::visit::{Place, blocking, wanted_locale};

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/o/{community}/{kind}/{offer}/{mark}", get(show).post(answer))
        .route("/c/{community}/cases/{case}/offer-link", post(link))
}

#[derive(Template)]
#[template(path = "offer.html")]
struct OwnerPage {
    locale: Locale,
    offer: OfferPage,
}

impl OwnerPage {
    fn say<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        if self.locale == Locale::Zh { zh } else { en }
    }

    fn text<'a>(&self, text: &'a Text) -> &'a str {
        text.in_locale(self.locale)
    }

    fn standing(&self) -> String {
        self.text(&self.offer.standing.text(self.offer.until)).to_owned()
    }

    fn money(&self, amount: &Fen) -> String {
        amount.grouped()
    }

    fn asset(&self, path: &str) -> String {
        asset(path)
    }
}

type Address = Path<(String, String, String, String)>;

fn read_link((community, kind, id, mark): (String, String, String, String)) -> Result<OfferLink, Refusal> {
    let unknown = || Refusal::not_found("链接，请向物业核对", "link: ask the property office", "");
    let community = CommunityId::parse(&community).map_err(|_| unknown())?;
    Ok(OfferLink { community, offer: Offer::parse(&kind, &id).ok_or_else(unknown)?, mark })
}

/// Runs a use case for the link of an address.
async fn with_link<T: Send + 'static>(
    web: &Web,
    headers: &HeaderMap,
    Path(address): Address,
    work: impl FnOnce(&App, &OfferLink) -> Result<T, Refusal> + Send + 'static,
) -> Result<(OfferLink, T), PageError> {
    let app = Arc::clone(&web.app);
    let found = blocking(move || {
        let link = read_link(address)?;
        let found = work(&app, &link)?;
        Ok((link, found))
    });
    found.await.map_err(|refusal| PageError { locale: wanted_locale(headers), failure: Failure::Refused(refusal) })
}

/// `GET /o/{community}/{kind}/{offer}/{mark}`: nobody's search finds it, and no other site learns the address.
pub async fn show(State(web): State<Web>, headers: HeaderMap, address: Address) -> Reply {
    let (_, offer) = with_link(&web, &headers, address, read_offer).await?;
    let locale = wanted_locale(&headers);
    let mut shown = page(&OwnerPage { locale, offer }, locale)?;
    shown.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex, nofollow"));
    Ok(shown)
}

/// `POST` to the same address: the owner's answer, then the page again, which says how the offer stands.
pub async fn answer(State(web): State<Web>, headers: HeaderMap, address: Address, fields: Fields) -> Reply {
    let take = move |app: &App, link: &OfferLink| answer_offer(app, link, &owner_answer(&fields)?);
    let (link, ()) = with_link(&web, &headers, address, take).await?;
    Ok(go(&link.address()))
}

fn owner_answer(fields: &Fields) -> Result<OwnerAnswer, Refusal> {
    match fields.text("answer") {
        "agree" if fields.is_ticked("read") => Ok(OwnerAnswer::Agree(fields.text("shown").to_owned())),
        "agree" => Err(Refusal::invalid(
            "read",
            "请先勾选“已看清金额和日期”再同意",
            "tick that you have read the amounts and days, then agree",
        )),
        "decline" => Ok(OwnerAnswer::Decline),
        "call" => Ok(OwnerAnswer::CallBack),
        _ => Err(Refusal::invalid("answer", "请选择同意、不同意或请物业回电", "agree, decline, or ask for a call")),
    }
}

#[derive(Template)]
#[template(path = "offer-link.html")]
struct LinkPage {
    ui: Ui,
    case: CaseId,
    address: String,
}

/// `POST /c/{community}/cases/{case}/offer-link`: the link to give to the owner; that it was handed out is recorded.
pub async fn link(
    State(web): State<Web>,
    headers: HeaderMap,
    Path((_, case)): Path<(String, String)>,
    posted: Posted<Place>,
) -> Reply {
    let Posted { visit: at, fields } = posted;
    let (id, community) = (read_case(&case).map_err(|refusal| at.visit.fail(refusal))?, at.id());
    let made = at.run(move |app, actor, _| make_offer_link(app, actor, community, id, forms::offer(&fields)?)).await?;
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or("localhost");
    let scheme = if web.options.https { "https" } else { "http" };
    let ui = at.ui(Menu::Cases, "给业主的链接", "The owner's link");
    let locale = ui.locale;
    page(&LinkPage { ui, case: id, address: format!("{scheme}://{host}{}", made.address()) }, locale)
}
