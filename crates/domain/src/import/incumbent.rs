//! The workbooks of the most used open-source incumbent: owners, fees and parking spaces on sheets of their own.
//!
//! Side notes right of a table are explanations, not data. `#` separates several values of a cell. A room may cite an owner
//! that does not exist. `docs/import.md` says what a right import of each workbook finds, row by row.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;

use super::listing::{Listing, day_of};
use super::quantities::{Reading, read_area, read_price};
use super::record::read_phones;
use super::room::narrow;
use super::settle::find_role;
use super::{FeeRecord, Finding, ImportReading, MemberRecord, MemberRole, PhoneRecord, UnitRecord};
use crate::registry::id_number::IdNumber;
use crate::registry::names::split_owners;
use crate::registry::unit::{Occupancy, UnitKind};
use crate::sheet::{Cell, Sheet};
use crate::{UnitLabel, UnitPrice};

/// An owner as a sheet of owners gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnerRecord {
    /// Names, co-owners after the first.
    pub names: Vec<String>,
    /// Phones.
    pub phones: Vec<PhoneRecord>,
    /// A valid identity number.
    pub id_number: Option<String>,
    /// Who lives with the owner, under the owner's number.
    pub members: Vec<MemberRecord>,
}

/// What rooms refer to: owners and fees by their numbers.
#[derive(Clone, Debug, Default)]
pub struct Reference {
    owners: BTreeMap<String, OwnerRecord>,
    fees: BTreeMap<String, FeeRecord>,
    notes: Vec<String>,
    warnings: Vec<Finding>,
}

impl Reference {
    /// Reads the sheets of owners and fees, where there are any.
    #[must_use]
    pub fn read(sheets: &[Sheet]) -> Self {
        let mut reference = Self::default();
        if let Some(listing) = Listing::find(sheets, &["业主编号", "业主名称"]) {
            reference.read_owners(&listing);
        }
        if let Some(listing) = Listing::find(sheets, &["费用编号", "收费项目", "计算公式"]) {
            reference.read_fees(&listing);
        }
        reference
    }

    fn read_owners(&mut self, listing: &Listing<'_>) {
        let mut members = Vec::new();
        let mut names_of_id: BTreeMap<String, HashSet<String>> = BTreeMap::new();
        for (_, row) in listing.rows() {
            let names = names_of_id.entry(listing.cell(row, "身份证号").text()).or_default();
            names.insert(listing.cell(row, "业主名称").text());
        }
        for (number, row) in listing.rows() {
            // 1001 is an owner; members of the family, tenants and guests follow under the owner's number.
            let kind = listing.cell(row, "业主类型").text();
            if let Some(role) = find_role(&kind) {
                members.push((number, row, role));
                continue;
            }
            if listing.cell(row, "业主名称").is_blank() || !(kind.is_empty() || kind == "1001") {
                continue;
            }
            let id_text = listing.cell(row, "身份证号").text();
            let shared = names_of_id.get(&id_text).is_some_and(|names| names.len() > 1);
            if shared && !id_text.is_empty() {
                self.note(
                    listing,
                    number,
                    "身份证号与他人相同，不采用",
                    "an identity number several names share, not used",
                );
            }
            self.read_owner(listing, number, row, IdNumber::parse(&id_text).ok().filter(|_| !shared));
        }
        for (number, row, role) in members {
            self.read_member(listing, (number, row), role);
        }
    }

    /// Family, tenants and guests belong to the owner of their number, wherever the row of that owner stands.
    fn read_member(&mut self, listing: &Listing<'_>, (number, row): (usize, &[Cell]), role: MemberRole) {
        let name = split_owners(&listing.cell(row, "业主名称").text()).join("、");
        let (phones, _) = read_phones(&listing.cell(row, "手机号").text());
        match self.owners.get_mut(&listing.cell(row, "业主编号").text()) {
            Some(owner) if !name.is_empty() => owner.members.push(MemberRecord { role, name, phones }),
            Some(_) | None => self.note(
                listing,
                number,
                "成员没有姓名，或没有这个编号的业主，未导入",
                "a member without a name, or of no owner: not imported",
            ),
        }
    }

    fn read_owner(&mut self, listing: &Listing<'_>, number: usize, row: &[Cell], id_number: Option<IdNumber>) {
        let (phones, doubtful) = read_phones(&listing.cell(row, "手机号").text());
        if doubtful {
            let problem = "电话号码有疑问，已导入但标为未核实 / a doubtful number: imported, not verified";
            self.warnings.push(listing.finding(number, row, "手机号", problem));
        }
        let record = OwnerRecord {
            names: split_owners(&listing.cell(row, "业主名称").text()),
            phones,
            id_number: id_number.map(|number| number.as_str().to_owned()),
            members: Vec::new(),
        };
        let owner_no = listing.cell(row, "业主编号").text();
        if owner_no.is_empty() {
            return;
        }
        match self.owners.entry(owner_no) {
            Entry::Vacant(entry) => {
                entry.insert(record);
            }
            Entry::Occupied(_) => {
                self.note(listing, number, "业主编号重复，采用前一行", "a number used twice, the row before it counts");
            }
        }
    }

    fn read_fees(&mut self, listing: &Listing<'_>) {
        for (number, row) in listing.rows() {
            if listing.cell(row, "收费项目").is_blank() {
                continue;
            }
            let formula = listing.cell(row, "计算公式").text();
            if listing.cell(row, "费用标识").text().contains("一次性") {
                self.note(
                    listing,
                    number,
                    "一次性费用不按月计费，未导入",
                    "a one-off fee is no monthly charge, not imported",
                );
            } else if formula != "1001" && formula != "2002" {
                let zh = format!("计算公式 {formula} 不支持，未导入");
                self.note(listing, number, &zh, "the formula is not supported, not imported");
            } else {
                self.fees.insert(listing.cell(row, "费用编号").text(), fee_of(listing, row, formula == "1001"));
            }
        }
    }

    fn note(&mut self, listing: &Listing<'_>, number: usize, zh: &str, en: &str) {
        self.notes.push(format!("{} 第 {number} 行：{zh} / row {number}: {en}", listing.sheet.name));
    }

    /// The owner of that number.
    #[must_use]
    pub fn find_owner(&self, number: &str) -> Option<&OwnerRecord> {
        self.owners.get(number)
    }

    /// The fees a cell such as `1#2` cites, each from its start date, and the numbers that are no fee. `0` cites none.
    #[must_use]
    pub fn fees_of(&self, numbers: &str, starts: &str) -> (Vec<FeeRecord>, Vec<String>) {
        let starts: Vec<Option<NaiveDate>> =
            starts.split(['#', '＃']).map(|text| day_of(&Cell::Text(text.to_owned()))).collect();
        let (mut fees, mut unknown) = (Vec::new(), Vec::new());
        for (position, number) in numbers.split(['#', '＃']).map(narrow).enumerate() {
            match self.fees.get(&number) {
                Some(fee) => {
                    let starts_on = starts.get(position).copied().flatten().or(fee.starts_on);
                    fees.push(FeeRecord { starts_on, ..fee.clone() });
                }
                None if number.is_empty() || number == "0" => {}
                None => unknown.push(number),
            }
        }
        (fees, unknown)
    }

    /// Hands over what was noticed while reading owners and fees.
    pub(super) fn report(self, reading: &mut ImportReading) {
        reading.notes.extend(self.notes);
        reading.warnings.extend(self.warnings);
    }
}

/// Formula 1001 is area × price + fixed, 2002 is fixed alone.
fn fee_of(listing: &Listing<'_>, row: &[Cell], by_area: bool) -> FeeRecord {
    let price = |heading: &str| match read_price(listing.cell(row, heading)) {
        Reading::Value(price) => price,
        Reading::Blank | Reading::Unusable => UnitPrice::from_stored(0),
    };
    FeeRecord {
        item: listing.cell(row, "收费项目").text(),
        per_area: by_area.then(|| price("计费单价")),
        fixed: price("固定费用"),
        cycle_months: listing.cell(row, "缴费周期").text().parse().ok().filter(|months| *months > 0).unwrap_or(1),
        starts_on: day_of(listing.cell(row, "计费起始时间")),
        ends_on: day_of(listing.cell(row, "计费结束时间")),
    }
}

/// Reads parking spaces, each a unit `车位-C0001`; those of a second car park are `车位2-C0001`.
pub(super) fn read_parking(sheets: &[Sheet], reference: &Reference, reading: &mut ImportReading) {
    let Some(listing) = Listing::find(sheets, &["车位编码", "停车场编号"]) else { return };
    let mut known: HashSet<UnitLabel> = reading.units.iter().map(|unit| unit.label.clone()).collect();
    for (number, row) in listing.rows() {
        reading.rows_read += 1;
        match parking_label(&listing, row) {
            None => {
                let problem = "车位编码无法识别 / no readable code of a parking space";
                reading.refused.push(listing.finding(number, row, "车位编码", problem));
            }
            Some(label) if !known.insert(label.clone()) => reading.duplicates += 1,
            Some(label) => {
                let unit = parking_space(&listing, number, row, label, reference, &mut reading.warnings);
                reading.accepted += 1;
                reading.units.push(unit);
            }
        }
    }
}

fn parking_label(listing: &Listing<'_>, row: &[Cell]) -> Option<UnitLabel> {
    let code = narrow(&listing.cell(row, "车位编码").text()).replace('-', "");
    let car_park = narrow(&listing.cell(row, "停车场编号").text());
    let car_park = if car_park == "1" { String::new() } else { car_park };
    UnitLabel::parse(&format!("车位{car_park}-{code}")).ok()
}

fn parking_space(
    listing: &Listing<'_>,
    number: usize,
    row: &[Cell],
    label: UnitLabel,
    reference: &Reference,
    warnings: &mut Vec<Finding>,
) -> UnitRecord {
    let owner_no = listing.cell(row, "业主编号").text();
    let owner = reference.find_owner(&owner_no).cloned().unwrap_or_default();
    if !owner_no.is_empty() && owner.names.is_empty() {
        let problem =
            "业主信息里没有这个编号，车位已导入，业主待补 / no owner has this number: the space has no owner yet";
        warnings.push(listing.finding(number, row, "业主编号", problem));
    }
    let area = match read_area(listing.cell(row, "面积")) {
        Reading::Value(area) => Some(area),
        Reading::Blank | Reading::Unusable => None,
    };
    // H is let, S is sold; a blank owner is a space the developer still has.
    let occupancy = match (listing.cell(row, "出租还是出售").text().as_str(), owner.names.is_empty()) {
        ("H", _) => Occupancy::Tenant,
        (_, false) => Occupancy::Owner,
        (_, true) => Occupancy::NotHandedOver,
    };
    UnitRecord {
        sheet: listing.sheet.name.clone(),
        row: number,
        label,
        kind: UnitKind::Parking,
        area,
        floor: None,
        occupancy,
        owners: owner.names,
        phones: owner.phones,
        id_number: owner.id_number,
        members: Vec::new(),
        fees: Vec::new(),
        paid_through: None,
        remark: listing.cell(row, "车牌号").text(),
    }
}
