//! Differences between providers' files and the books that are dated in a month and that nobody has settled: they keep it open.

use hemu_domain::Period;
use hemu_domain::bank::settlement::Provider;
use hemu_domain::ids::CommunityId;
use hemu_store::bank::{BankFileRow, file};
use hemu_store::{DbError, Tx};

use super::settlement::{Compared, DifferenceItem, Origin, item, notes};

/// The unsettled differences of a month, provider by provider; a receipt is one where a file of the provider covers its day.
///
/// # Errors
/// When the database refuses.
pub(crate) fn list_unsettled(
    tx: &mut Tx<'_>,
    community: CommunityId,
    month: Period,
) -> Result<Vec<(Provider, Vec<DifferenceItem>)>, DbError> {
    let days = (month.first_day(), month.last_day());
    let files = file::list_settlements_of_days(tx, community, days)?;
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let compared = Compared::load(tx, community, days)?;
    let by_code = compared.unknown_everywhere();
    let mut found = Vec::new();
    for provider in Provider::ALL.iter().copied() {
        let of: Vec<&BankFileRow> = files.iter().filter(|one| one.kind == provider.as_str()).collect();
        let covered = |day| of.iter().any(|one| (one.first_on..=one.last_on).contains(&day));
        let owns = |origin: &Origin<'_>| match origin {
            Origin::Entry(entry) => Period::of(entry.happened_on) == month,
            Origin::Receipt(receipt) => {
                Period::of(receipt.received_on) == month
                    && covered(receipt.received_on)
                    && (receipt.method != "qr" || by_code.contains(&receipt.id.uuid()))
            }
        };
        let notes = notes(tx, community, provider)?;
        let differences = compared.differences(provider);
        let items = differences.iter().filter_map(|one| item(&compared, &owns, one));
        let open: Vec<DifferenceItem> = items.filter(|one| !notes.contains_key(&(one.kind, one.subject))).collect();
        if !open.is_empty() {
            found.push((provider, open));
        }
    }
    Ok(found)
}
