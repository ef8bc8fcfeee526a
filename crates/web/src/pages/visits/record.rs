//! 上门记录: the form of one visit, for a phone at the door; plain without scripts, kept and sent later with them.

use askama::Template;
use axum::extract::{FromRequest as _, Multipart, Path, Request};
use chrono::NaiveDateTime;
use hemu_app::clock::in_china;
use hemu_app::collection::case_page::{CasePage, case_page};
use hemu_app::collection::visit_record::record_visit;
use hemu_app::{Actor, App, Refusal};
use hemu_domain::collection::classification::{Attitude, Cause, ContactOutcome};
use hemu_domain::collection::next_step::{OfferedDay, offered_days};
use hemu_domain::collection::visit_record::{MOST_VISIT_PHOTOS, Signing};
use hemu_domain::ids::TaskId;
use hemu_domain::staff::Permission;
use uuid::Uuid;

use crate::forms;
use crate::pages::cases::{amounts, read_case};
use crate::pages::import::check_token;
use crate::reply::{Reply, go, page};
use crate::ui::{Menu, Ui};
use crate::visit::Place;

/// How visits end, in the order of the buttons.
const OUTCOMES: [ContactOutcome; 6] = [
    ContactOutcome::ReachedPromise,
    ContactOutcome::ReachedTalk,
    ContactOutcome::ReachedDispute,
    ContactOutcome::ReachedRefuse,
    ContactOutcome::NoAnswer,
    ContactOutcome::ReachedWrongPerson,
];

#[derive(Template)]
#[template(path = "visit-form.html")]
struct FormPage {
    ui: Ui,
    case: CasePage,
    key: Uuid,
    now: String,
    task: Option<TaskId>,
    outcomes: Vec<(&'static str, String)>,
    amounts: Vec<(String, String)>,
    days: Vec<OfferedDay>,
    causes: Vec<(&'static str, String)>,
    attitudes: Vec<(&'static str, String)>,
    signings: Vec<(&'static str, String)>,
    most_photos: usize,
    may_work: bool,
}

/// What a page that a phone keeps says of its time, local.
pub(super) fn time_of(now: NaiveDateTime) -> String {
    now.format("%Y-%m-%dT%H:%M:%S").to_string()
}

/// `GET /c/{community}/visits/{case}`
pub async fn show(at: Place, Path((_, case)): Path<(String, String)>) -> Reply {
    let id = read_case(&case).map_err(|refusal| at.visit.fail(refusal))?;
    let work = move |app: &App, actor: &Actor, name: &str| {
        let now = in_china(app.clock.now()).naive_local();
        Ok((case_page(app, actor, name, id)?, app.new_id::<Uuid>(), now))
    };
    let (case, key, now) = at.run(work).await?;
    let ui = at.ui(Menu::Workbench, "登记上门", "Record a visit");
    let locale = ui.locale;
    let content = FormPage {
        key,
        now: time_of(now),
        task: case.tasks.iter().find(|task| task.kind == "visit").map(|task| task.id),
        outcomes: OUTCOMES.iter().map(|one| (one.as_str(), outcome_at_the_door(*one, &ui))).collect(),
        amounts: amounts(&ui, case.principal),
        days: offered_days(ui.today),
        causes: Cause::ALL.iter().map(|one| (one.as_str(), ui.text(&one.label()))).collect(),
        attitudes: Attitude::ALL.iter().map(|one| (one.as_str(), ui.text(&one.label()))).collect(),
        signings: Signing::ALL.iter().map(|one| (one.as_str(), ui.text(&one.label()))).collect(),
        most_photos: MOST_VISIT_PHOTOS,
        may_work: ui.may(Permission::WorkCases),
        case,
        ui,
    };
    page(&content, locale)
}

/// An outcome in the words of a visit.
fn outcome_at_the_door(outcome: ContactOutcome, ui: &Ui) -> String {
    match outcome {
        ContactOutcome::NoAnswer => ui.say("无人在家", "nobody at home").to_owned(),
        other => ui.text(&other.label()),
    }
}

impl FormPage {
    fn units(&self) -> String {
        self.case.units.iter().map(|one| one.unit.as_str()).collect::<Vec<_>>().join("、")
    }

    fn hour(&self) -> &str {
        self.now.get(11..16).unwrap_or_default()
    }

    fn community(&self) -> String {
        self.ui.community.as_ref().map(|one| one.id.to_string()).unwrap_or_default()
    }
}

/// `POST /c/{community}/visits/{case}`: the plain form.
pub async fn keep(at: Place, Path((_, case)): Path<(String, String)>, request: Request) -> Reply {
    let (community, id) = (at.id(), read_case(&case).map_err(|refusal| at.visit.fail(refusal))?);
    let unreadable = || {
        let zh = "表单没有收到：照片合计可能太大，请减少照片后再保存";
        at.visit.fail(Refusal::invalid(
            "photo",
            zh,
            "the form did not arrive: perhaps its photos are too large, send fewer",
        ))
    };
    let form = Multipart::from_request(request, &at.visit.web).await.map_err(|_| unreadable())?;
    let parts = forms::visit_parts(form).await.map_err(|_| unreadable())?;
    check_token(&at.visit.signed_in, &parts.fields)?;
    let work = move |app: &App, actor: &Actor, _: &str| record_visit(app, actor, &forms::visit(parts, community, id)?);
    let done = if at.run(work).await?.breach.is_some() { "recorded_over" } else { "recorded" };
    Ok(go(&at.here(&format!("visits?done={done}"))))
}
