//! Shapes of service orders.

use super::shapes;
use utoipa::ToSchema;

use super::{Day, Id, Label, Moment, Month, Sentence, Yuan};

shapes! {
    /// A service order as the board shows it.
    OrderItem {
        id: Id, unit: Label, owner: String, kind: Sentence, priority: Sentence, department: Sentence, subject: String,
        state: String, promised_on: Day, is_late: bool, finding: Option<Sentence>, reopened: i64, photos: i64,
    }
    /// The orders of a state.
    BoardColumn { state: String, rows: Vec<OrderItem> }
    /// The board of service orders.
    Board { columns: Vec<BoardColumn>, late: i64, more: bool }
    /// Something that happened to an order.
    OrderEvent { at: Moment, what: Sentence, by: String, note: String }
    /// A photo of an order.
    OrderPhoto { id: Id, media_type: String, by: String, at: Moment }
    /// A charge an order is about.
    OrderCharge { charge: Id, item: String, period: Month, open: Yuan }
    /// A service order with all that happened to it; `reduction` is a charge and an amount to ask for.
    OrderPage {
        order: OrderItem, unit_id: Id, case_id: Option<Id>, source: Sentence, opened_on: Day, taken_by: String,
        worked_by: Option<String>, answered_on: Option<Day>, answer: Option<String>, remedy: Option<Sentence>,
        satisfaction: Option<i64>, charges: Vec<OrderCharge>, disputed: Yuan, acts: Vec<String>,
        reduction: Option<Vec<String>>, events: Vec<OrderEvent>, photos: Vec<OrderPhoto>,
    }
}
