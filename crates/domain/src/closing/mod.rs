//! Closing a month (月结): which facts belong to which month, and the figures that tie out (勾稽).
//!
//! A fact belongs to the first closing whose last day is on or after the fact's day and whose number is on or after the fact's
//! number. So what is recorded later for a closed month lands in the next open one, and nothing is written on the fact itself.
//! Everything here follows from that one rule: movements are sums of facts, a balance is opening plus movements, and the closing
//! balance of a month is the opening of the next.

mod boundary;
mod deposits;
mod figures;
mod movement;
pub mod voucher;

pub use boundary::{Boundary, booked_on};
pub use deposits::{DepositLine, DepositMoves, Deposits};
pub use figures::{Difference, Due, Group, LateFees, MonthFigures, Prepaid, Receivable, ReductionLine};
pub use movement::{Cell, MethodLine, Movement, Movements, OpenBalances, OpenCell, Spot, What};
