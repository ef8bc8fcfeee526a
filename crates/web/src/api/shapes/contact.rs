//! Shapes of contact: what stands against it, what a person asked for.

use utoipa::ToSchema;

use super::{Day, Id, Number, Sentence, shapes};

shapes! {
    /// A rule that keeps contact closed: its word, in words with when it opens, that local time, and whether the owner's wish to be
    /// called back opens it.
    ContactClosed { rule: String, text: Sentence, opens: Option<String>, gives_way: bool }
    /// What stands against contacting a payer now; `null` where nothing does.
    ContactRoom { call: Option<ContactClosed>, visit: Option<ContactClosed>, message: Option<ContactClosed> }
    /// What a person asked for about being contacted.
    ContactLimitItem { id: Id, kind: String, text: Sentence, by: String, on: Day }
    /// A line of the book of scripts, with the edition it came with and who wrote it (empty: it comes with the program).
    ScriptLine {
        part: String, name: String, cause: Option<String>, stage: Option<String>, channel: Option<String>,
        says: Option<Sentence>, text: Sentence, edition: i64, by: String,
    }
    /// The book of scripts as of an edition.
    ScriptBook { edition: i64, newest: i64, lines: Vec<ScriptLine> }
    /// The edition a change makes.
    ScriptEdition { edition: i64 }
    /// What to say; `reference` goes into the record of the contact.
    ScriptCard {
        reference: String, channel: String, lines: Vec<Sentence>, avoid: Vec<Sentence>, next: Sentence, coaching: Vec<Sentence>,
    }
    /// What came of contacts made with a script; `promised_rate` is `null` where too few were reached to say.
    ScriptOutcome {
        cause: Option<String>, stage: String, channel: String, edition: i64, tried: i64, reached: i64, promised: i64,
        promised_rate: Option<Number>,
    }
    /// An objection and its answer.
    ObjectionCard { says: Sentence, answer: Sentence }
    /// What to say in a case.
    CaseScript { script: ScriptCard, objections: Vec<ObjectionCard> }
    /// The rule of the contact budget a recorded contact broke; `null` where it broke none.
    ContactRecorded { breach: Option<String> }
}
