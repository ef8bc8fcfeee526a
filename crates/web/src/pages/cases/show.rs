//! The page of one case: left who owes what, in the middle what happened, right what to do next and what to say.

use askama::Template;
use axum::extract::{Path, Query};
use hemu_app::collection::assignment::{Person, list_keepers};
use hemu_app::collection::case_page::{CasePage, ContactItem, DecisionItem, case_page};
use hemu_app::collection::contact_room::{Closed, start_contact};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::Fen;
use hemu_domain::collection::classification::{Attitude, Cause, ContactOutcome};
use hemu_domain::collection::contact_block::Initiative;
use hemu_domain::collection::hold::HoldKind;
use hemu_domain::collection::next_step::{OfferedDay, next_step, offered_days};
use hemu_domain::ids::{CaseId, ContactPointId};
use hemu_domain::outreach::contact_limit::ContactLimit;
use hemu_domain::outreach::scripts::{ObjectionCard, ScriptCard, ScriptChannel};
use hemu_domain::service::{ComplaintKind, Department, Priority};
use hemu_domain::staff::Permission;
use serde::Deserialize;

use super::trace::tree;
use crate::fields::Posted;
use crate::forms;
use crate::reply::{Reply, page};
use crate::ui::{Menu, Ui};
use crate::visit::Place;

#[derive(Template)]
#[template(path = "case.html")]
struct Content {
    ui: Ui,
    case: CasePage,
    people: Vec<Person>,
    may_adjust: bool,
    causes: Vec<(&'static str, String)>,
    attitudes: Vec<(&'static str, String)>,
    outcomes: Vec<OfferedOutcome>,
    days: Vec<OfferedDay>,
    holds: Vec<(&'static str, String)>,
    initiatives: Vec<(&'static str, String)>,
    limit_kinds: Vec<(&'static str, String)>,
    channels: Vec<(&'static str, String)>,
    script: ScriptCard,
    objections: Vec<ObjectionCard>,
    complaint_kinds: Vec<(&'static str, String)>,
    priorities: Vec<(&'static str, String)>,
    departments: Vec<(&'static str, String)>,
    may_work: bool,
    may_see_pictures: bool,
    may_hold: bool,
    may_letter: bool,
    may_approve: bool,
    may_reveal: bool,
    revealed: Revealed,
}

/// The outcomes a person records by hand, in the order of the buttons.
const OUTCOMES: [ContactOutcome; 8] = [
    ContactOutcome::ReachedPromise,
    ContactOutcome::ReachedTalk,
    ContactOutcome::ReachedDispute,
    ContactOutcome::ReachedRefuse,
    ContactOutcome::NoAnswer,
    ContactOutcome::ReachedWrongPerson,
    ContactOutcome::Off,
    ContactOutcome::Invalid,
];

/// An outcome with what comes after it, as it is saved where nobody names another step.
struct OfferedOutcome {
    word: &'static str,
    name: String,
    next: String,
    when: String,
}

impl OfferedOutcome {
    fn of(outcome: ContactOutcome, ui: &Ui) -> Self {
        let next = next_step(outcome, None, ui.today);
        // The day of a promise is still to be chosen.
        let when = match outcome {
            ContactOutcome::ReachedPromise => ui.say("承诺日次日", "the day after the promised one").to_owned(),
            _ => next.on.to_string(),
        };
        Self { word: outcome.as_str(), name: ui.text(&outcome.label()), next: ui.text(&next.what), when }
    }
}

/// What many promise where they cannot pay all at once.
const PART: Fen = Fen::new(50_000);

/// A contact point that was revealed, in full.
type Revealed = Option<(ContactPointId, String)>;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// How the owner is spoken to: the script of that channel.
    by: String,
}

/// `GET /c/{community}/cases/{case}`
pub async fn show(at: Place, Path((_, case)): Path<(String, String)>, Query(asked): Query<Asked>) -> Reply {
    render(&at, &case, None, ScriptChannel::parse(&asked.by).ok()).await
}

/// `POST …/reveal`: one number in full, to be dialled, where the contact budget has room; the audit trail keeps who looked.
pub async fn reveal(Path((_, case)): Path<(String, String)>, posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let (id, community) = (read_case(&case).map_err(|refusal| at.visit.fail(refusal))?, at.id());
    let work = move |app: &App, actor: &Actor, _: &str| {
        let point = fields.required(("contact", "联系方式"), ContactPointId::parse)?;
        let initiative = forms::initiative(&fields)?;
        Ok((point, start_contact(app, actor, (community, id), point, initiative)?))
    };
    let revealed = at.run(work).await?;
    render(&at, &case, Some(revealed), Some(ScriptChannel::Phone)).await
}

async fn render(at: &Place, case: &str, revealed: Revealed, by: Option<ScriptChannel>) -> Reply {
    let id = read_case(case).map_err(|refusal| at.visit.fail(refusal))?;
    let community = at.id();
    let work = move |app: &App, actor: &Actor, name: &str| {
        Ok((case_page(app, actor, name, id)?, list_keepers(app, actor, community)?.people))
    };
    let (case, people) = at.run(work).await?;
    let mut ui = at.ui(Menu::Cases, "案件", "Case");
    ui.title = format!("{} {}", ui.title, case.number);
    let locale = ui.locale;
    let content = Content {
        causes: Cause::ALL.iter().map(|one| (one.as_str(), ui.text(&one.label()))).collect(),
        attitudes: Attitude::ALL.iter().map(|one| (one.as_str(), ui.text(&one.label()))).collect(),
        outcomes: OUTCOMES.iter().map(|one| OfferedOutcome::of(*one, &ui)).collect(),
        days: offered_days(ui.today),
        holds: HoldKind::ALL
            .iter()
            .filter(|one| one.is_opened_by_staff() && !one.is_of_community())
            .map(|one| (one.as_str(), ui.text(&one.label())))
            .collect(),
        initiatives: Initiative::ALL.iter().map(|one| (one.as_str(), ui.text(&one.label()))).collect(),
        limit_kinds: ContactLimit::ALL.iter().map(|one| (one.as_str(), ui.text(&one.label()))).collect(),
        channels: ScriptChannel::ALL.iter().map(|one| (one.as_str(), ui.text(&one.label()))).collect(),
        script: case.script(by.unwrap_or_else(|| fitting_channel(&case))),
        objections: case.objections(),
        complaint_kinds: ComplaintKind::ALL.iter().map(|one| (one.as_str(), ui.text(&one.label()))).collect(),
        priorities: Priority::ALL.iter().map(|one| (one.as_str(), ui.text(&one.label()))).collect(),
        departments: Department::ALL.iter().map(|one| (one.as_str(), ui.text(&one.label()))).collect(),
        may_work: ui.may(Permission::WorkCases) && case.closed_on.is_none(),
        may_see_pictures: ui.may(Permission::WorkCases),
        may_hold: ui.may(Permission::HoldCases) && case.closed_on.is_none(),
        may_letter: ui.may(Permission::IssueLetters) && case.closed_on.is_none(),
        may_approve: ui.may(Permission::Approve),
        may_reveal: ui.may(Permission::RevealPersonalData),
        may_adjust: ui.may(Permission::ReversePayment),
        people,
        revealed,
        case,
        ui,
    };
    page(&content, locale)
}

impl Content {
    /// Why the last decision came out as it did.
    fn why(&self, decision: &DecisionItem) -> String {
        tree(&self.ui, &decision.trace)
    }

    fn revealed(&self, contact: &ContactItem) -> Option<&String> {
        self.revealed.as_ref().filter(|(id, _)| *id == contact.id).map(|(_, number)| number)
    }

    fn channel(&self, channel: &str) -> &str {
        let (zh, en) = match channel {
            "phone" => ("电话", "Phone"),
            "email" => ("邮箱", "E-mail"),
            "wechat" => ("微信", "WeChat"),
            _ => ("地址", "Address"),
        };
        self.ui.say(zh, en)
    }

    /// The ways of contact a person chooses, each with what stands against it now.
    fn room(&self) -> [(&str, Option<&Closed>); 2] {
        let room = &self.case.room;
        [(self.ui.say("电话", "Call"), room.call.as_ref()), (self.ui.say("上门", "Visit"), room.visit.as_ref())]
    }

    /// Whether a call is closed but for the owner's own wish.
    fn gives_way(&self) -> bool {
        self.case.room.call.as_ref().is_some_and(|closed| closed.gives_way)
    }

    /// The ways in which owners are spoken to, for menus.
    fn ways(&self) -> [(&'static str, &str); 5] {
        [
            ("phone", "电话", "Phone"),
            ("wechat", "微信", "WeChat"),
            ("counter", "前台", "Counter"),
            ("visit", "上门", "Visit"),
            ("letter", "函件", "Letter"),
        ]
        .map(|(word, zh, en)| (word, self.ui.say(zh, en)))
    }

    fn amounts(&self) -> Vec<(String, String)> {
        amounts(&self.ui, self.case.principal)
    }

    fn is_responsible(&self, person: &Person) -> bool {
        self.case.staff.as_ref() == Some(person)
    }

    /// Whether a task is done by a contact, and so finished by recording it.
    fn is_contact(&self, kind: &str) -> bool {
        matches!(kind, "call" | "visit" | "senior_talk")
    }
}

/// The amounts a promise is mostly given for: all that is owed, or a round part.
pub fn amounts(ui: &Ui, whole: Fen) -> Vec<(String, String)> {
    let mut amounts = vec![(whole.to_string(), format!("{} {whole}", ui.say("全部", "all")))];
    if whole > PART {
        amounts.push((PART.to_string(), "500".to_owned()));
    }
    amounts
}

/// By which channel to speak where nothing is chosen: a visit that is to be made, else a call.
fn fitting_channel(case: &CasePage) -> ScriptChannel {
    let visits = case.tasks.iter().any(|task| task.kind == "visit");
    let calls = case.tasks.iter().any(|task| matches!(task.kind.as_str(), "call" | "senior_talk"));
    if visits && !calls { ScriptChannel::Visit } else { ScriptChannel::Phone }
}

/// The id of a case in an address.
///
/// # Errors
/// [`Refusal::NotFound`] when it is none.
pub fn read_case(text: &str) -> Result<CaseId, Refusal> {
    CaseId::parse(text).map_err(|_| Refusal::not_found("案件", "case", ""))
}
