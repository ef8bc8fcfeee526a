//! The limitation clock (诉讼时效) of each open charge: each period's fee runs for itself (`domain.md` 2.4), and what interrupts it
//! counts only for the charges it was about.

use std::collections::HashMap;

use chrono::NaiveDate;
use hemu_domain::arrears::limitation::{Limitation, LimitationEvent, LimitationEventKind, limitation};
use hemu_domain::calendar::BusinessCalendar;
use hemu_domain::ids::{CaseId, ChargeId, CommunityId};
use hemu_store::collection::facts::{OpenCharge, Scope};
use hemu_store::collection::limitation::{CaseEvent, When, list_case_events, list_part_payments};
use hemu_store::{DbError, Tx};

use crate::clock::in_china;

/// What interrupts the limitation of the charges of open cases.
#[derive(Debug, Default)]
pub(super) struct Limitations {
    events: HashMap<CaseId, Vec<CaseEvent>>,
    part_payments: HashMap<ChargeId, Vec<NaiveDate>>,
    /// The end of charges without any event, by due date.
    untouched: HashMap<NaiveDate, Option<NaiveDate>>,
}

fn day(when: When) -> NaiveDate {
    match when {
        When::On(day) => day,
        When::At(moment) => in_china(moment).date_naive(),
    }
}

impl Limitations {
    /// Reads the events.
    ///
    /// # Errors
    /// When the database refuses.
    pub(super) fn load(tx: &mut Tx<'_>, community: CommunityId, scope: Scope) -> Result<Self, DbError> {
        let mut limitations = Self::default();
        for event in list_case_events(tx, community, scope)? {
            limitations.events.entry(event.case_id).or_default().push(event);
        }
        for (charge, on) in list_part_payments(tx, community, scope)? {
            limitations.part_payments.entry(charge).or_default().push(on);
        }
        Ok(limitations)
    }

    /// The clock of one charge of a case.
    pub(super) fn of(&self, case: CaseId, charge: &OpenCharge, as_of: NaiveDate) -> Limitation {
        limitation(BusinessCalendar::published(), charge.due_on, &self.list_events(case, charge), Some(as_of))
    }

    /// The earliest day on which a claim of a case lapses; `None` when nothing is open, or all of it is before a court.
    pub(super) fn earliest(&mut self, case: CaseId, charges: &[OpenCharge], as_of: NaiveDate) -> Option<NaiveDate> {
        charges.iter().filter_map(|charge| self.find_end(case, charge, as_of)).min()
    }

    fn find_end(&mut self, case: CaseId, charge: &OpenCharge, as_of: NaiveDate) -> Option<NaiveDate> {
        if self.events.contains_key(&case) || self.part_payments.contains_key(&charge.charge_id) {
            return self.of(case, charge, as_of).expires;
        }
        let due_on = charge.due_on;
        let end = || limitation(BusinessCalendar::published(), due_on, &[], None).expires;
        *self.untouched.entry(due_on).or_insert_with(end)
    }

    fn list_events(&self, case: CaseId, charge: &OpenCharge) -> Vec<LimitationEvent> {
        let of_case = self.events.get(&case).map(Vec::as_slice).unwrap_or_default();
        let about = |event: &&CaseEvent| {
            event.account_id.is_none_or(|account| account == charge.account_id)
                && charge.due_on < day(event.covers_before)
        };
        let event = |one: &CaseEvent| LimitationEvent { kind: one.kind, on: day(one.at) };
        let paid = self.part_payments.get(&charge.charge_id).map(Vec::as_slice).unwrap_or_default();
        let payment = |on: &NaiveDate| LimitationEvent { kind: LimitationEventKind::PartPayment, on: *on };
        of_case.iter().filter(about).map(event).chain(paid.iter().map(payment)).collect()
    }
}
