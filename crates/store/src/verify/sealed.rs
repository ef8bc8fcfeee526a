//! Sealed fields: each ciphertext opens at its own table, column and row, and is what its index or hash says.

use hemu_domain::ids::CommunityId;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::check::Tally;
use crate::{DbError, Sealer, Tx, params};

const POINTS: &str =
    "SELECT id, channel, value_sealed, value_index FROM contact_point WHERE community_id = $1 ORDER BY id";
const PARTIES: &str = "SELECT id, id_number_sealed, id_number_index FROM party
    WHERE community_id = $1 AND id_number_sealed IS NOT NULL ORDER BY id";
const ATTEMPTS: &str = "SELECT id, recipient_sealed, content_sealed, content_hash FROM attempt
    WHERE community_id = $1 ORDER BY id";
const NOTES: &str = "SELECT id, note_sealed FROM contact_log
    WHERE community_id = $1 AND note_sealed IS NOT NULL ORDER BY id";

const MEMBERS: &str = "SELECT id, name_sealed, phones_sealed FROM household_member WHERE community_id = $1 ORDER BY id";

const LINES: &str =
    "SELECT id, account_sealed, account_index, remark_sealed FROM bank_line WHERE community_id = $1 ORDER BY id";

const ATTACHMENTS: &str = "SELECT id, sha256, content_sealed FROM attachment WHERE community_id = $1 ORDER BY id";

const PAPERS: &str = "SELECT id, sha256, content_sealed FROM paper WHERE community_id = $1 ORDER BY id";

/// Every statement of this module.
pub const STATEMENTS: &[&str] = &[POINTS, PARTIES, ATTEMPTS, NOTES, MEMBERS, LINES, ATTACHMENTS, PAPERS];

/// Opens every sealed value of a community at its place.
///
/// # Errors
/// When the database refuses.
pub fn sealed(tx: &mut Tx<'_>, community: CommunityId, sealer: &Sealer, tally: &mut Tally) -> Result<(), DbError> {
    let open = |place: &str, id: Uuid, sealed: &[u8]| sealer.open_text(place, id, sealed).ok();
    tx.for_each::<DbError>(POINTS, &params![community], |row| {
        let (id, channel): (Uuid, String) = (row.take()?, row.take()?);
        let (value, index): (Vec<u8>, Vec<u8>) = (row.take()?, row.take()?);
        let value = open("contact_point.value", id, &value);
        let sound = value.is_some_and(|value| sealer.index(&channel, &value) == index);
        tally.row(sound, || format!("contact point {id}"));
        Ok(())
    })?;
    tx.for_each::<DbError>(PARTIES, &params![community], |row| {
        let (id, number, index): (Uuid, Vec<u8>, Option<Vec<u8>>) = (row.take()?, row.take()?, row.take()?);
        let number = open("party.id_number", id, &number);
        let sound = number.is_some_and(|number| Some(sealer.index("id_number", &number)) == index);
        tally.row(sound, || format!("id number of party {id}"));
        Ok(())
    })?;
    tx.for_each::<DbError>(ATTEMPTS, &params![community], |row| {
        let (id, recipient, content): (Uuid, Vec<u8>, Vec<u8>) = (row.take()?, row.take()?, row.take()?);
        let hash: [u8; 32] = row.take()?;
        let text = open("attempt.content", id, &content);
        let sound = text.is_some_and(|text| Sha256::digest(text).as_slice() == hash);
        tally.row(sound && open("attempt.recipient", id, &recipient).is_some(), || format!("attempt {id}"));
        Ok(())
    })?;
    tx.for_each::<DbError>(NOTES, &params![community], |row| {
        let (id, note): (Uuid, Vec<u8>) = (row.take()?, row.take()?);
        tally.row(open("contact_log.note", id, &note).is_some(), || format!("note of contact {id}"));
        Ok(())
    })?;
    tx.for_each::<DbError>(MEMBERS, &params![community], |row| {
        let (id, name, phones): (Uuid, Vec<u8>, Option<Vec<u8>>) = (row.take()?, row.take()?, row.take()?);
        let phones = phones.is_none_or(|phones| open("household_member.phones", id, &phones).is_some());
        tally.row(phones && open("household_member.name", id, &name).is_some(), || format!("household member {id}"));
        Ok(())
    })?;
    tx.for_each::<DbError>(ATTACHMENTS, &params![community], |row| {
        let (id, hash): (Uuid, [u8; 32]) = (row.take()?, row.take()?);
        let sealed: Vec<u8> = row.take()?;
        let content = sealer.open_bytes("attachment.content", id, &sealed).ok();
        tally.row(content.is_some_and(|bytes| Sha256::digest(bytes).as_slice() == hash), || format!("attachment {id}"));
        Ok(())
    })?;
    tx.for_each::<DbError>(PAPERS, &params![community], |row| {
        let (id, hash): (Uuid, [u8; 32]) = (row.take()?, row.take()?);
        let sealed: Vec<u8> = row.take()?;
        let content = sealer.open_bytes("paper.content", id, &sealed).ok();
        tally.row(content.is_some_and(|bytes| Sha256::digest(bytes).as_slice() == hash), || format!("paper {id}"));
        Ok(())
    })?;
    tx.for_each::<DbError>(LINES, &params![community], |row| {
        let (id, account, index): (Uuid, Option<Vec<u8>>, Option<Vec<u8>>) = (row.take()?, row.take()?, row.take()?);
        let remark: Option<Vec<u8>> = row.take()?;
        let sound = match (account, index) {
            (Some(sealed), Some(index)) => open("bank_line.account", id, &sealed)
                .is_some_and(|account| sealer.index("bank_account", &account) == index),
            (account, index) => account.is_none() && index.is_none(),
        };
        let remark = remark.is_none_or(|sealed| open("bank_line.remark", id, &sealed).is_some());
        tally.row(sound && remark, || format!("bank line {id}"));
        Ok(())
    })
}
