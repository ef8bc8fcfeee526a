//! What may happen.

use proptest::prelude::*;

/// What happens next; numbers are taken round what there is.
#[derive(Clone, Debug)]
pub enum Step {
    Wait(u64),
    Bill,
    Pay {
        unit: usize,
        fen: i64,
    },
    PayNamed {
        unit: usize,
        charge: usize,
        fen: i64,
    },
    /// All that is due, but for small change that is let off.
    Settle {
        unit: usize,
        off: i64,
    },
    Reverse(usize),
    LetOff {
        charge: usize,
        late: bool,
        fen: i64,
    },
    /// A part of what a receipt put by, in hundredths, or the whole receipt.
    GiveBack {
        of: usize,
        part: i64,
        whole: bool,
    },
    /// The same to another unit.
    Move {
        of: usize,
        part: i64,
        to: usize,
    },
    Rebill {
        unit: usize,
        months: i32,
        cents: i64,
    },
    Read {
        meter: usize,
        used: i64,
        estimated: bool,
    },
    Share {
        fen: i64,
        by_area: bool,
    },
    TakeDeposit {
        unit: usize,
        fen: i64,
    },
    EndDeposit {
        deposit: usize,
        keeps: bool,
        fen: i64,
    },
}

/// A history.
pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    let owing = prop_oneof![
        4 => (0_usize..4, 1_i64..120_000).prop_map(|(unit, fen)| Step::Pay { unit, fen }),
        2 => (0_usize..4, 0_usize..20, 1_i64..60_000).prop_map(|(unit, charge, fen)| Step::PayNamed { unit, charge, fen }),
        3 => (0_usize..4, 1_i64..100).prop_map(|(unit, off)| Step::Settle { unit, off }),
        3 => (0_usize..9).prop_map(Step::Reverse),
        1 => (0_usize..40, any::<bool>(), 1_i64..9_000).prop_map(|(charge, late, fen)| Step::LetOff { charge, late, fen }),
        2 => (0_usize..9, 1_i64..106, any::<bool>()).prop_map(|(of, part, whole)| Step::GiveBack { of, part, whole }),
        2 => (0_usize..9, 1_i64..106, 0_usize..4).prop_map(|(of, part, to)| Step::Move { of, part, to }),
    ];
    let billing = prop_oneof![
        4 => Just(Step::Bill),
        4 => (0_usize..4, 1_i32..8, 50_i64..300).prop_map(|(unit, months, cents)| Step::Rebill { unit, months, cents }),
        6 => (0_usize..3, 0_i64..40_000, any::<bool>()).prop_map(|(meter, used, estimated)| Step::Read { meter, used, estimated }),
        2 => (1_i64..90_000, any::<bool>()).prop_map(|(fen, by_area)| Step::Share { fen, by_area }),
    ];
    let deposits = prop_oneof![
        (0_usize..4, 1_i64..300_000).prop_map(|(unit, fen)| Step::TakeDeposit { unit, fen }),
        (0_usize..9, any::<bool>(), 1_i64..200_000).prop_map(|(deposit, keeps, fen)| Step::EndDeposit {
            deposit,
            keeps,
            fen
        }),
    ];
    let step = prop_oneof![5 => (1_u64..60).prop_map(Step::Wait), 8 => owing, 9 => billing, 1 => deposits];
    prop::collection::vec(step, 6..40)
}
