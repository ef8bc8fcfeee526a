//! Shapes of meters and shared costs.

use utoipa::ToSchema;

use super::{Day, Id, Label, Month, Number, Yuan, shapes};

shapes! {
    /// The share of a unit.
    ShareItem { unit: Label, weight: Number, amount: Yuan }
    /// A cost as it was, or would be, shared; `id` once it is confirmed.
    CostReport {
        id: Option<Id>, item: String, period: Month, total: Yuan, method: String, whole: Number, rows: Vec<ShareItem>,
        nobody_pays: Vec<Label>,
    }
    /// A shared cost in a list; without `places` the whole community shares.
    PoolItem {
        id: Id, item: String, period: Month, total: Yuan, invoice: String, method: String, places: Vec<String>,
        whole: Number, units: i64, bearing: i64, billed: i64, confirmed_by: String, cancelled: Option<String>,
    }
    /// What of an item was shared in a year.
    YearFigure { item: String, months: i64, total: Yuan, method: Option<String> }
    /// The shared costs of a year.
    PoolList { year: i32, rows: Vec<PoolItem>, figures: Vec<YearFigure> }
    /// A shared cost with every unit's share.
    PoolDetails { pool: PoolItem, rows: Vec<ShareItem> }
}

shapes! {
    /// A meter; without a unit a master meter.
    MeterItem {
        id: Id, unit: Option<Label>, place: String, kind: String, number: String, item: Option<String>,
        master: Option<String>, digits: i64, multiplier: Number, loss: Number,
    }
    /// Price steps from a day on.
    MeterPriceItem { item: String, valid_from: Day, steps: String, by_year: bool, basis: String }
    /// Meters and prices.
    MeterSetup { meters: Vec<MeterItem>, prices: Vec<MeterPriceItem> }
    /// How far an entrance is read.
    PlaceItem { place: String, meters: i64, read: i64 }
    /// A meter on the round.
    WalkItem {
        meter: Id, unit: String, number: String, last: Number, value: Option<Number>, used: Option<Number>,
        estimated: bool, confirmed: bool,
    }
    /// The rounds of a month, and one of them.
    WalkList { kind: String, period: Month, places: Vec<PlaceItem>, place: String, rows: Vec<WalkItem> }
    /// How many were taken.
    Taken { taken: i64 }
    /// A reading that was taken.
    ReadRow { meter: Id, unit: String, number: String, value: Number }
    /// A row that was not taken.
    RefusedRow { sheet: String, row: i64, value: String, problem: String }
    /// What was understood of a spreadsheet of readings.
    ReadingsReport { accepted: i64, rows: Vec<ReadRow>, already: i64, refused: Vec<RefusedRow> }
    /// A usage of a month.
    UsageItem {
        meter: Id, unit: Option<Label>, number: String, from: Number, to: Number, usage: Number, amount: Yuan,
        estimated: bool,
    }
    /// Something about a meter; `holds` keeps it from being confirmed.
    MeterFinding { meter: Id, place: String, number: String, kind: String, holds: bool, detail: String }
    /// What was, or would be, confirmed.
    UsageReport {
        kind: String, period: Month, already: i64, usage: Number, total: Yuan, rows: Vec<UsageItem>,
        findings: Vec<MeterFinding>,
    }
}
