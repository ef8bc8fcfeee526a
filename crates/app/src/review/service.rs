//! Service in the review (P5): what owners complained about, whether it was answered in time, and whether anybody was chased meanwhile.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use hemu_domain::Text;
use hemu_domain::ids::CommunityId;
use hemu_domain::review::percent;
use hemu_domain::service::course::is_content;
use hemu_domain::service::{ComplaintKind, Finding, is_answer_late};
use hemu_store::service::figures::{self, Counted};
use hemu_store::{DbError, Tx};
use serde::Serialize;

/// Complaints of the span.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ServiceFigures {
    /// Taken down.
    pub taken: i64,
    /// Answered by the last day.
    pub answered: i64,
    /// Of those, by the promised day.
    pub in_time: i64,
    /// Percent in time (及时答复率).
    pub in_time_rate: Option<String>,
    /// Past their day without an answer.
    pub late: i64,
    /// Found right, at least in part.
    pub right: i64,
    /// Rated by the owner.
    pub rated: i64,
    /// Of those, content.
    pub content: i64,
    /// Percent content (满意率).
    pub content_rate: Option<String>,
    /// Steps carried out about what rested for a complaint (投诉期间仍催缴): it must be zero.
    pub chased_while_unresolved: i64,
    /// By kind, the most frequent first.
    pub kinds: Vec<ServiceKindLine>,
}

/// Complaints of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServiceKindLine {
    /// The kind.
    pub kind: Text,
    /// Taken down.
    pub taken: i64,
    /// Found right, at least in part.
    pub right: i64,
}

/// The complaints taken down between two days, as they stood on the last of them.
///
/// # Errors
/// When the database refuses.
pub fn service(
    tx: &mut Tx<'_>,
    community: CommunityId,
    days: (NaiveDate, NaiveDate),
) -> Result<ServiceFigures, DbError> {
    let last = days.1;
    let taken = figures::list_taken(tx, community, days)?;
    let count = |is: &dyn Fn(&Counted) -> bool| i64::try_from(taken.iter().filter(|one| is(one)).count()).unwrap_or(0);
    let answered = |one: &Counted| one.answered_on.is_some_and(|day| day <= last);
    let in_time = count(&|one| one.answered_on.is_some_and(|day| day <= last && day <= one.promised_on));
    let (all_answered, rated) = (count(&answered), count(&|one| one.satisfaction.is_some()));
    let content = count(&|one| one.satisfaction.is_some_and(is_content));
    Ok(ServiceFigures {
        taken: count(&|_| true),
        answered: all_answered,
        in_time,
        in_time_rate: percent(in_time, all_answered),
        late: count(&|one| is_answer_late(one.promised_on, one.answered_on, last)),
        right: count(&is_right),
        rated,
        content,
        content_rate: percent(content, rated),
        chased_while_unresolved: figures::count_chased(tx, community, days)?,
        kinds: by_kind(&taken),
    })
}

fn is_right(one: &Counted) -> bool {
    one.finding.is_some_and(Finding::is_right)
}

fn by_kind(taken: &[Counted]) -> Vec<ServiceKindLine> {
    let mut kinds: BTreeMap<ComplaintKind, (i64, i64)> = BTreeMap::new();
    for one in taken {
        let line = kinds.entry(one.kind).or_default();
        line.0 += 1;
        line.1 += i64::from(is_right(one));
    }
    let line =
        |(kind, (taken, right)): (ComplaintKind, (i64, i64))| ServiceKindLine { kind: kind.label(), taken, right };
    let mut lines: Vec<ServiceKindLine> = kinds.into_iter().map(line).collect();
    lines.sort_by_key(|line| -line.taken);
    lines
}
