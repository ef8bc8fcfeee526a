//! Registry (房产与业主档案) by hand: communities, units, who holds them, how they are reached, flags; and the pages that show
//! them, personal data masked. A full value is seen only through [`reveal`], which leaves an entry in the audit trail.

pub mod communities;
pub mod contact_limits;
pub mod contacts;
pub mod flags;
pub mod members;
pub mod overview;
pub mod ownership;
pub mod payer;
pub mod reveal;
pub mod search;
pub mod unit_page;
pub mod units;

use hemu_domain::UnitLabel;
use hemu_domain::ids::{CommunityId, PartyId, UnitId};
use hemu_domain::registry::names::{self, PartyKind};
use hemu_domain::registry::pinyin;
use hemu_domain::staff::Permission;
use hemu_store::ledger::view;
use hemu_store::registry::{self as store, PartyRow, UnitRow};
use hemu_store::{DbError, Tx};

use crate::billing::find_community;
use crate::{Actor, App, Look, Refusal};

/// The unit of that label.
///
/// # Errors
/// [`Refusal::NotFound`] when there is none.
pub(crate) fn get_unit(tx: &mut Tx<'_>, community: CommunityId, label: &UnitLabel) -> Result<UnitRow, Refusal> {
    store::find_unit(tx, community, label)?.ok_or_else(|| Refusal::not_found("房屋", "unit", label.as_str()))
}

/// The label of a unit, for addresses that hold its id.
///
/// # Errors
/// [`Refusal::NotFound`] when there is no such unit.
pub fn get_unit_label(app: &App, actor: &Actor, community: &str, id: UnitId) -> Result<UnitLabel, Refusal> {
    let community = find_community(app, community)?;
    actor.require(Permission::Read, community)?;
    let found = app.db.read(|tx| view::find_unit_label(tx, community, id))?;
    found.ok_or_else(|| Refusal::not_found("房屋", "unit", ""))
}

impl Look<'_, '_> {
    /// The label of a unit: where a page begins whose cursor names the unit by its id.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when there is no such unit.
    pub fn get_unit_label(&mut self, id: UnitId) -> Result<UnitLabel, Refusal> {
        let found = view::find_unit_label(self.tx, self.community, id)?;
        found.ok_or_else(|| Refusal::not_found("房屋", "unit", ""))
    }
}

/// A text people typed: trimmed, not empty, at most `most` characters, nothing that does not print.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field.
pub(crate) fn required(field: &'static str, zh: &str, text: &str, most: usize) -> Result<String, Refusal> {
    let text = optional(field, zh, text, most)?;
    if text.is_empty() {
        return Err(Refusal::invalid(field, format!("请填写{zh}"), format!("{field} is missing")));
    }
    Ok(text)
}

/// Like [`required`], but it may be empty.
///
/// # Errors
/// [`Refusal::InvalidInput`] naming the field.
pub(crate) fn optional(field: &'static str, zh: &str, text: &str, most: usize) -> Result<String, Refusal> {
    let text = text.trim();
    let odd = |c: char| c.is_control() && c != '\n';
    if text.chars().count() > most || text.chars().any(odd) {
        let zh = format!("{zh}最多 {most} 个字，且不能有特殊控制字符");
        return Err(Refusal::invalid(field, zh, format!("{field} may have {most} printable characters")));
    }
    Ok(text.to_owned())
}

/// Writes a new party of that name.
///
/// # Errors
/// When the database refuses.
pub(crate) fn new_party(tx: &mut Tx<'_>, app: &App, community: CommunityId, name: &str) -> Result<PartyId, DbError> {
    let party = PartyRow {
        id: app.new_id(),
        kind: PartyKind::of_name(name).as_str().to_owned(),
        initials: pinyin::initials(name),
        name: name.to_owned(),
        id_number_sealed: None,
        id_number_index: None,
        id_number_tail: None,
    };
    store::insert_parties(tx, community, std::slice::from_ref(&party), app.clock.now())?;
    Ok(party.id)
}

/// The name as the actor may see it: whoever works with owners or their money sees it, others see it masked (E6).
pub(crate) fn shown_name(actor: &Actor, kind: &str, name: &str) -> String {
    let works_with_owners =
        [Permission::EditRegistry, Permission::TakePayment, Permission::WorkCases].iter().any(|p| actor.role.may(*p));
    match kind {
        "person" if !works_with_owners => names::mask(PartyKind::Person, name),
        _ => name.to_owned(),
    }
}
