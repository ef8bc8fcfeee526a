//! 策略: the policy in force and its versions, the draft as a form with what the check found beside each step, what it changes for
//! whom, the request to put it in force; and the texts of messages.

mod form;
mod rows;

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::routing::{get, post};
use hemu_app::collection::preview::{PreviewReport, preview_draft};
use hemu_app::collection::versions::{
    DraftItem, VersionItem, VersionList, ask_activation, drop_draft, home_community, list_versions, save_draft,
};
use hemu_app::outreach::templates::{change_template, list_templates};
use hemu_app::{Actor, App, Refusal};
use hemu_domain::collection::comparison::Change;
use hemu_domain::collection::condition::{Condition, Range};
use hemu_domain::collection::policy::{CountsFrom, Policy, Stage, Step};
use hemu_domain::ids::CommunityId;
use hemu_domain::outreach::templates::{MessageTemplate, default_templates};
use hemu_domain::staff::Permission;
use serde::Deserialize;

use self::rows::{NumberRow, StepRow};
use crate::fields::Posted;
use crate::reply::{Reply, go, page};
use crate::server::Web;
use crate::ui::{Menu, Ui};
use crate::visit::Visit;

/// The addresses of these pages.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/settings/policy", get(show))
        .route("/settings/policy/draft", get(draft).post(save))
        .route("/settings/policy/draft/begin", post(begin))
        .route("/settings/policy/draft/drop", post(drop_it))
        .route("/settings/policy/draft/ask", post(ask_for))
        .route("/settings/policy/preview", get(try_out))
        .route("/settings/templates", post(set_text))
}

#[derive(Template)]
#[template(path = "policy.html")]
struct PolicyPage {
    ui: Ui,
    list: VersionList,
    templates: Vec<MessageTemplate>,
    may_edit: bool,
}

impl PolicyPage {
    fn stages(&self) -> Vec<(String, Vec<&Step>)> {
        let stage = |one: &Stage| (self.ui.text(&one.label()), self.list.policy.steps_of(*one).collect());
        Stage::ALL.iter().map(stage).collect()
    }

    fn kind(&self, step: &Step) -> String {
        let kind = self.ui.text(&step.kind.label());
        let channels: Vec<String> = step.channels.iter().map(|one| self.ui.text(&one.label())).collect();
        let second = step.needs_second_person.then(|| self.ui.say("第二人审批", "second person").to_owned());
        let more: Vec<String> = channels.into_iter().chain(second).collect();
        if more.is_empty() { kind } else { format!("{kind}{}{}", self.ui.colon(), more.join(" → ")) }
    }

    fn when(&self, step: &Step) -> String {
        let days = step.after_days;
        let (zh, en) = match step.counts_from {
            CountsFrom::OldestDue => ("最早到期日后", "days after the oldest due date"),
            CountsFrom::StageEntry => ("进入本阶段后", "days after entering the stage"),
            CountsFrom::Unconfirmed => ("消息未确认送达后", "days after a message nobody confirmed"),
        };
        if self.ui.lang() == "en" { format!("{days} {en}") } else { format!("{zh} {days} 天") }
    }

    fn again(&self, step: &Step) -> String {
        let ui = &self.ui;
        let every =
            step.repeat_after_days.map(|days| format!("{} {days} {}", ui.say("每", "every"), ui.say("天", "days")));
        let most = step.at_most.map(|most| format!("{} {most} {}", ui.say("最多", "at most"), ui.say("次", "times")));
        [every, most].into_iter().flatten().collect::<Vec<_>>().join(ui.comma())
    }

    /// The cases a step is for; empty when for all.
    fn only(&self, step: &Step) -> String {
        step.when.as_ref().map(|condition| shown_condition(&self.ui, condition)).unwrap_or_default()
    }

    fn state(&self, version: &VersionItem) -> (&'static str, &str) {
        let ui = &self.ui;
        if version.in_force {
            ("bg-green-lt", ui.say("执行中", "in force"))
        } else if version.version > self.list.policy.version {
            ("bg-blue-lt", ui.say("待生效", "waits for its day"))
        } else {
            ("bg-secondary-lt", ui.say("已被取代", "replaced"))
        }
    }
}

fn shown_range<T: std::fmt::Display>(range: &Range<T>) -> String {
    let end = |end: &Option<T>| end.as_ref().map(ToString::to_string).unwrap_or_default();
    format!("{}–{}", end(&range.at_least), end(&range.at_most))
}

fn shown_condition(ui: &Ui, condition: &Condition) -> String {
    let list = |zh: &str, en: &str, labels: Vec<hemu_domain::Text>| {
        let words: Vec<String> = labels.iter().map(|one| ui.text(one)).collect();
        (!words.is_empty()).then(|| format!("{}{}{}", ui.say(zh, en), ui.colon(), words.join(ui.comma())))
    };
    let range = |zh: &str, en: &str, range: Option<String>| range.map(|ends| format!("{} {ends}", ui.say(zh, en)));
    let one = condition;
    let done = one.times_done.as_ref();
    let parts = [
        list("原因", "cause", one.causes.iter().map(|one| one.label()).collect()),
        list("原因不是", "cause not", one.without_causes.iter().map(|one| one.label()).collect()),
        list("态度", "attitude", one.attitudes.iter().map(|one| one.label()).collect()),
        list("支付能力", "capacity", one.capacities.iter().map(|one| one.label()).collect()),
        list("标记", "flagged", one.flags.iter().map(|one| one.label()).collect()),
        list("除标记", "except flagged", one.without_flags.iter().map(|one| one.label()).collect()),
        range("应催金额", "asked for", one.amount.as_ref().map(shown_range)),
        range("违约承诺", "broken promises", one.broken_promises.as_ref().map(shown_range)),
        range("以往案件", "earlier cases", one.earlier_cycles.as_ref().map(shown_range)),
        done.map(|times| format!("{} {} {}", times.step, ui.say("次数", "times"), shown_range(&times.range()))),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(ui.semicolon())
}

/// `GET /settings/policy`
pub async fn show(visit: Visit) -> Reply {
    let ui = visit.ui(Menu::Settings, "催缴方案与消息模板", "Policy and texts");
    let locale = ui.locale;
    let may_edit = ui.may(Permission::EditPolicy);
    let (list, templates) = visit.run(|app, actor| Ok((list_versions(app, actor)?, list_texts(app, actor)?))).await?;
    page(&PolicyPage { list, templates, may_edit, ui }, locale)
}

/// The texts in force; before the first run those of a new installation.
fn list_texts(app: &App, actor: &Actor) -> Result<Vec<MessageTemplate>, Refusal> {
    let text = |row: hemu_app::outreach::templates::TemplateRow| MessageTemplate {
        key: row.key,
        channel: row.channel,
        locale: row.locale,
        audience: row.audience,
        body: row.body,
    };
    let stored: Vec<MessageTemplate> = list_templates(app, actor)?.into_iter().map(text).collect();
    Ok(if stored.is_empty() { default_templates() } else { stored })
}

/// `POST /settings/templates`: a new version of a text; the wording check may refuse it.
pub async fn set_text(posted: Posted<Visit>) -> Reply {
    let Posted { visit, fields } = posted;
    let work = move |app: &App, actor: &Actor| {
        let text = |name: &str| fields.text(name).to_owned();
        let new = MessageTemplate {
            key: text("key"),
            channel: text("channel"),
            locale: text("locale"),
            audience: text("audience"),
            body: text("body"),
        };
        change_template(app, actor, &new)
    };
    visit.run(work).await?;
    Ok(go("/settings/policy?done=saved"))
}

#[derive(Template)]
#[template(path = "policy-draft.html")]
struct DraftPage {
    ui: Ui,
    draft: DraftItem,
    numbers: Vec<NumberRow>,
    steps: Vec<StepRow>,
    /// What was found about the whole.
    whole: Vec<String>,
    may_edit: bool,
}

fn no_draft() -> Refusal {
    Refusal::not_found("方案草稿", "draft of the policy", "")
}

/// `GET /settings/policy/draft`
pub async fn draft(visit: Visit) -> Reply {
    let ui = visit.ui(Menu::Settings, "催缴方案草稿", "Draft of the policy");
    let locale = ui.locale;
    let work = |app: &App, actor: &Actor| {
        let draft = list_versions(app, actor)?.draft.ok_or_else(no_draft)?;
        Ok((draft, list_texts(app, actor)?))
    };
    let (draft, texts) = visit.run(work).await?;
    let numbers = rows::numbers(&ui, &draft.policy, &draft.findings);
    let steps = rows::steps(&ui, &draft.policy, &draft.findings, &texts);
    let whole = rows::of_the_whole(&ui, &draft.policy, &draft.findings);
    let may_edit = ui.may(Permission::EditPolicy);
    page(&DraftPage { draft, numbers, steps, whole, may_edit, ui }, locale)
}

/// `POST /settings/policy/draft`: saves the form, sound or not.
pub async fn save(posted: Posted<Visit>) -> Reply {
    let Posted { visit, fields } = posted;
    let work = move |app: &App, actor: &Actor| {
        let base = list_versions(app, actor)?.draft.ok_or_else(no_draft)?.policy;
        save_draft(app, actor, &form::read_policy(&fields, &base)?)
    };
    visit.run(work).await?;
    Ok(go("/settings/policy/draft?done=saved"))
}

/// `POST /settings/policy/draft/begin`: a draft like the version in force, from today on.
pub async fn begin(posted: Posted<Visit>) -> Reply {
    let work = |app: &App, actor: &Actor| {
        let list = list_versions(app, actor)?;
        if list.draft.is_some() {
            return Ok(());
        }
        save_draft(app, actor, &Policy { effective_from: app.today(), ..list.policy }).map(|_| ())
    };
    posted.visit.run(work).await?;
    Ok(go("/settings/policy/draft"))
}

/// `POST /settings/policy/draft/drop`
pub async fn drop_it(posted: Posted<Visit>) -> Reply {
    posted.visit.run(drop_draft).await?;
    Ok(go("/settings/policy?done=saved"))
}

/// `POST /settings/policy/draft/ask`: a second person is to put it in force; the request waits with the first community.
pub async fn ask_for(posted: Posted<Visit>) -> Reply {
    let Posted { visit, fields } = posted;
    let work = move |app: &App, actor: &Actor| {
        let community = home_community(app, actor)?;
        ask_activation(app, actor, community, fields.text("reason")).map(|_| community)
    };
    let community = visit.run(work).await?;
    Ok(go(&crate::ui::place(community, "approvals?done=asked")))
}

#[derive(Template)]
#[template(path = "policy-preview.html")]
struct PreviewPage {
    ui: Ui,
    chosen: Option<CommunityId>,
    report: Option<PreviewReport>,
}

impl PreviewPage {
    fn counts(&self, report: &PreviewReport) -> Vec<(String, i64)> {
        let count = |one: &Change| {
            let count = report.changes.get(one.as_str()).copied().unwrap_or(0);
            (self.ui.text(&one.label()), count)
        };
        Change::ALL.iter().map(count).collect()
    }

    fn change(&self, change: Change) -> String {
        self.ui.text(&change.label())
    }

    fn what(&self, one: &hemu_app::collection::preview::Decided) -> String {
        let ui = &self.ui;
        let what = hemu_app::collection::case_page::next_text(one.step.as_deref(), one.reason);
        let what = what.map(|text| ui.text(&text)).unwrap_or_default();
        let day = one.next_due_on.map(|day| format!(" {day}")).unwrap_or_default();
        format!("{}{}{what}{day}", ui.text(&one.stage.label()), ui.colon())
    }

    fn is_chosen(&self, id: &CommunityId) -> bool {
        self.chosen.as_ref() == Some(id)
    }

    fn href(&self, case: &hemu_domain::ids::CaseId) -> String {
        self.chosen.map(|community| crate::ui::place(community, &format!("cases/{case}"))).unwrap_or_default()
    }
}

/// Which community to try the draft on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Tried {
    community: String,
}

/// `GET /settings/policy/preview`: what the draft changes for whom; nothing is written.
pub async fn try_out(visit: Visit, Query(asked): Query<Tried>) -> Reply {
    let ui = visit.ui(Menu::Settings, "影响预览", "What the draft changes");
    let locale = ui.locale;
    let only = (visit.communities.len() == 1).then(|| visit.communities[0].id);
    let chosen = CommunityId::parse(&asked.community).ok().or(only);
    let report = match chosen {
        None => None,
        Some(community) => {
            let work = move |app: &App, actor: &Actor| preview_draft(app, actor, community);
            Some(visit.run(work).await?)
        }
    };
    page(&PreviewPage { chosen, report, ui }, locale)
}
