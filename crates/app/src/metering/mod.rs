//! Meters (抄表): which there are, what they show, what was used, what it costs.
//!
//! Readings come from a phone, row by row, or from a spreadsheet; a reading counts for nothing until the usage of its month is
//! confirmed. Confirming is one computation over all meters of a kind: previewed, with what looks wrong, and then written; the next
//! bill run takes it ([`crate::billing`]). What is confirmed never changes. An estimate that was too high is made good by the next
//! months: they are charged from where the last charge ended, not from the last reading.

mod base;
mod confirm;
mod import;
mod pending;
mod reading;
mod setup;
mod walk;

pub use confirm::{MeterFinding, UsageItem, UsageReport, UsageRequest, confirm_usage};
pub use import::{ImportReadings, ReadRow, ReadingsReport, RefusedRow, import_readings};
pub(crate) use pending::{PendingMeter, list_pending};
pub use reading::{NewReading, ReadingsRequest, record_readings};
pub(crate) use setup::refuse_surcharge;
pub use setup::{
    MeterItem, MeterPriceItem, MeterSetup, NewMeter, NewMeterPrice, Replacement, add_meter, replace_meter,
    set_meter_price, show_meters,
};
pub use walk::{PlaceItem, WalkItem, WalkList, list_walk};
