//! Service (客诉工单): complaints and the departments that answer them (P5, C4).
//!
//! A complaint is an order to a department ([`kind`]): it is accepted, worked on, done, verified by another person, answered to the
//! owner with a finding ([`finding`]), rated by the owner and closed ([`course`]). While it is open the disputed part is not chased;
//! what it finds decides whether that part stays due. Past its date it becomes louder inside the company ([`overdue`]), never
//! towards the owner. [`photo`] says what is kept as a picture of it.

pub mod course;
pub mod finding;
pub mod kind;
pub mod overdue;
pub mod photo;

pub use course::{ComplaintEvent, ComplaintState, Course};
pub use finding::{Finding, Remedy};
pub use kind::{ComplaintKind, Department, Priority, Source, latest_answer};
pub use overdue::{escalation_level, is_answer_late};
