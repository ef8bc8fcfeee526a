//! Contact data that fail (联系方式失效): while no message can reach a payer the case does not go to its next stage. The program opens the
//! hold when the last usable point fails, and ends it when one is usable again or somebody has looked for another way.

use hemu_domain::collection::hold::HoldKind;
use hemu_domain::ids::{CommunityId, PartyId};
use hemu_store::collection::case;
use hemu_store::collection::work::{self, HoldRow};
use hemu_store::registry::contact;
use hemu_store::{Tx, community};

use super::{BY_THE_PROGRAM, Extent, hold_row};
use crate::{App, Refusal};

const WHY: &str = "所有可用联系方式均已失效，核实前不升级";
const OVER: &str = "联系方式已核实，或已另行设法联系";

/// Opens or ends the hold of a payer after contact data have changed; `looked_for` when somebody has looked for another way.
///
/// # Errors
/// When the database refuses.
pub(crate) fn contact_data_changed(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    (party, looked_for): (PartyId, bool),
) -> Result<(), Refusal> {
    let Some(case) = case::find_open_of_party(tx, community, party)? else { return Ok(()) };
    let usable = contact::has_usable(tx, community, party, "self")?
        || contact::has_usable(tx, community, party, "representative")?;
    let own = |hold: &HoldRow| {
        hold.case_id == Some(case.id)
            && hold.kind == HoldKind::BadContact.as_str()
            && hold.opened_by == BY_THE_PROGRAM
            && hold.released_on.is_none()
    };
    let held = work::list_holds_of_case(tx, community, case.id)?.into_iter().find(own);
    match held {
        Some(hold) if usable || looked_for => {
            community::next_seq(tx, community, 1)?;
            work::release_hold(tx, community, hold.id, app.today(), BY_THE_PROGRAM, OVER)?;
        }
        None if !usable && !looked_for => {
            let kind = HoldKind::BadContact;
            let why = (WHY, kind.latest_review(app.today()));
            let mut hold = hold_row(app, BY_THE_PROGRAM, (Some(case.id), kind), &Extent::default(), why);
            hold.staff_id = case.staff_id;
            let seq = community::next_seq(tx, community, 1)?;
            work::insert_hold(tx, community, &hold, seq)?;
        }
        Some(_) | None => {}
    }
    Ok(())
}
