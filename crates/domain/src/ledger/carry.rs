//! What was paid on a charge that is billed anew goes to the charges in its place, the earliest payment first; the rest is put by.

use crate::Fen;

/// What one payment gives to each new charge, and what is left of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Per new charge, in their order.
    pub parts: Vec<Fen>,
    /// Put by.
    pub left: Fen,
}

/// Shares payments, in their order, out to what new charges have room for; lowers the room by what they get.
#[must_use]
pub fn carry(payments: &[Fen], room: &mut [Fen]) -> Vec<Carried> {
    payments.iter().map(|payment| carry_one(*payment, room)).collect()
}

fn carry_one(payment: Fen, room: &mut [Fen]) -> Carried {
    let mut left = payment;
    let mut parts = Vec::with_capacity(room.len());
    for place in room.iter_mut() {
        let part = left.min(*place).max(Fen::ZERO);
        *place -= part;
        left -= part;
        parts.push(part);
    }
    Carried { parts, left }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_fen_is_lost_and_no_charge_gets_more_than_it_has_room_for(
            payments in prop::collection::vec(1_i64..100_000, 0..6),
            room in prop::collection::vec(0_i64..100_000, 0..4),
        ) {
            let payments: Vec<Fen> = payments.into_iter().map(Fen::new).collect();
            let before: Vec<Fen> = room.into_iter().map(Fen::new).collect();
            let mut after = before.clone();
            let carried = carry(&payments, &mut after);
            for (payment, one) in payments.iter().zip(&carried) {
                prop_assert_eq!(one.parts.iter().copied().sum::<Fen>() + one.left, *payment);
            }
            for (place, left) in after.iter().enumerate() {
                let got: Fen = carried.iter().map(|one| one.parts[place]).sum();
                prop_assert!(*left >= Fen::ZERO && *left + got == before[place]);
            }
            let put_by: Fen = carried.iter().map(|one| one.left).sum();
            prop_assert!(put_by.is_zero() || after.iter().all(|left| left.is_zero()), "put by although there is room");
        }
    }
}
