//! One row as a record: cell by cell; the first thing that refuses the row is its finding, doubts are warnings.

use super::columns::Table;
use super::headings::Field;
use super::incumbent::{OwnerRecord, Reference};
use super::paid_through::{self, PaidThrough};
use super::quantities::{self, Reading};
use super::room::narrow;
use super::rows::PROPERTY_FEE;
use super::{FeeRecord, Finding, PhoneRecord, UnitRecord};
use crate::registry::id_number::IdNumber;
use crate::registry::names::{reads_as_formula, split_owners};
use crate::registry::phone::PhoneNumber;
use crate::registry::unit::{Occupancy, UnitKind};
use crate::sheet::Cell;
use crate::{Area, UnitLabel, UnitPrice};

/// Reads one row.
pub(super) struct RowReader<'r> {
    table: &'r Table<'r>,
    reference: &'r Reference,
    row: &'r [Cell],
    number: usize,
    /// The doubts so far.
    pub warnings: Vec<Finding>,
}

impl<'r> RowReader<'r> {
    /// A reader of the row of that number.
    pub fn new(table: &'r Table<'r>, reference: &'r Reference, row: &'r [Cell], number: usize) -> Self {
        Self { table, reference, row, number, warnings: Vec::new() }
    }

    /// Reads the row.
    ///
    /// # Errors
    /// The finding that refuses it.
    pub fn record(&mut self, label: UnitLabel) -> Result<UnitRecord, Finding> {
        let fees = self.fees();
        let area = self.area(fees.iter().any(|fee| fee.per_area.is_some()))?;
        let paid_through = self.paid_through()?;
        let owner = self.owner();
        Ok(UnitRecord {
            sheet: self.table.sheet.name.clone(),
            row: self.number,
            kind: self.kind(&label),
            floor: self.text(Field::Floor).trim_end_matches(['层', '楼']).parse().ok().or_else(|| label.floor()),
            label,
            area,
            occupancy: self.occupancy(),
            owners: owner.names,
            phones: owner.phones,
            id_number: owner.id_number,
            members: owner.members,
            fees,
            paid_through,
            remark: self.table.joined(self.row, Field::Remark),
        })
    }

    fn cell(&self, field: Field) -> &'r Cell {
        self.table.cell(self.row, field)
    }

    fn text(&self, field: Field) -> String {
        self.cell(field).text()
    }

    fn finding(&self, field: Field, problem: &str) -> Finding {
        Finding {
            sheet: self.table.sheet.name.clone(),
            row: self.number,
            column: self.table.heading(field),
            value: if field == Field::Phone { self.table.joined(self.row, field) } else { self.text(field) },
            problem: problem.to_owned(),
        }
    }

    fn warn(&mut self, field: Field, problem: &str) {
        let finding = self.finding(field, problem);
        self.warnings.push(finding);
    }

    fn fees(&mut self) -> Vec<FeeRecord> {
        if let Some(price) = self.price() {
            return vec![property_fee(price, quantities::is_per_unit(self.cell(Field::Price)))];
        }
        let (fees, unknown) = self.reference.fees_of(&self.text(Field::Fees), &self.text(Field::FeeStarts));
        if !unknown.is_empty() {
            self.warn(
                Field::Fees,
                "费用设置里没有这个费用编号，该费用未导入 / no fee has this number: that fee is not imported",
            );
        }
        fees
    }

    fn price(&mut self) -> Option<UnitPrice> {
        let problem = match quantities::read_price(self.cell(Field::Price)) {
            Reading::Value(price) if price.stored() > 0 => return Some(price),
            Reading::Value(_) | Reading::Unusable => {
                "单价不是大于零的数，本户暂不计费，请补上收费标准 / not a price above zero: not billed until one is set"
            }
            Reading::Blank if self.table.has(Field::Price) => {
                "没有单价，本户暂不计费，请补上收费标准 / no price: not billed until one is set"
            }
            Reading::Blank => return None,
        };
        self.warn(Field::Price, problem);
        None
    }

    fn area(&mut self, needed: bool) -> Result<Option<Area>, Finding> {
        match quantities::read_area(self.cell(Field::Area)) {
            Reading::Value(area) => Ok(Some(area)),
            Reading::Unusable => Err(self.finding(
                Field::Area,
                "面积不是大于零的数，请核实后再导入 / the area is not a number above zero: correct it",
            )),
            Reading::Blank if needed => {
                Err(self.finding(Field::Area, "按面积计费但没有面积，请补上 / no area, though the fee is per m²"))
            }
            Reading::Blank => Ok(None),
        }
    }

    fn paid_through(&mut self) -> Result<Option<PaidThrough>, Finding> {
        match paid_through::read(self.cell(Field::PaidThrough)) {
            paid_through::Reading::Paid(paid) => {
                if !paid.exact {
                    self.warn(
                        Field::PaidThrough,
                        "日期在月中，按当月已缴清处理，请核实 / a day within the month: the month counts as paid",
                    );
                }
                Ok(Some(paid))
            }
            paid_through::Reading::Blank if self.table.has(Field::PaidThrough) => {
                self.warn(Field::PaidThrough, "没有“已缴至”，不计期初欠费，请核实 / blank: no opening arrears");
                Ok(None)
            }
            paid_through::Reading::Blank => Ok(None),
            paid_through::Reading::Unreadable => {
                Err(self
                    .finding(Field::PaidThrough, "“已缴至”无法识别，请写成 2024-03 / unreadable: write it as 2024-03"))
            }
            paid_through::Reading::Ambiguous => Err(self.finding(
                Field::PaidThrough,
                "数字有歧义（1 月还是 10 月？），请写成文本 2024-01 / January or October? write it as 2024-01",
            )),
        }
    }

    fn owner(&mut self) -> OwnerRecord {
        let number = self.text(Field::OwnerNo);
        if !number.is_empty() {
            if let Some(owner) = self.reference.find_owner(&number) {
                return owner.clone();
            }
            self.warn(
                Field::OwnerNo,
                "业主信息里没有这个编号，房屋已导入，业主待补 / no owner has this number: the unit has no owner yet",
            );
            return OwnerRecord::default();
        }
        let names = split_owners(&self.text(Field::Owner));
        if reads_as_formula(&self.text(Field::Owner)) {
            self.warn(
                Field::Owner,
                "姓名像是公式，已按文字导入，请核实 / the name reads as a formula: imported as text, check it",
            );
        }
        if names.is_empty() && self.table.has(Field::Owner) && self.occupancy() != Occupancy::NotHandedOver {
            self.warn(Field::Owner, "没有业主姓名，房屋已导入，业主待补 / no owner: the unit is imported without one");
        }
        let phones = self.phones();
        let id_text = self.text(Field::IdNumber);
        let id_number = id_text.split(['/', '、', ',', '，']).next().and_then(|text| IdNumber::parse(text).ok());
        let id_number = id_number.map(|number| number.as_str().to_owned());
        OwnerRecord { names, phones, id_number, members: Vec::new() }
    }

    fn phones(&mut self) -> Vec<PhoneRecord> {
        let (phones, doubtful) = read_phones(&self.table.joined(self.row, Field::Phone));
        if doubtful {
            self.warn(Field::Phone, "电话号码有疑问，已导入但标为未核实 / a doubtful number: imported, not verified");
        }
        phones
    }

    fn occupancy(&self) -> Occupancy {
        occupancy_of(&self.text(Field::Occupancy), &self.table.joined(self.row, Field::Remark))
    }

    fn kind(&self, label: &UnitLabel) -> UnitKind {
        let text = self.text(Field::Kind);
        let words = [
            ("商", UnitKind::Shop),
            ("底商", UnitKind::Shop),
            ("办公", UnitKind::Office),
            ("写字", UnitKind::Office),
            ("车位", UnitKind::Parking),
            ("车库", UnitKind::Parking),
            ("储", UnitKind::Storage),
        ];
        let of = |text: &str| words.into_iter().find(|(word, _)| text.contains(word)).map(|(_, kind)| kind);
        match text.as_str() {
            "110" | "119" => UnitKind::Home,
            "120" => UnitKind::Office,
            text => of(text).or_else(|| of(label.building())).unwrap_or(match label.entrance() {
                Some("0") => UnitKind::Shop,
                Some(_) | None => UnitKind::Home,
            }),
        }
    }
}

fn property_fee(price: UnitPrice, per_unit: bool) -> FeeRecord {
    let nothing = UnitPrice::from_stored(0);
    FeeRecord {
        item: PROPERTY_FEE.to_owned(),
        per_area: (!per_unit).then_some(price),
        fixed: if per_unit { price } else { nothing },
        cycle_months: 1,
        starts_on: None,
        ends_on: None,
    }
}

/// The phones of a cell, and whether one of them cannot be rung.
pub(super) fn read_phones(cell: &str) -> (Vec<PhoneRecord>, bool) {
    let separators = ['/', '／', '、', ',', '，', ';', '；', '\n', '|'];
    let mut phones: Vec<PhoneRecord> = Vec::new();
    let mut doubtful = false;
    for typed in cell.split(separators).map(str::trim).filter(|typed| !typed.is_empty()) {
        for phone in read_phone(typed) {
            doubtful |= !phone.valid;
            let says_something = phone.number.chars().any(|c| c.is_ascii_digit());
            if says_something && !phones.contains(&phone) {
                phones.push(phone);
            }
        }
    }
    (phones, doubtful)
}

/// One phone; two with a blank between them; or one beside words, such as 13800138000(女儿).
fn read_phone(typed: &str) -> Vec<PhoneRecord> {
    let valid = |number: PhoneNumber| PhoneRecord { number: number.as_str().to_owned(), valid: true };
    if let Ok(number) = PhoneNumber::parse(typed) {
        return vec![valid(number)];
    }
    let several: Vec<PhoneNumber> = typed.split_whitespace().filter_map(|one| PhoneNumber::parse(one).ok()).collect();
    if several.len() > 1 && several.len() == typed.split_whitespace().count() {
        return several.into_iter().map(valid).collect();
    }
    let word = |c: &char| ('\u{4e00}'..='\u{9fff}').contains(c) && *c != '转' || matches!(c, ':' | '：');
    let bare: String = typed.chars().filter(|c| !word(c)).collect();
    match PhoneNumber::parse(&bare) {
        Ok(number) => vec![valid(number)],
        Err(_) => vec![PhoneRecord { number: narrow(typed), valid: false }],
    }
}

/// The incumbent's codes and the usual words; a remark 空置 marks the unit vacant.
fn occupancy_of(status: &str, remark: &str) -> Occupancy {
    let has = |text: &str, words: &[&str]| words.iter().any(|word| text.contains(word));
    let vacant = |text: &str| {
        has(text, &["空置", "空关", "未入住", "空房", "空闲"])
            && !has(
                text,
                &[
                    "非空置",
                    "不空置",
                    "未空置",
                    "取消空置",
                    "解除空置",
                    "结束空置",
                    "空置结束",
                    "空置已结束",
                    "原空置",
                    "曾空置",
                ],
            )
    };
    match status {
        "2001" | "2005" | "2007" | "2009" => Occupancy::Owner,
        "2002" => Occupancy::NotHandedOver,
        "2004" | "2008" => Occupancy::Vacant,
        "2006" => Occupancy::Tenant,
        _ if vacant(status) || vacant(remark) => Occupancy::Vacant,
        text if text.contains('租') => Occupancy::Tenant,
        text if has(text, &["未收房", "未交付", "未售", "未销售", "未交房"]) => Occupancy::NotHandedOver,
        text if has(text, &["入住", "自住", "自用"]) => Occupancy::Owner,
        _ => Occupancy::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_phones_of_a_cell_are_several_and_words_beside_them_go() {
        let numbers = |text: &str| {
            let (phones, doubtful) = read_phones(text);
            (phones.into_iter().map(|phone| phone.number).collect::<Vec<_>>().join(" "), doubtful)
        };
        assert_eq!(numbers("18658325898/13942536971"), ("18658325898 13942536971".to_owned(), false));
        assert_eq!(numbers("18658325898 13942536971"), ("18658325898 13942536971".to_owned(), false));
        assert_eq!(numbers("13942536971（女儿）、0571-88886666"), ("13942536971 057188886666".to_owned(), false));
        assert_eq!(numbers("1587436684"), ("1587436684".to_owned(), true));
        assert_eq!(numbers("18658325898，11111111111"), ("18658325898 11111111111".to_owned(), true));
        assert_eq!(numbers("无"), (String::new(), true));
        assert_eq!(numbers(" / "), (String::new(), false));
    }

    #[test]
    fn a_remark_tells_a_vacant_unit_unless_it_says_no_longer() {
        assert_eq!(occupancy_of("", "空置"), Occupancy::Vacant);
        assert_eq!(occupancy_of("", "长期空置，业主在外地"), Occupancy::Vacant);
        assert_eq!(occupancy_of("自住", "已取消空置"), Occupancy::Owner);
        assert_eq!(occupancy_of("2008", ""), Occupancy::Vacant);
        assert_eq!(occupancy_of("出租", ""), Occupancy::Tenant);
    }
}
