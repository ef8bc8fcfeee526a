//! Bank lines: each is booked to the fen as receipts of its own, once, and what was undone is reversed.

use std::collections::HashMap;

use hemu_domain::Fen;
use hemu_domain::ids::CommunityId;
use uuid::Uuid;

use crate::check::Tally;
use crate::{DbError, Tx, params};

const LINES: &str =
    "SELECT id, amount_fen, state, round, settled_by FROM bank_line WHERE community_id = $1 ORDER BY id";
const PARTS: &str = "SELECT p.line_id, p.round, p.amount_fen, r.amount_fen, r.key, r.reversed FROM bank_part p
    LEFT JOIN receipt r ON r.community_id = p.community_id AND r.id = p.receipt_id
    WHERE p.community_id = $1 ORDER BY p.line_id, p.seq";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[LINES, PARTS];

/// What a line was booked as in one round.
#[derive(Default)]
struct Round {
    sum: Fen,
    /// Every part is a receipt of its amount, taken with the key of line and round.
    sound: bool,
    all_reversed: bool,
}

/// A booked line is booked as receipts that add up to it; any other as none; what was booked before is reversed.
pub fn lines(tx: &mut Tx<'_>, community: CommunityId, tally: &mut Tally) -> Result<(), DbError> {
    let mut rounds = rounds(tx, community)?;
    tx.for_each::<DbError>(LINES, &params![community], |row| {
        let (id, amount, state): (Uuid, Fen, String) = (row.take()?, row.take()?, row.take()?);
        let (round, settled_by): (i64, Option<String>) = (row.take()?, row.take()?);
        let of_line = rounds.remove(&id).unwrap_or_default();
        let now = of_line.get(&round);
        let booked = match (state.as_str(), now) {
            ("booked", Some(now)) => now.sound && now.sum == amount,
            ("booked", None) => false,
            (_, now) => now.is_none(),
        };
        let undone = of_line.iter().all(|(of, one)| *of == round || *of < round && one.sound && one.all_reversed);
        let told = (state == "open") == settled_by.is_none();
        tally.row(booked && undone && told, || format!("bank line {id}"));
        Ok(())
    })?;
    for id in rounds.keys() {
        tally.row(false, || format!("parts of bank line {id}, which is not there"));
    }
    Ok(())
}

fn rounds(tx: &mut Tx<'_>, community: CommunityId) -> Result<HashMap<Uuid, HashMap<i64, Round>>, DbError> {
    let mut rounds: HashMap<Uuid, HashMap<i64, Round>> = HashMap::new();
    tx.for_each::<DbError>(PARTS, &params![community], |row| {
        let (line, round, amount): (Uuid, i64, Fen) = (row.take()?, row.take()?, row.take()?);
        let (received, key): (Option<Fen>, Option<String>) = (row.take()?, row.take()?);
        let reversed = row.take::<Option<bool>>()?.unwrap_or(false);
        let own_key = key.is_some_and(|key| key.starts_with(&format!("bank:{line}:{round}:")));
        let sound = received == Some(amount) && own_key;
        let one = rounds.entry(line).or_default().entry(round);
        let one = one.or_insert(Round { sum: Fen::ZERO, sound: true, all_reversed: true });
        one.sum += amount;
        one.sound &= sound;
        one.all_reversed &= reversed;
        Ok(())
    })?;
    Ok(rounds)
}
