//! An offer in the owner's own hands (业主链接): the promise or plan that was offered, with its amounts and days and what follows, to be agreed
//! to, declined, or answered with the wish to be called. Neither a name nor a home is told.
//!
//! Whoever holds the link may answer. Its last part is a keyed hash over community, kind and id of the offer, made with the key that seals
//! fields: nobody makes one up, it opens this one offer, and it ends with it. What is agreed to is what was shown: the answer brings the
//! hash of what the page said, and the audit chain keeps it with the time and the mark of the link. Answering twice changes nothing.

mod link;
mod standing;

pub use self::link::{Offer, OfferLink};
pub use self::standing::OfferStanding;

use chrono::NaiveDate;
use hemu_domain::collection::plan::{Instalment, PlanState};
use hemu_domain::collection::promise::PromiseState;
use hemu_domain::ids::{CaseId, CommunityId};
use hemu_domain::staff::Permission;
use hemu_domain::{Fen, Text, hex};
use hemu_store::collection::case::{self, CaseRow};
use hemu_store::collection::case_page::list_accounts;
use hemu_store::collection::work::{self, PlanRow, PromiseRow, TaskRow};
use hemu_store::{Tx, community};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use self::link::unknown;
use self::standing::{of_plan, of_promise};
use super::plans::{agree, end, says_of_offer, schedule_of, still_owed};
use super::promises::{accept, withdraw};
use super::snapshot;
use super::versions::in_force_on;
use super::work::audit_act;
use crate::{Actor, App, Refusal};

/// How an owner answered who did so by the link.
pub const BY_LINK: &str = "link";
/// Why a plan is given up that the owner declined.
const DECLINED: &str = "业主不同意";
/// How the task begins that an owner's wish to be called makes.
const CALL_BACK: &str = "业主请回电";

/// What the owner's page shows.
#[derive(Clone, Debug, Serialize)]
pub struct OfferPage {
    /// The company, or the service centre where it has no name.
    pub company: String,
    /// The community.
    pub community: String,
    /// Its service hotline; may be empty.
    pub phone: String,
    /// Whether it is a plan.
    pub is_plan: bool,
    /// The sum.
    pub total: Fen,
    /// By when how much.
    pub parts: Vec<Instalment>,
    /// What follows from agreeing, sentence by sentence.
    pub says: Vec<Text>,
    /// The last day to answer.
    pub until: NaiveDate,
    /// How it stands.
    pub standing: OfferStanding,
    /// Whether the owner asked to be called, and nobody has yet.
    pub call_asked: bool,
    /// The hash of what is shown, as hexadecimal digits.
    pub shown: String,
}

impl OfferPage {
    /// Whether the owner may answer.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.standing == OfferStanding::Open
    }
}

/// How the owner answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnerAnswer {
    /// Yes, to what was shown: its hash.
    Agree(String),
    /// No.
    Decline,
    /// Somebody is to call.
    CallBack,
}

/// The link of an offer, for whoever gives it to the owner; that it was handed out is recorded.
///
/// # Errors
/// [`Refusal::Conflict`] when the offer can be answered no more; [`Refusal::NotFound`] when the case has none of that id.
pub fn make_offer_link(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    case: CaseId,
    offer: Offer,
) -> Result<OfferLink, Refusal> {
    actor.require(Permission::WorkCases, community)?;
    app.db.write(|tx| {
        let found = Found::lock(tx, community, offer)?;
        if found.case.id != case {
            return Err(unknown());
        }
        let standing = found.standing(tx, app, community)?;
        if standing != OfferStanding::Open {
            return Err(Refusal::Conflict(standing.text(found.until())));
        }
        let link = OfferLink::of(app, community, offer);
        let detail = json!({ "kind": offer.kind(), "offer": offer.uuid(), "link": link.trace() });
        audit_act(tx, app, actor, community, "offer.link", case.uuid(), &detail)?;
        Ok(link)
    })
}

/// What a link shows.
///
/// # Errors
/// [`Refusal::NotFound`] for a link nobody made.
pub fn read_offer(app: &App, link: &OfferLink) -> Result<OfferPage, Refusal> {
    link.check(app)?;
    app.db.read(|tx| Found::read(tx, link.community, link.offer)?.page(tx, app, link))
}

/// Takes the owner's answer; the same one again changes nothing.
///
/// # Errors
/// [`Refusal::Conflict`] with what became of the offer, or when the page showed something else than it would now.
pub fn answer_offer(app: &App, link: &OfferLink, answer: &OwnerAnswer) -> Result<(), Refusal> {
    link.check(app)?;
    let actor = Actor::owner_by_link(link.community);
    app.db.write(|tx| {
        let found = Found::lock(tx, link.community, link.offer)?;
        let page = found.page(tx, app, link)?;
        let told = || Err(Refusal::Conflict(page.standing.text(page.until)));
        let agreed = matches!(page.standing, OfferStanding::Agreed | OfferStanding::Waits);
        match answer {
            OwnerAnswer::Agree(_) if agreed => Ok(()),
            OwnerAnswer::Agree(shown) if page.is_open() => {
                if *shown != page.shown {
                    let zh = "页面内容已有变化，请重新打开链接，看清后再同意";
                    return Err(Refusal::conflict(zh, "the page has changed: open the link again and read it first"));
                }
                found.agree(tx, app, &actor, link.community)?;
                let detail = json!({ "kind": link.offer.kind(), "offer": link.offer.uuid(), "link": link.trace(),
                    "shown_sha256": shown });
                audit_act(tx, app, &actor, link.community, "offer.agree", found.case.id.uuid(), &detail)
            }
            OwnerAnswer::Decline if page.is_open() => found.decline(tx, app, &actor, link),
            OwnerAnswer::Decline if page.standing == OfferStanding::Withdrawn => Ok(()),
            OwnerAnswer::CallBack if page.call_asked => Ok(()),
            OwnerAnswer::CallBack if found.case.closed_on.is_none() => found.call_back(tx, app, &actor, link),
            OwnerAnswer::Agree(_) | OwnerAnswer::Decline | OwnerAnswer::CallBack => told(),
        }
    })
}

/// An offer with its case.
struct Found {
    case: CaseRow,
    terms: Terms,
}

enum Terms {
    Promise(PromiseRow),
    Plan(PlanRow),
}

impl Found {
    fn read(tx: &mut Tx<'_>, community: CommunityId, offer: Offer) -> Result<Self, Refusal> {
        let terms = match offer {
            Offer::Promise(id) => work::find_promise(tx, community, id)?.map(Terms::Promise),
            Offer::Plan(id) => work::find_plan(tx, community, id)?.map(Terms::Plan),
        };
        let terms = terms.ok_or_else(unknown)?;
        let id = match &terms {
            Terms::Promise(one) => one.case_id,
            Terms::Plan(one) => one.case_id,
        };
        let case = case::find(tx, community, id)?.ok_or_else(unknown)?;
        Ok(Self { case, terms })
    }

    /// The same under the locks of the community's facts and of the case, in the order in which payments take them.
    fn lock(tx: &mut Tx<'_>, community: CommunityId, offer: Offer) -> Result<Self, Refusal> {
        community::next_seq(tx, community, 0)?;
        let id = Self::read(tx, community, offer)?.case.id;
        case::lock(tx, community, id)?;
        Self::read(tx, community, offer)
    }

    fn until(&self) -> NaiveDate {
        match &self.terms {
            Terms::Promise(one) => one.lapses_on.unwrap_or(one.due_on),
            Terms::Plan(one) => one.lapses_on,
        }
    }

    fn standing(&self, tx: &mut Tx<'_>, app: &App, community: CommunityId) -> Result<OfferStanding, Refusal> {
        let stands = match &self.terms {
            Terms::Promise(one) => of_promise(PromiseState::parse(&one.state).map_err(Refusal::Internal)?),
            Terms::Plan(one) => of_plan(PlanState::parse(&one.state).map_err(Refusal::Internal)?),
        };
        Ok(match (&self.terms, stands) {
            (_, OfferStanding::Open) if self.case.closed_on.is_some() => OfferStanding::Settled,
            (_, OfferStanding::Open) if self.until() < app.today() => OfferStanding::Lapsed,
            (Terms::Promise(_), OfferStanding::Open) if !self.owes(tx, app, community)? => OfferStanding::Settled,
            (Terms::Plan(plan), OfferStanding::Open) if !still_owed(tx, app, community, plan)? => {
                OfferStanding::Changed
            }
            (Terms::Plan(plan), OfferStanding::Withdrawn) if plan.ended_why == "逾期未答复" => {
                OfferStanding::Lapsed
            }
            (_, stands) => stands,
        })
    }

    fn owes(&self, tx: &mut Tx<'_>, app: &App, community: CommunityId) -> Result<bool, Refusal> {
        Ok(snapshot::one_case(tx, community, self.case.id, app.today())?.facts.overdue.is_positive())
    }

    fn page(&self, tx: &mut Tx<'_>, app: &App, link: &OfferLink) -> Result<OfferPage, Refusal> {
        let place = community::get(tx, link.community)?;
        let (total, parts, says) = match &self.terms {
            Terms::Promise(one) => {
                let parts = vec![Instalment { due_on: one.due_on, amount: one.amount_fen }];
                let grace_days = in_force_on(tx, one.promised_on)?.promise_grace_days;
                (one.amount_fen, parts, says_of_promise(one, grace_days))
            }
            Terms::Plan(one) => {
                let says = says_of_offer(tx, link.community, (one, self.case.party_id))?;
                (one.total_fen, schedule_of(one)?, says)
            }
        };
        let standing = self.standing(tx, app, link.community)?;
        let shown =
            json!({ "offer": link.offer.uuid(), "total": total, "parts": parts, "says": says, "until": self.until() });
        Ok(OfferPage {
            company: if place.company_name.is_empty() { "物业服务中心".to_owned() } else { place.company_name },
            community: place.name,
            phone: place.service_phone,
            is_plan: matches!(self.terms, Terms::Plan(_)),
            until: self.until(),
            call_asked: self.find_call_asked(tx, link.community)?,
            shown: hex(&Sha256::digest(shown.to_string())),
            standing,
            total,
            parts,
            says,
        })
    }

    fn find_call_asked(&self, tx: &mut Tx<'_>, community: CommunityId) -> Result<bool, Refusal> {
        let tasks = work::list_tasks_of_case(tx, community, self.case.id)?;
        Ok(tasks.iter().any(|task| task.state == "open" && task.title.starts_with(CALL_BACK)))
    }

    fn agree(&self, tx: &mut Tx<'_>, app: &App, actor: &Actor, community: CommunityId) -> Result<(), Refusal> {
        match &self.terms {
            Terms::Promise(offer) => accept(tx, app, actor, community, (&self.case, offer), BY_LINK).map(|_| ()),
            Terms::Plan(plan) => agree(tx, app, actor, community, (&self.case, plan), BY_LINK),
        }
    }

    fn decline(&self, tx: &mut Tx<'_>, app: &App, actor: &Actor, link: &OfferLink) -> Result<(), Refusal> {
        match &self.terms {
            Terms::Promise(offer) => withdraw(tx, app, actor, link.community, (&self.case, offer), DECLINED)?,
            Terms::Plan(plan) => end(tx, app, link.community, plan, (PlanState::Cancelled, DECLINED))?,
        }
        let detail = json!({ "kind": link.offer.kind(), "offer": link.offer.uuid(), "link": link.trace() });
        audit_act(tx, app, actor, link.community, "offer.decline", self.case.id.uuid(), &detail)
    }

    /// A task for whoever is responsible: while it is open, nothing else goes out.
    fn call_back(&self, tx: &mut Tx<'_>, app: &App, actor: &Actor, link: &OfferLink) -> Result<(), Refusal> {
        let accounts = list_accounts(tx, link.community, self.case.party_id)?;
        let unit = accounts.first().map_or("", |one| one.unit.as_str());
        let task = TaskRow {
            id: app.new_id(),
            case_id: Some(self.case.id),
            action_id: None,
            kind: "call".to_owned(),
            title: format!("{CALL_BACK} {unit}"),
            staff_id: self.case.staff_id,
            due_on: app.today(),
            fitting_time: "09:00-20:00".to_owned(),
            state: "open".to_owned(),
            result: None,
            created_on: app.today(),
            done_on: None,
            done_by: None,
        };
        work::insert_task(tx, link.community, &task)?;
        let detail = json!({ "kind": link.offer.kind(), "offer": link.offer.uuid(), "link": link.trace() });
        audit_act(tx, app, actor, link.community, "offer.call_back", self.case.id.uuid(), &detail)
    }
}

fn says_of_promise(offer: &PromiseRow, grace_days: i64) -> Vec<Text> {
    let (due_on, amount) = (offer.due_on, offer.amount_fen.grouped());
    vec![
        Text::new(
            format!("您答应在 {due_on}（含当天）前缴纳 {amount} 元"),
            format!("you promise to pay {amount} yuan by {due_on}"),
        ),
        Text::new(
            format!("到那一天以及之后 {grace_days} 天内，我们不再催缴"),
            format!("until that day, and for {grace_days} days after it, nobody asks for it"),
        ),
        Text::new(
            "承诺不减免欠费；合同约定了违约金的，缴清前照合同计算",
            "a promise lets nothing off; a late fee of the contract runs until it is paid",
        ),
        Text::new(
            "同意即承认这笔欠费，诉讼时效自同意之日起重新计算（民法典 195）",
            "by agreeing you acknowledge the debt; limitation runs anew from that day (民法典 195)",
        ),
        Text::new(
            "到期没有缴清的，我们会再与您沟通；不会因此停水、停电、停气、停热（民法典 944）",
            "if it is not paid by then we speak again; water, electricity, gas and heat are never cut for it (民法典 944)",
        ),
    ]
}
