//! Shapes of contact: what stands against it, what a person asked for.

use utoipa::ToSchema;

use super::{Day, Id, Sentence, shapes};

shapes! {
    /// A rule that keeps contact closed: its word, in words with when it opens, that local time, and whether the owner's wish to be
    /// called back opens it.
    ContactClosed { rule: String, text: Sentence, opens: Option<String>, gives_way: bool }
    /// What stands against contacting a payer now; `null` where nothing does.
    ContactRoom { call: Option<ContactClosed>, visit: Option<ContactClosed>, message: Option<ContactClosed> }
    /// What a person asked for about being contacted.
    ContactLimitItem { id: Id, kind: String, text: Sentence, by: String, on: Day }
    /// The rule of the contact budget a recorded contact broke; `null` where it broke none.
    ContactRecorded { breach: Option<String> }
}
