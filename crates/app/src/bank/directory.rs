//! Everybody money may be for, as of a day, and whose each open line may be.

use std::collections::HashMap;

use chrono::NaiveDate;
use hemu_domain::Fen;
use hemu_domain::bank::matching::{Directory, Money, Payer, Verdict};
use hemu_domain::ids::{AccountId, CommunityId, PartyId, UnitId};
use hemu_store::bank::directory as known;
use hemu_store::bank::{BankLineRow, KnownAccount};
use hemu_store::{DbError, Tx};

use crate::App;
use crate::arrears::list_arrears;

/// Everybody money may be for, and which bank account paid for whom before.
pub(super) struct Known {
    pub(super) directory: Directory,
    seen: HashMap<Vec<u8>, Vec<AccountId>>,
}

fn grouped<K: Eq + std::hash::Hash, T>(rows: impl IntoIterator<Item = (K, T)>) -> HashMap<K, Vec<T>> {
    let mut groups: HashMap<K, Vec<T>> = HashMap::new();
    for (key, row) in rows {
        groups.entry(key).or_default().push(row);
    }
    groups
}

impl Known {
    /// Reads a community as of today, set by set.
    ///
    /// # Errors
    /// When the database refuses.
    pub(super) fn load(tx: &mut Tx<'_>, app: &App, community: CommunityId) -> Result<Self, DbError> {
        let today = app.today();
        let parts = Parts::load(tx, app, community, today)?;
        let accounts = known::list_accounts(tx, community)?;
        let payers = accounts.into_iter().filter_map(|account| parts.payer(account, today)).collect();
        let seen = known::list_seen(tx, community)?.into_iter().map(|one| (one.account_index, one.account_id));
        Ok(Self { directory: Directory::new(payers), seen: grouped(seen) })
    }

    /// Whose a line may be.
    pub(super) fn judge(&self, app: &App, line: &BankLineRow) -> Verdict {
        let remark = remark_of(app, line);
        let seen = line.account_index.as_ref().and_then(|index| self.seen.get(index));
        let seen = seen.map(Vec::as_slice).unwrap_or_default();
        self.directory.judge(&Money { amount: line.amount, payer: &line.payer_name, remark: &remark, seen })
    }
}

/// What was written beside a line.
pub(super) fn remark_of(app: &App, line: &BankLineRow) -> String {
    let open = |sealed: &Vec<u8>| app.sealer.open_text("bank_line.remark", line.id.uuid(), sealed).ok();
    line.remark_sealed.as_ref().and_then(open).unwrap_or_default()
}

/// What accounts are put together from.
struct Parts {
    owners: HashMap<UnitId, Vec<(PartyId, String)>>,
    tenants: HashMap<UnitId, Vec<String>>,
    members: HashMap<UnitId, Vec<String>>,
    phones: HashMap<PartyId, Vec<String>>,
    bills: HashMap<AccountId, Vec<(String, Fen)>>,
    due: HashMap<(UnitId, PartyId), (Fen, Fen)>,
}

impl Parts {
    fn load(tx: &mut Tx<'_>, app: &App, community: CommunityId, today: NaiveDate) -> Result<Self, DbError> {
        let names = known::list_names(tx, community, today)?;
        let (tenants, owners): (Vec<_>, Vec<_>) = names.into_iter().partition(|one| one.role == "tenant");
        let members = known::list_members(tx, community)?.into_iter().filter_map(|one| {
            let name = app.sealer.open_text("household_member.name", one.id.uuid(), &one.name_sealed).ok()?;
            Some((one.unit_id, name))
        });
        let bills = known::list_bills(tx, community)?.into_iter();
        let rows = list_arrears(tx, community, today)?.rows.into_iter();
        Ok(Self {
            owners: grouped(owners.into_iter().map(|one| (one.unit_id, (one.party_id, one.name)))),
            tenants: grouped(tenants.into_iter().map(|one| (one.unit_id, one.name))),
            members: grouped(members),
            phones: grouped(known::list_phones(tx, community)?.into_iter().map(|one| (one.party_id, one.tail))),
            bills: grouped(bills.map(|one| (one.account_id, (one.number.unwrap_or_default(), one.open)))),
            due: rows.map(|row| ((row.unit_id, row.party_id), (row.principal, row.late_fee))).collect(),
        })
    }

    /// The account as money finds it; `None` for one that has ended and owes nothing.
    fn payer(&self, account: KnownAccount, today: NaiveDate) -> Option<Payer> {
        let bills = self.bills.get(&account.id).cloned().unwrap_or_default();
        let ended = account.ends_on.is_some_and(|day| day < today);
        let (principal, late_fee) = self.due.get(&(account.unit_id, account.party_id)).copied().unwrap_or_default();
        if ended && bills.is_empty() && late_fee.is_zero() {
            return None;
        }
        // Those who own today are no names of a former owner's debt.
        let own: &[(PartyId, String)] = match self.owners.get(&account.unit_id) {
            Some(owners) if !ended => owners,
            Some(_) | None => &[],
        };
        let phones = own.iter().map(|(party, _)| *party).chain([account.party_id]);
        let billed: Fen = bills.iter().map(|(_, open)| *open).sum();
        let names = |of: &HashMap<UnitId, Vec<String>>| of.get(&account.unit_id).cloned().unwrap_or_default();
        let members = if ended { Vec::new() } else { [names(&self.tenants), names(&self.members)].concat() };
        let mut owners: Vec<String> = own.iter().map(|(_, name)| name.clone()).chain([account.name]).collect();
        owners.sort_unstable();
        owners.dedup();
        Some(Payer {
            account: account.id,
            party: account.party_id,
            unit: account.unit,
            owners,
            members,
            phones: phones.filter_map(|party| self.phones.get(&party)).flatten().cloned().collect(),
            bills,
            owed: vec![principal, principal + late_fee, billed, billed + late_fee],
        })
    }
}
