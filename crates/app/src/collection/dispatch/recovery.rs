//! Claims whose worker died, and doubts: asked of the provider, then of a person; never sent again by themselves.

use hemu_domain::ids::{ActionId, CaseId, CommunityId};
use hemu_gateways::{Found, Gateway};
use hemu_store::collection::step;
use hemu_store::collection::work::{self, TaskRow};
use hemu_store::outreach::attempt::{self, AttemptRow, Ending};
use hemu_store::{Tx, community};

use super::{DispatchReport, counter};
use crate::{App, Refusal};

pub(super) fn ask_a_person(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    case: CaseId,
    action: ActionId,
) -> Result<(), Refusal> {
    let task = TaskRow {
        id: app.new_id(),
        case_id: Some(case),
        action_id: Some(action),
        kind: "resolve_uncertain".to_owned(),
        title: "消息可能已发出，请核实".to_owned(),
        staff_id: None,
        due_on: app.today(),
        fitting_time: "工作日".to_owned(),
        state: "open".to_owned(),
        result: None,
        created_on: app.today(),
        done_on: None,
        done_by: None,
    };
    Ok(work::insert_task(tx, community, &task)?)
}

/// Step 4: claims whose worker died are asked of the provider; what it does not have is uncertain, never sent again.
pub(super) fn recover(
    app: &App,
    community: CommunityId,
    gateways: &[Box<dyn Gateway>],
    report: &mut DispatchReport,
) -> Result<(), Refusal> {
    for expired in app.db.read(|tx| attempt::list_expired(tx, community, app.clock.now()))? {
        let gateway = gateways.iter().find(|gateway| gateway.name() == expired.gateway);
        let found = gateway.map_or(Found::CannotTell, |gateway| gateway.find(expired.id.uuid()));
        let (state, provider_id) = match found {
            Found::Sent { provider_id } => ("sent", Some(provider_id)),
            Found::Absent | Found::CannotTell => ("uncertain", None),
        };
        let ending = Ending { state, provider_id, provider_said: Some("recovered".to_owned()) };
        app.db.write(|tx| resolve(tx, app, community, &expired, &ending))?;
        *counter(report, state) += 1;
    }
    Ok(())
}

fn resolve(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    expired: &AttemptRow,
    ending: &Ending,
) -> Result<(), Refusal> {
    community::next_seq(tx, community, 1)?;
    if !attempt::finish(tx, community, expired.id, expired.token, ending, app.clock.now())? {
        return Ok(());
    }
    step::set_state(tx, community, expired.action_id, ending.state, Some("recovered"), Some(app.today()))?;
    if ending.state == "uncertain"
        && let Some(action) = step::find(tx, community, expired.action_id)?
    {
        ask_a_person(tx, app, community, action.case_id, action.id)?;
    }
    Ok(())
}
