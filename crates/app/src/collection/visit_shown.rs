//! How the record of a visit stands among what happened: its hour, whether the owner signed, its pictures, and the day it came in where
//! that was a later one.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use hemu_domain::Text;
use hemu_domain::collection::visit_record::Signing;
use hemu_domain::hex;
use hemu_domain::ids::{AttachmentId, CommunityId, ContactLogId};
use hemu_store::attachment::{self, AttachmentRow, Subject};
use hemu_store::outreach::contact::ContactRow;
use hemu_store::outreach::visit::{self, VisitRecordRow};
use hemu_store::{DbError, Tx};
use serde::Serialize;

use crate::clock::in_china;

/// A photo or the signature of a visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VisitPicture {
    /// The contact it belongs to.
    pub contact_id: ContactLogId,
    /// Its id.
    pub id: AttachmentId,
    /// `photo` or `signature`.
    pub kind: &'static str,
    /// The hash of what was sent, in hexadecimal.
    pub sha256: String,
}

/// A record with its pictures.
pub(super) struct VisitShown {
    record: VisitRecordRow,
    pub(super) pictures: Vec<VisitPicture>,
}

impl VisitShown {
    /// When it was, whether the owner signed, and when it came in if that was on another day.
    pub(super) fn text(&self, at: DateTime<Utc>) -> Text {
        let (at, received) = (in_china(at), in_china(self.record.received_at));
        let signing =
            Signing::parse(&self.record.signing).map_or_else(|word| Text::new(word.clone(), word), Signing::label);
        let hour = at.format("%H:%M");
        let (zh, en) = (format!("{hour} 上门，{}", signing.zh), format!("at {hour}, {}", signing.en));
        if at.date_naive() == received.date_naive() {
            return Text::new(zh, en);
        }
        let received = received.format("%Y-%m-%d %H:%M");
        Text::new(format!("{zh}，{received} 收到"), format!("{en}, received {received}"))
    }
}

/// The records of visits to a payer, by their contact.
pub(super) struct Visits(HashMap<ContactLogId, VisitShown>);

impl Visits {
    /// Reads them, where any of the contacts was a visit.
    pub(super) fn read(tx: &mut Tx<'_>, community: CommunityId, contacts: &[ContactRow]) -> Result<Self, DbError> {
        let Some(party) = contacts.iter().find(|one| one.channel == "visit").map(|one| one.party_id) else {
            return Ok(Self(HashMap::new()));
        };
        let records = visit::list_of_party(tx, community, party)?;
        let shown = |record: VisitRecordRow| (record.contact_id, VisitShown { record, pictures: Vec::new() });
        let mut visits: HashMap<_, _> = records.into_iter().map(shown).collect();
        for picture in attachment::list_of_visits(tx, community, party)?.into_iter().filter_map(picture) {
            if let Some(visit) = visits.get_mut(&picture.contact_id) {
                visit.pictures.push(picture);
            }
        }
        Ok(Self(visits))
    }

    pub(super) fn take(&mut self, contact: ContactLogId) -> Option<VisitShown> {
        self.0.remove(&contact)
    }
}

fn picture(row: AttachmentRow) -> Option<VisitPicture> {
    let (contact_id, kind) = match row.subject {
        Subject::Visit(contact) => (contact, "photo"),
        Subject::VisitSignature(contact) => (contact, "signature"),
        Subject::Complaint(_) | Subject::Plan(_) => return None,
    };
    let sha256 = hex(&row.sha256);
    Some(VisitPicture { contact_id, id: row.id, kind, sha256 })
}
