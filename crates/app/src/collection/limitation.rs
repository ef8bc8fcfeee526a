//! The limitation clock (诉讼时效) of each open charge: each period's fee runs for itself (`domain.md` 2.4), and what interrupts it
//! counts only for the charges it was about.

use chrono::NaiveDate;
use hemu_domain::arrears::limitation::{Limitation, LimitationEvent, LimitationEventKind, limitation};
use hemu_domain::calendar::BusinessCalendar;
use hemu_domain::ids::{CaseId, ChargeId, CommunityId};
use hemu_store::collection::facts::{OpenCharge, Scope};
use hemu_store::collection::limitation::{CaseEvent, When, list_case_events, list_part_payments};
use hemu_store::{DbError, Tx};
use rustc_hash::FxHashMap;

use crate::clock::in_china;

/// The end of charges that nothing interrupted, by due date.
#[derive(Debug, Default)]
pub(super) struct Untouched(FxHashMap<NaiveDate, Option<NaiveDate>>);

impl Untouched {
    /// The day on which a claim due on a day lapses when nothing happens. Whatever happens puts it off.
    pub(super) fn end(&mut self, due_on: NaiveDate) -> Option<NaiveDate> {
        let end = || limitation(BusinessCalendar::published(), due_on, &[], None).expires;
        *self.0.entry(due_on).or_insert_with(end)
    }
}

/// What interrupts the limitation of the charges of open cases.
#[derive(Debug, Default)]
pub(super) struct Limitations {
    events: FxHashMap<CaseId, Vec<CaseEvent>>,
    part_payments: FxHashMap<ChargeId, Vec<NaiveDate>>,
    untouched: Untouched,
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
    pub(super) fn load(tx: &mut Tx<'_>, community: CommunityId, scope: Scope<'_>) -> Result<Self, DbError> {
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
        self.untouched.end(charge.due_on)
    }

    fn list_events(&self, case: CaseId, charge: &OpenCharge) -> Vec<LimitationEvent> {
        let of_case = self.events.get(&case).map(Vec::as_slice).unwrap_or_default();
        let about = |event: &&CaseEvent| {
            event.account_id.is_none_or(|account| account == charge.account_id)
                && (event.charges.is_empty() || event.charges.contains(&charge.charge_id))
                && charge.due_on < day(event.covers_before)
        };
        let event = |one: &CaseEvent| LimitationEvent { kind: one.kind, on: day(one.at) };
        let paid = self.part_payments.get(&charge.charge_id).map(Vec::as_slice).unwrap_or_default();
        let payment = |on: &NaiveDate| LimitationEvent { kind: LimitationEventKind::PartPayment, on: *on };
        of_case.iter().filter(about).map(event).chain(paid.iter().map(payment)).collect()
    }
}
