//! How cases went through the stages, and what people did: the funnel, contacts that reached somebody, promises kept.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use hemu_domain::Period;
use hemu_domain::collection::classification::Cause;
use hemu_domain::collection::policy::Stage;
use hemu_domain::ids::{CaseId, CommunityId};
use hemu_domain::outreach::scripts::{ScriptChannel, ScriptOf, ScriptReference};
use hemu_domain::review::percent;
use hemu_store::{DbError, Tx, review};
use serde::Serialize;

/// Cases that entered a stage in a month, of one building.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FunnelLine {
    /// The month.
    pub month: Period,
    /// The building of the payer's first unit.
    pub building: String,
    /// The stage.
    pub stage: String,
    /// Cases that were first in it then.
    pub entered: i64,
    /// Of those closed by the day of the review.
    pub closed: i64,
    /// Percent closed (转化率).
    pub closed_rate: Option<String>,
}

/// Contacts of one channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContactLine {
    /// `phone`, `sms`...
    pub channel: String,
    /// Tried.
    pub tried: i64,
    /// The payer was spoken to, or the message is known to have been delivered.
    pub reached: i64,
    /// Percent (触达率).
    pub reached_rate: Option<String>,
}

/// What came of contacts made with a script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScriptOutcome {
    /// The type of owner; `None` before it was known.
    pub cause: Option<Cause>,
    /// The stage.
    pub stage: Stage,
    /// `phone`, `visit`...
    pub channel: ScriptChannel,
    /// The edition of the book.
    pub edition: i64,
    /// Contacts made with it.
    pub tried: i64,
    /// The payer was spoken to.
    pub reached: i64,
    /// Of those, with a promise.
    pub promised: i64,
    /// Percent promised of those reached; `None` where too few were reached to say.
    pub promised_rate: Option<String>,
}

/// Talks from which on scripts are compared: of fewer a share says nothing.
const ENOUGH_TALKS: i64 = 20;

/// Promises that fell due.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PromiseFigures {
    /// Fell due, and were neither withdrawn nor replaced.
    pub due: i64,
    /// Kept in full.
    pub kept: i64,
    /// Kept in part.
    pub part_kept: i64,
    /// Broken.
    pub broken: i64,
    /// Percent kept in full of those judged (承诺兑现率).
    pub kept_rate: Option<String>,
}

/// The funnel of stages between two days.
///
/// # Errors
/// When the database refuses.
pub fn funnel(
    tx: &mut Tx<'_>,
    community: CommunityId,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<Vec<FunnelLine>, DbError> {
    let cases: HashMap<CaseId, (Option<NaiveDate>, String)> = review::list_cases(tx, community, last)?
        .into_iter()
        .map(|(id, closed_on, unit)| (id, (closed_on, unit.building().to_owned())))
        .collect();
    let mut lines: BTreeMap<(Period, String, String), (i64, i64)> = BTreeMap::new();
    for (case, stage, entered_on) in review::list_stage_days(tx, community, last)? {
        let Some((closed_on, building)) = cases.get(&case).filter(|_| entered_on >= first) else { continue };
        let line = lines.entry((Period::of(entered_on), building.clone(), stage)).or_default();
        line.0 += 1;
        line.1 += i64::from(closed_on.is_some_and(|day| day <= last));
    }
    let line = |((month, building, stage), (entered, closed))| FunnelLine {
        month,
        building,
        stage,
        entered,
        closed,
        closed_rate: percent(closed, entered),
    };
    Ok(lines.into_iter().map(line).collect())
}

/// Contacts between two days.
///
/// # Errors
/// When the database refuses.
pub fn contacts(
    tx: &mut Tx<'_>,
    community: CommunityId,
    days: (NaiveDate, NaiveDate),
) -> Result<Vec<ContactLine>, DbError> {
    let counted = review::count_contacts(tx, community, days)?;
    let line =
        |(channel, tried, reached)| ContactLine { channel, tried, reached, reached_rate: percent(reached, tried) };
    Ok(counted.into_iter().map(line).collect())
}

/// What came of contacts made with scripts between two days.
///
/// # Errors
/// When the database refuses.
pub fn scripts(
    tx: &mut Tx<'_>,
    community: CommunityId,
    days: (NaiveDate, NaiveDate),
) -> Result<Vec<ScriptOutcome>, DbError> {
    let outcome = |(script, [tried, reached, promised]): (String, [i64; 3])| {
        let ScriptReference { of, edition, .. } = ScriptReference::parse(&script)?;
        let promised_rate = percent(promised, reached).filter(|_| reached >= ENOUGH_TALKS);
        let ScriptOf { cause, stage, channel } = of;
        Some(ScriptOutcome { cause, stage, channel, edition, tried, reached, promised, promised_rate })
    };
    Ok(review::count_scripts(tx, community, days)?.into_iter().filter_map(outcome).collect())
}

/// Promises that fell due between two days, as they were judged by the last of them.
///
/// # Errors
/// When the database refuses.
pub fn promises(
    tx: &mut Tx<'_>,
    community: CommunityId,
    days: (NaiveDate, NaiveDate),
) -> Result<PromiseFigures, DbError> {
    let counted: HashMap<String, i64> = review::count_promises(tx, community, days, days.1)?.into_iter().collect();
    let of = |state: &str| counted.get(state).copied().unwrap_or(0);
    let (kept, part_kept, broken) = (of("kept"), of("part_kept"), of("broken"));
    let judged = kept + part_kept + broken;
    Ok(PromiseFigures { due: judged + of("active"), kept, part_kept, broken, kept_rate: percent(kept, judged) })
}
