//! Legal (法务): letters, service proof, court fees.

pub mod court_fee;
