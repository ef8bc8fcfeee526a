//! Shared costs (公摊): a cost is shared over units, looked at, confirmed, and billed with its month (民法典 283; Beijing 70(5)).
//!
//! What is previewed is what is confirmed: both are one computation, the confirmation writes it. The next bill run of the month
//! picks the shares up ([`crate::billing`]), one that comes later in the year too. A confirmed pool can be cancelled while no share
//! of it is on a bill; after that it is put right as a whole ([`crate::billing::rebill`]). One invoice is shared once.

mod again;
mod list;
mod origin;
mod pool;

pub use again::RightCost;
pub(crate) use again::{check_can_be_taken_up, share_again};
pub use list::{PoolDetails, PoolItem, PoolList, YearFigure, list_pools, show_pool};
pub use pool::{Cost, CostReport, CostRequest, ShareItem, cancel_pool, share_cost};
