//! Shapes of meters and shared costs.

use utoipa::ToSchema;

use super::{Id, Label, Month, Number, Yuan, shapes};

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
