//! The agreement of a plan as a paper to sign (分期缴纳协议). It is made from the plan as it stands on record, so the same plan always gives
//! the same bytes.

use hemu_documents::pdf::{PlanAgreement, Rendered};
use hemu_domain::ids::{CaseId, CommunityId, PlanId};
use hemu_domain::staff::Permission;
use hemu_store::collection::case;
use hemu_store::collection::work::{self, PlanRow};
use hemu_store::{Tx, community, registry};

use super::{lines_of, schedule_of, terms_of};
use crate::collection::versions::in_force_on;
use crate::legal::rendered;
use crate::{Actor, App, Refusal};

/// The agreement of a plan, to be signed.
///
/// # Errors
/// [`Refusal::NotFound`] when the case has no such plan.
pub fn plan_agreement(
    app: &App,
    actor: &Actor,
    community: CommunityId,
    (case, id): (CaseId, PlanId),
) -> Result<Rendered, Refusal> {
    actor.require(Permission::WorkCases, community)?;
    let paper = app.db.read(|tx| {
        let plan = get_plan(tx, community, case, id)?;
        draw(tx, community, &plan)
    })?;
    rendered(paper.render())
}

/// A plan of a case, over or not.
///
/// # Errors
/// [`Refusal::NotFound`] when there is none of that id.
pub(super) fn get_plan(tx: &mut Tx<'_>, community: CommunityId, case: CaseId, id: PlanId) -> Result<PlanRow, Refusal> {
    let found = work::list_plans_of_case(tx, community, case)?.into_iter().find(|one| one.id == id);
    found.ok_or_else(|| Refusal::not_found("分期方案", "plan", ""))
}

fn draw(tx: &mut Tx<'_>, community: CommunityId, plan: &PlanRow) -> Result<PlanAgreement, Refusal> {
    let case = case::find(tx, community, plan.case_id)?.ok_or_else(|| Refusal::not_found("案件", "case", ""))?;
    let place = community::get(tx, community)?;
    let owner = registry::find_party(tx, community, case.party_id)?.map(|party| party.name).unwrap_or_default();
    let dated = plan.agreed_on.unwrap_or(plan.offered_on);
    Ok(PlanAgreement {
        case: case.number,
        company: place.company_name,
        community: place.name,
        owner,
        lines: lines_of(plan)?,
        schedule: schedule_of(plan)?,
        terms: terms_of(plan)?,
        dated,
        agreed: plan.agreed_on.is_some(),
        lapses_on: plan.lapses_on,
        cool_off_days: in_force_on(tx, dated)?.cool_off_days,
        contact: if place.service_phone.is_empty() { "物业服务中心".to_owned() } else { place.service_phone },
    })
}
