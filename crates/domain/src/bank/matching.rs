//! Matching (认款): whose money a line may be, with reasons, and when it is certain.
//!
//! What speaks for a payer adds up: a reference somebody wrote (bill number, room, phone), who paid (owner, household member, an
//! account that paid for the unit before), and an amount that is just what is owed. A line is certain when one payer has enough and
//! nobody else comes near; whatever is not certain waits for a person, and for everybody it could belong to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::ids::{AccountId, PartyId};
use crate::import::room::{narrow, read_room};
use crate::registry::names::tidy;
use crate::registry::phone::mask;
use crate::sheet::Cell;
use crate::words::words;
use crate::{Fen, UnitLabel};

words!(
    /// What speaks for a payer.
    Reason {
        /// 附言有账单号
        Bill = "bill", "附言有账单号", "the remark has the bill number";
        /// 附言有房号
        Unit = "unit", "附言有房号", "the remark has the room";
        /// 附言有登记的电话
        Phone = "phone", "附言有登记的电话", "the remark has a phone on file";
        /// 此账号曾为该户付款
        SeenAccount = "seen_account", "此账号曾为该户付款", "this account paid for the unit before";
        /// 付款人是业主
        Owner = "owner", "付款人与业主同名", "the payer has the owner's name";
        /// 附言有业主姓名
        OwnerInRemark = "owner_in_remark", "附言有业主姓名", "the remark has the owner's name";
        /// 付款人是家庭成员
        Member = "member", "付款人与家庭成员或租户同名", "the payer has the name of a household member or tenant";
        /// 金额等于欠费
        Owed = "owed", "金额等于欠费总额", "the amount is all that is owed";
        /// 金额等于一张账单
        OneBill = "one_bill", "金额等于一张账单", "the amount is that of one bill";
    }
);

impl Reason {
    const fn weight(self) -> i64 {
        match self {
            Self::Bill => 60,
            Self::Unit => 50,
            Self::SeenAccount => 45,
            Self::Phone | Self::Owner => 40,
            Self::OwnerInRemark | Self::Owed => 30,
            Self::Member | Self::OneBill => 25,
        }
    }

    /// Whether it is about the amount alone.
    const fn is_amount(self) -> bool {
        matches!(self, Self::Owed | Self::OneBill)
    }
}

/// From this score on a payer may be certain.
const CERTAIN: i64 = 70;
/// By so much a certain payer leads.
const LEAD: i64 = 20;
/// So many payers are proposed to people.
const MOST_PROPOSED: usize = 5;
/// The longest and shortest name looked for within a remark.
const NAME_LENGTHS: std::ops::RangeInclusive<usize> = 2..=4;

/// An account money may be for.
#[derive(Clone, Debug)]
pub struct Payer {
    /// The account.
    pub account: AccountId,
    /// Who owes.
    pub party: PartyId,
    /// The unit.
    pub unit: UnitLabel,
    /// Names of those who owe or own.
    pub owners: Vec<String>,
    /// Names of others who live there.
    pub members: Vec<String>,
    /// Phones as they are shown, `138****2231`.
    pub phones: Vec<String>,
    /// What is open on each bill or charge list: number (empty for opening arrears) and amount.
    pub bills: Vec<(String, Fen)>,
    /// Sums that would settle everything that is due, with and without late fees, and everything that was billed.
    pub owed: Vec<Fen>,
}

/// Money that came in.
#[derive(Clone, Copy, Debug)]
pub struct Money<'a> {
    /// How much.
    pub amount: Fen,
    /// Who paid, as the bank writes it.
    pub payer: &'a str,
    /// What was written beside it.
    pub remark: &'a str,
    /// Accounts this bank account paid for before.
    pub seen: &'a [AccountId],
}

/// A payer proposed for a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Place of the payer in the directory.
    pub payer: usize,
    /// How much speaks for it.
    pub score: i64,
    /// What does.
    pub reasons: Vec<Reason>,
}

/// Whose money a line may be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// The best first, a few.
    pub proposals: Vec<Proposal>,
    /// Whether the first is certain.
    pub certain: bool,
    /// Everybody it could belong to; the certain one alone where there is one.
    pub could_be: BTreeSet<PartyId>,
}

/// Everybody money may be for, found by what a bank writes.
pub struct Directory {
    payers: Vec<Payer>,
    by_account: HashMap<AccountId, usize>,
    by_unit: HashMap<String, Vec<usize>>,
    by_short_unit: HashMap<(String, String), Vec<usize>>,
    by_bill: HashMap<String, usize>,
    by_phone: HashMap<String, Vec<usize>>,
    by_owner: HashMap<String, Vec<usize>>,
    by_member: HashMap<String, Vec<usize>>,
    by_owed: HashMap<Fen, Vec<usize>>,
    by_bill_amount: HashMap<Fen, Vec<usize>>,
}

impl Directory {
    /// Of these payers.
    #[must_use]
    pub fn new(payers: Vec<Payer>) -> Self {
        let mut directory = Self {
            payers: Vec::new(),
            by_account: HashMap::new(),
            by_unit: HashMap::new(),
            by_short_unit: HashMap::new(),
            by_bill: HashMap::new(),
            by_phone: HashMap::new(),
            by_owner: HashMap::new(),
            by_member: HashMap::new(),
            by_owed: HashMap::new(),
            by_bill_amount: HashMap::new(),
        };
        for (place, payer) in payers.iter().enumerate() {
            directory.add(place, payer);
        }
        directory.payers = payers;
        directory
    }

    fn add(&mut self, place: usize, payer: &Payer) {
        self.by_account.insert(payer.account, place);
        self.by_unit.entry(payer.unit.to_string()).or_default().push(place);
        let short = (payer.unit.building().to_owned(), payer.unit.room().to_owned());
        self.by_short_unit.entry(short).or_default().push(place);
        for (number, amount) in payer.bills.iter().filter(|(_, amount)| amount.is_positive()) {
            if !number.is_empty() {
                self.by_bill.insert(number.to_uppercase(), place);
            }
            push_once(self.by_bill_amount.entry(*amount).or_default(), place);
        }
        for phone in &payer.phones {
            push_once(self.by_phone.entry(phone.clone()).or_default(), place);
        }
        for name in &payer.owners {
            push_once(self.by_owner.entry(name_key(name)).or_default(), place);
        }
        for name in &payer.members {
            push_once(self.by_member.entry(name_key(name)).or_default(), place);
        }
        for owed in payer.owed.iter().filter(|owed| owed.is_positive()) {
            push_once(self.by_owed.entry(*owed).or_default(), place);
        }
    }

    /// The payer at a place.
    #[must_use]
    pub fn payer(&self, place: usize) -> Option<&Payer> {
        self.payers.get(place)
    }

    /// Whose money a line may be.
    #[must_use]
    pub fn judge(&self, money: &Money<'_>) -> Verdict {
        let mut found: BTreeMap<usize, BTreeSet<Reason>> = BTreeMap::new();
        let mut add = |places: &[usize], reason: Reason| {
            for place in places {
                found.entry(*place).or_default().insert(reason);
            }
        };
        let seen: Vec<usize> = money.seen.iter().filter_map(|account| self.by_account.get(account).copied()).collect();
        add(&seen, Reason::SeenAccount);
        for (places, reason) in self.read_remark(money.remark) {
            add(places, reason);
        }
        let payer = name_key(money.payer);
        add(of(&self.by_owner, &payer), Reason::Owner);
        add(of(&self.by_member, &payer), Reason::Member);
        add(of(&self.by_owed, &money.amount), Reason::Owed);
        add(of(&self.by_bill_amount, &money.amount), Reason::OneBill);
        verdict(found, &self.payers)
    }

    /// What a remark names: bill numbers, rooms, phones, owners.
    fn read_remark(&self, remark: &str) -> Vec<(&[usize], Reason)> {
        let mut found: Vec<(&[usize], Reason)> = Vec::new();
        let upper = remark.to_uppercase();
        for word in upper.split(|one: char| !(one.is_ascii_alphanumeric() || one == '-')) {
            if let Some(place) = self.by_bill.get(word) {
                found.push((std::slice::from_ref(place), Reason::Bill));
            }
        }
        for run in runs(remark, |one| one.is_ascii_alphanumeric() || "#-－—＃栋幢座号楼单元室户层负".contains(one))
        {
            // 102室11月: what follows the room is something else.
            let room = run.split_inclusive(['室', '户']).next().unwrap_or_default();
            found.extend(self.find_unit(room).map(|places| (places, Reason::Unit)));
        }
        for digits in runs(remark, |one| one.is_ascii_digit()).filter(|run| run.len() == 11 && run.starts_with('1')) {
            found.push((of(&self.by_phone, &mask(&digits)), Reason::Phone));
        }
        for name in names_in(remark) {
            found.push((of(&self.by_owner, &name), Reason::OwnerInRemark));
        }
        found
    }

    /// The payers of the room a text names, the entrance left out where that is clear.
    fn find_unit(&self, text: &str) -> Option<&[usize]> {
        let label = read_room(&Cell::Text(text.to_owned()))?;
        let exact = of(&self.by_unit, &label.to_string());
        if !exact.is_empty() || label.entrance().is_some() {
            return Some(exact);
        }
        let short = of(&self.by_short_unit, &(label.building().to_owned(), label.room().to_owned()));
        let unit = |place: &usize| self.payers.get(*place).map(|payer| &payer.unit);
        let units: BTreeSet<String> = short.iter().filter_map(unit).map(ToString::to_string).collect();
        (units.len() == 1).then_some(short)
    }
}

fn push_once(places: &mut Vec<usize>, place: usize) {
    if places.last() != Some(&place) {
        places.push(place);
    }
}

fn of<'a, K: Eq + std::hash::Hash>(map: &'a HashMap<K, Vec<usize>>, key: &K) -> &'a [usize] {
    map.get(key).map(Vec::as_slice).unwrap_or_default()
}

fn name_key(name: &str) -> String {
    narrow(&tidy(name))
}

/// The parts of a text made of wanted characters.
fn runs(text: &str, wanted: impl Fn(char) -> bool + Copy) -> impl Iterator<Item = String> {
    let parts: Vec<String> =
        text.split(move |one: char| !wanted(one)).filter(|part| part.len() > 2).map(ToOwned::to_owned).collect();
    parts.into_iter()
}

/// Every part of a remark that is as long as a name.
fn names_in(remark: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for run in runs(remark, |one| one.is_alphabetic() && !one.is_ascii()) {
        let letters: Vec<char> = run.chars().collect();
        for length in NAME_LENGTHS {
            names.extend(letters.windows(length).map(|part| part.iter().collect::<String>()));
        }
    }
    names
}

fn verdict(found: BTreeMap<usize, BTreeSet<Reason>>, payers: &[Payer]) -> Verdict {
    let mut all: Vec<Proposal> = found
        .into_iter()
        .map(|(payer, reasons)| {
            let mut reasons: Vec<Reason> = without_repetition(reasons);
            reasons.sort_by_key(|reason| -reason.weight());
            Proposal { payer, score: reasons.iter().map(|reason| reason.weight()).sum(), reasons }
        })
        .collect();
    all.sort_by_key(|one| (-one.score, one.payer));
    let second = all.get(1).map_or(0, |one| one.score);
    let certain = all.first().is_some_and(|best| {
        best.score >= CERTAIN && best.score - second >= LEAD && best.reasons.iter().any(|reason| !reason.is_amount())
    });
    let possible = if certain { &all[..1] } else { &all[..] };
    let could_be = possible.iter().filter_map(|one| payers.get(one.payer)).map(|payer| payer.party).collect();
    all.truncate(MOST_PROPOSED);
    Verdict { proposals: all, certain, could_be }
}

/// The same thing told twice counts once: who paid and is named, all that is owed in one bill.
fn without_repetition(mut reasons: BTreeSet<Reason>) -> Vec<Reason> {
    if reasons.contains(&Reason::Owner) {
        reasons.remove(&Reason::OwnerInRemark);
        reasons.remove(&Reason::Member);
    }
    if reasons.contains(&Reason::Owed) {
        reasons.remove(&Reason::OneBill);
    }
    reasons.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn payer(number: u128, unit: &str, owner: &str, owed: i64) -> Payer {
        Payer {
            account: AccountId::from(Uuid::from_u128(number)),
            party: PartyId::from(Uuid::from_u128(number)),
            unit: UnitLabel::parse(unit).expect("a unit"),
            owners: vec![owner.to_owned()],
            members: vec![format!("{owner}妻")],
            phones: vec![format!("138****000{number}")],
            bills: vec![(format!("B2026-00000{number}"), Fen::new(owed / 2))],
            owed: vec![Fen::new(owed)],
        }
    }

    fn directory() -> Directory {
        Directory::new(vec![
            payer(1, "1-1-101", "王建国", 40_000),
            payer(2, "1-1-102", "李小梅", 41_980),
            payer(3, "2-1-102", "李小梅", 30_000),
            payer(4, "2-1-201", "赵一", 40_000),
        ])
    }

    fn judge(amount: i64, who: &str, remark: &str) -> (Vec<(usize, Vec<Reason>)>, bool) {
        let verdict = directory().judge(&Money { amount: Fen::new(amount), payer: who, remark, seen: &[] });
        (verdict.proposals.into_iter().map(|one| (one.payer, one.reasons)).collect(), verdict.certain)
    }

    #[test]
    fn a_bill_number_and_its_amount_are_certain_whoever_pays() {
        let (proposals, certain) = judge(20_990, "某某", "缴 B2026-000002 物业费");
        assert_eq!(proposals[0], (1, vec![Reason::Bill, Reason::OneBill]));
        assert!(certain);
    }

    #[test]
    fn a_room_is_read_as_people_write_it_and_a_date_is_none() {
        for remark in ["1-1-102物业费", "1栋1单元102室11月", "房号：1-1-102，张三", "1号楼1单元102"] {
            assert_eq!(judge(5, "", remark).0, [(1, vec![Reason::Unit])], "{remark}");
        }
        assert_eq!(judge(5, "", "2026-11-05 网银转账").0, []);
        assert_eq!(judge(5, "", "2-201").0, [(3, vec![Reason::Unit])], "the entrance is clear");
    }

    #[test]
    fn one_name_with_two_homes_is_certain_by_the_amount_of_one_only() {
        assert!(!judge(100, "李小梅", "").1);
        assert_eq!(judge(41_980, "李小梅", "").0[0], (1, vec![Reason::Owner, Reason::Owed]));
        assert!(judge(41_980, "李小梅", "").1);
        assert!(!judge(71_980, "李小梅", "").1, "both homes together: a person splits it");
    }

    #[test]
    fn an_amount_alone_is_never_certain_and_could_be_everybodys_who_owes_it() {
        let verdict = directory().judge(&Money { amount: Fen::new(40_000), payer: "孙二", remark: "", seen: &[] });
        assert!(!verdict.certain);
        assert_eq!(verdict.could_be.len(), 2);
    }

    #[test]
    fn an_account_that_paid_before_and_the_owner_are_certain_without_the_amount() {
        let seen = [AccountId::from(Uuid::from_u128(3))];
        let verdict = directory().judge(&Money { amount: Fen::new(5), payer: "李小梅", remark: "", seen: &seen });
        assert!(verdict.certain);
        assert_eq!(verdict.could_be, BTreeSet::from([PartyId::from(Uuid::from_u128(3))]));
    }

    #[test]
    fn a_phone_a_member_and_a_name_within_the_remark_speak_for_a_payer() {
        assert_eq!(judge(5, "", "电话13811110004").0, [(3, vec![Reason::Phone])]);
        assert_eq!(judge(5, "赵一妻", "").0, [(3, vec![Reason::Member])]);
        assert_eq!(judge(5, "某某", "代王建国缴费").0, [(0, vec![Reason::OwnerInRemark])]);
        assert_eq!(judge(5, "某某", "货款").0, []);
    }
}
