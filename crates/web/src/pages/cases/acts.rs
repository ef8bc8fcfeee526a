//! What people do on a case, each a form: record a contact, hold, release, finish a task, complaint and answer, promise.

use axum::extract::Path;
use hemu_app::collection::holds::{confirm_hold, open_hold, release_hold};
use hemu_app::collection::policy_in_force;
use hemu_app::collection::promises::{decide_promise, offer_promise};
use hemu_app::collection::signals::confirm_proposal;
use hemu_app::collection::visit_record::read_visit_picture;
use hemu_app::collection::work::{classify, complete_task, record_contact};
use hemu_app::collection::{RunRequest, dispatch, run_collection};
use hemu_app::registry::contact_limits::{end_contact_limit, set_contact_limit};
use hemu_app::service::{About, take_complaint};
use hemu_app::{Refusal, gateways};
use hemu_domain::collection::{Attitude, Cause};
use hemu_domain::ids::{
    AttachmentId, CaseId, CommunityId, ContactLimitId, ContactLogId, HoldId, PartyId, PromiseId, TaskId,
};
use hemu_domain::service::Source;

use super::show::read_case;
use crate::fields::{Fields, Posted};
use crate::forms;
use crate::reply::{Reply, file, go};
use crate::visit::Place;

pub(super) type Addressed = Path<(String, String)>;

/// Does something on the case of the address and goes back to its page.
pub(super) async fn act(
    posted: Posted<Place>,
    case: &str,
    done: &str,
    work: impl FnOnce(&hemu_app::App, &hemu_app::Actor, CommunityId, CaseId, &Fields) -> Result<(), Refusal>
    + Send
    + 'static,
) -> Reply {
    let Posted { visit: at, fields } = posted;
    let (id, community) = (read_case(case).map_err(|refusal| at.visit.fail(refusal))?, at.id());
    at.run(move |app, actor, _| work(app, actor, community, id, &fields)).await?;
    Ok(go(&at.here(&format!("cases/{id}?done={done}"))))
}

/// `POST /c/{community}/cases/run`: one decision per case, then what is due goes out.
pub async fn run(posted: Posted<Place>) -> Reply {
    let at = posted.visit;
    let community = at.id();
    let work = move |app: &hemu_app::App, actor: &hemu_app::Actor, _: &str| {
        let policy = policy_in_force(app)?;
        let request = RunRequest { community, as_of: app.today(), dry_run: false };
        run_collection(app, actor, &policy, &request)?;
        dispatch(app, actor, community, &gateways::of(app), &policy)
    };
    at.run(work).await?;
    Ok(go(&at.here("cases?done=ran")))
}

/// `POST …/contact`
pub async fn contact(Path((_, case)): Addressed, posted: Posted<Place>) -> Reply {
    let Posted { visit: at, fields } = posted;
    let (id, community) = (read_case(&case).map_err(|refusal| at.visit.fail(refusal))?, at.id());
    let work = move |app: &hemu_app::App, actor: &hemu_app::Actor, _: &str| {
        record_contact(app, actor, &forms::contact(&fields, community, id)?)
    };
    let done = if at.run(work).await?.is_some() { "recorded_over" } else { "recorded" };
    Ok(go(&at.here(&format!("cases/{id}?done={done}"))))
}

/// `POST …/limit`: what the owner asked for about being contacted, or one of it taken back.
pub async fn limit(Path((_, case)): Addressed, posted: Posted<Place>) -> Reply {
    act(posted, &case, "saved", |app, actor, community, _, fields| {
        if let Some(limit) = fields.optional(("limit", "约定"), ContactLimitId::parse)? {
            return end_contact_limit(app, actor, community, limit);
        }
        let party = fields.required(("party", "业主"), PartyId::parse)?;
        set_contact_limit(app, actor, (community, party), forms::contact_limit(fields)?).map(|_| ())
    })
    .await
}

/// `POST …/hold`
pub async fn hold(Path((_, case)): Addressed, posted: Posted<Place>) -> Reply {
    act(posted, &case, "held", |app, actor, community, case, fields| {
        open_hold(app, actor, &forms::hold(fields, community, case)?).map(|_| ())
    })
    .await
}

/// `POST …/confirm`: the second person of a hold.
pub async fn confirm(Path((_, case)): Addressed, posted: Posted<Place>) -> Reply {
    act(posted, &case, "held", |app, actor, community, _, fields| {
        let hold = fields.required(("hold", "暂缓"), HoldId::parse)?;
        confirm_hold(app, actor, community, hold).map(|_| ())
    })
    .await
}

/// `POST …/release`
pub async fn release(Path((_, case)): Addressed, posted: Posted<Place>) -> Reply {
    act(posted, &case, "released", |app, actor, community, _, fields| {
        let hold = fields.required(("hold", "暂缓"), HoldId::parse)?;
        release_hold(app, actor, community, hold, fields.text("reason"))
    })
    .await
}

/// `POST …/task`: a task that is no contact is done.
pub async fn task(Path((_, case)): Addressed, posted: Posted<Place>) -> Reply {
    act(posted, &case, "recorded", |app, actor, community, _, fields| {
        let task = fields.required(("task", "任务"), TaskId::parse)?;
        complete_task(app, actor, community, task, fields.text("result"))
    })
    .await
}

/// `POST …/confirm-cause`: what the data propose holds.
pub async fn confirm_cause(Path((_, case)): Addressed, posted: Posted<Place>) -> Reply {
    act(posted, &case, "saved", |app, actor, community, case, _| confirm_proposal(app, actor, community, case)).await
}

/// `POST …/classify`: what a person found instead, and why.
pub async fn set_cause(Path((_, case)): Addressed, posted: Posted<Place>) -> Reply {
    act(posted, &case, "saved", |app, actor, community, case, fields| {
        let cause = fields.required(("cause", "原因"), Cause::parse)?;
        let attitude = fields.required(("attitude", "态度"), Attitude::parse)?;
        classify(app, actor, community, case, (cause, attitude), fields.text("evidence"))
    })
    .await
}

/// `POST …/complaint`
pub async fn complaint(Path((_, case)): Addressed, posted: Posted<Place>) -> Reply {
    act(posted, &case, "recorded", |app, actor, community, case, fields| {
        let new = forms::complaint(fields, community, (About::Case(case), Source::Case))?;
        take_complaint(app, actor, &new).map(|_| ())
    })
    .await
}

/// `POST …/promise`: proposed to the owner.
pub async fn promise(Path((_, case)): Addressed, posted: Posted<Place>) -> Reply {
    act(posted, &case, "saved", |app, actor, community, case, fields| {
        let terms = (fields.amount("amount")?, fields.day("due_on", "承诺日期")?);
        offer_promise(app, actor, community, case, (terms, fields.text("channel"))).map(|_| ())
    })
    .await
}

/// `POST …/promise/decide`: the owner agrees, or it is taken back.
pub async fn decide_a_promise(Path((_, case)): Addressed, posted: Posted<Place>) -> Reply {
    act(posted, &case, "saved", |app, actor, community, case, fields| {
        let promise = fields.required(("promise", "承诺"), PromiseId::parse)?;
        decide_promise(app, actor, community, case, (promise, &forms::promise_act(fields)?)).map(|_| ())
    })
    .await
}

/// `GET …/visits/{contact}/{picture}`: a photo or the signature of a visit.
pub async fn picture(at: Place, Path((_, case, contact, picture)): Path<(String, String, String, String)>) -> Reply {
    let community = at.id();
    let work = move |app: &hemu_app::App, actor: &hemu_app::Actor, _: &str| {
        let none = |_| Refusal::not_found("照片", "photo", "");
        read_case(&case)?;
        let ids = (ContactLogId::parse(&contact).map_err(none)?, AttachmentId::parse(&picture).map_err(none)?);
        read_visit_picture(app, actor, community, ids)
    };
    let found = at.run(work).await?;
    Ok(file(found.bytes, found.media_type.as_str(), "picture", true))
}
