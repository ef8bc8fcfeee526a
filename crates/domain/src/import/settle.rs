//! Rooms: the rows of each room are compared, over all sheets. Equal rows are one, rows that differ are all refused, and rows
//! of family, tenants and guests belong to the owner's row before them.

use std::collections::{BTreeMap, HashMap};

use super::columns::Table;
use super::headings::Field;
use super::paid_through::{self, Reading as PaidReading};
use super::quantities::{Reading, read_area, read_price};
use super::record::read_phones;
use super::room::narrow;
use super::rows::{Draft, room_text};
use super::{Finding, ImportReading, MemberRecord, MemberRole, UnitRecord};
use crate::UnitLabel;
use crate::registry::names::split_owners;
use crate::sheet::Cell;

/// A row by what it says: column and value as read, so that `2-1-301` and `２－１－３０１` are no difference.
type Content = BTreeMap<String, String>;

/// What becomes of a row.
enum Verdict {
    /// The only row of its room, or the first of equal ones.
    First,
    Duplicate,
    Differs,
    Member(MemberRole),
    MemberWithoutOwner,
}

/// Compares the rows of each room and keeps what is to be imported.
pub(super) fn settle_rooms(tables: &[Table<'_>], drafts: Vec<Draft>, reading: &mut ImportReading) {
    let mut rooms: HashMap<&UnitLabel, Vec<usize>> = HashMap::with_capacity(drafts.len());
    for (position, draft) in drafts.iter().enumerate() {
        rooms.entry(&draft.label).or_default().push(position);
    }
    let mut verdicts: HashMap<usize, Verdict> = HashMap::new();
    for positions in rooms.values() {
        judge(tables, &drafts, positions, &mut verdicts);
    }
    let mut unit_of: HashMap<UnitLabel, usize> = HashMap::new();
    for (position, draft) in drafts.into_iter().enumerate() {
        match verdicts.get(&position).unwrap_or(&Verdict::First) {
            Verdict::First => accept(draft, reading, &mut unit_of),
            Verdict::Duplicate => {
                reading.duplicates += 1;
                complete(draft, reading, &unit_of);
            }
            Verdict::Differs => reading.refused.push(refusal(
                tables,
                &draft,
                "同一房号有内容不同的行，请保留正确的一行 / rows of one room differ: keep the right one",
            )),
            Verdict::Member(role) => add_member(tables, draft, *role, reading, &unit_of),
            Verdict::MemberWithoutOwner => reading.refused.push(refusal(
                tables,
                &draft,
                "家庭成员、租客须排在业主行之后 / family and tenants come after the row of the owner",
            )),
        }
    }
}

fn judge(tables: &[Table<'_>], drafts: &[Draft], positions: &[usize], verdicts: &mut HashMap<usize, Verdict>) {
    let role = |position: usize| role_of(&tables[drafts[position].table], &drafts[position]);
    if positions.len() == 1 && role(positions[0]).is_none() {
        return;
    }
    let (owners, members): (Vec<usize>, Vec<usize>) = positions.iter().partition(|position| role(**position).is_none());
    let Some(first) = owners.first().copied() else {
        verdicts.extend(members.into_iter().map(|position| (position, Verdict::MemberWithoutOwner)));
        return;
    };
    let contents: HashMap<usize, Content> =
        positions.iter().map(|position| (*position, content(tables, &drafts[*position]))).collect();
    let equal = |one: usize, other: usize, personal: bool| {
        let tables = (&tables[drafts[one].table], &tables[drafts[other].table]);
        agree(tables, (&contents[&one], &contents[&other]), personal)
    };
    let differ = owners.iter().any(|position| !equal(first, *position, true))
        || members.iter().any(|position| !equal(first, *position, false));
    for (place, position) in owners.iter().enumerate() {
        let verdict = if place == 0 { Verdict::First } else { Verdict::Duplicate };
        verdicts.insert(*position, if differ { Verdict::Differs } else { verdict });
    }
    for (place, position) in members.iter().enumerate() {
        let repeats = members[..place].iter().any(|earlier| contents[earlier] == contents[position]);
        let verdict = match role(*position) {
            _ if differ => Verdict::Differs,
            _ if *position < first => Verdict::MemberWithoutOwner,
            _ if repeats => Verdict::Duplicate,
            Some(role) => Verdict::Member(role),
            None => Verdict::First,
        };
        verdicts.insert(*position, verdict);
    }
}

fn role_of(table: &Table<'_>, draft: &Draft) -> Option<MemberRole> {
    find_role(&table.cell(table.row(draft.row), Field::PersonKind).text())
}

/// What the incumbent's code or word for a person beside the owner means.
pub(super) fn find_role(text: &str) -> Option<MemberRole> {
    match text {
        "1002" | "家庭成员" => Some(MemberRole::Family),
        "1003" | "房屋租客" | "租客" | "租户" => Some(MemberRole::Tenant),
        "1004" | "临时人员" => Some(MemberRole::Guest),
        _ => None,
    }
}

/// Columns about the person, not about the room.
const PERSONAL: [&str; 8] = ["owner", "phone", "id_number", "person_kind", "remark", "性别", "年龄", "owner_no"];

/// Whether two rows say the same in the columns both tables have.
fn agree(tables: (&Table<'_>, &Table<'_>), contents: (&Content, &Content), personal: bool) -> bool {
    let same_table = std::ptr::eq(tables.0, tables.1);
    let (left, right) = if same_table { (Vec::new(), Vec::new()) } else { (tables.0.keys(), tables.1.keys()) };
    let shared = |key: &String| {
        let has = |keys: &[(Option<Field>, String)]| keys.iter().any(|(_, one)| one == key);
        same_table || has(&left) && has(&right)
    };
    let counts = |key: &&String| (personal || !PERSONAL.contains(&key.as_str())) && shared(key);
    let keys = contents.0.keys().chain(contents.1.keys());
    keys.filter(counts).all(|key| contents.0.get(key) == contents.1.get(key))
}

fn content(tables: &[Table<'_>], draft: &Draft) -> Content {
    let table = &tables[draft.table];
    let row = table.row(draft.row);
    let mut content = Content::new();
    for ((field, key), cell) in table.keys().into_iter().zip(row) {
        let value = canonical(field, cell);
        if !value.is_empty() && !key.is_empty() {
            // A second column of phones or remarks adds to the first.
            content.entry(key).and_modify(|text| *text = format!("{text}、{value}")).or_insert(value);
        }
    }
    content
}

/// A cell as it is understood, or as it reads where it is not; nothing for the running number and the room.
fn canonical(field: Option<Field>, cell: &Cell) -> String {
    let as_typed = || narrow(&cell.text());
    match field {
        Some(Field::Serial | Field::Room | Field::Building | Field::Entrance | Field::RoomPart) => String::new(),
        Some(Field::Area) => match read_area(cell) {
            Reading::Value(area) => area.to_string(),
            Reading::Blank | Reading::Unusable => as_typed(),
        },
        Some(Field::Price) => match read_price(cell) {
            Reading::Value(price) => price.to_string(),
            Reading::Blank | Reading::Unusable => as_typed(),
        },
        Some(Field::PaidThrough) => match paid_through::read(cell) {
            PaidReading::Paid(paid) => format!("{} {}", paid.period, paid.exact),
            PaidReading::Blank | PaidReading::Unreadable | PaidReading::Ambiguous => as_typed(),
        },
        Some(Field::Owner) => split_owners(&cell.text()).join("、"),
        Some(Field::Phone) => {
            let numbers = read_phones(&cell.text()).0.into_iter().map(|phone| phone.number);
            numbers.collect::<Vec<_>>().join("、")
        }
        Some(
            Field::IdNumber
            | Field::Remark
            | Field::Occupancy
            | Field::Floor
            | Field::Kind
            | Field::OwnerNo
            | Field::PersonKind
            | Field::Fees
            | Field::FeeStarts
            | Field::Known,
        )
        | None => as_typed(),
    }
}

fn refusal(tables: &[Table<'_>], draft: &Draft, problem: &str) -> Finding {
    let table = &tables[draft.table];
    Finding {
        sheet: table.sheet.name.clone(),
        row: draft.row + 1,
        column: table.room_heading(),
        value: room_text(table, table.row(draft.row)),
        problem: problem.to_owned(),
    }
}

fn accept(draft: Draft, reading: &mut ImportReading, unit_of: &mut HashMap<UnitLabel, usize>) {
    match draft.record {
        Ok(record) => {
            reading.accepted += 1;
            reading.warnings.extend(draft.warnings);
            unit_of.insert(draft.label, reading.units.len());
            reading.units.push(record);
        }
        Err(finding) => reading.refused.push(finding),
    }
}

/// A sheet that lists the same rooms with other columns (a directory of phones beside a list of fees) fills what is blank.
fn complete(draft: Draft, reading: &mut ImportReading, unit_of: &HashMap<UnitLabel, usize>) {
    let (Some(position), Ok(other)) = (unit_of.get(&draft.label), draft.record) else { return };
    let unit: &mut UnitRecord = &mut reading.units[*position];
    let fill = |into: &mut Vec<_>, from: Vec<_>| {
        if into.is_empty() {
            *into = from;
        }
    };
    fill(&mut unit.owners, other.owners);
    unit.phones = if unit.phones.is_empty() { other.phones } else { std::mem::take(&mut unit.phones) };
    unit.id_number = unit.id_number.take().or(other.id_number);
    unit.fees = if unit.fees.is_empty() { other.fees } else { std::mem::take(&mut unit.fees) };
    unit.area = unit.area.or(other.area);
    unit.paid_through = unit.paid_through.or(other.paid_through);
    if unit.remark.is_empty() {
        unit.remark = other.remark;
    }
}

fn add_member(
    tables: &[Table<'_>],
    draft: Draft,
    role: MemberRole,
    reading: &mut ImportReading,
    unit_of: &HashMap<UnitLabel, usize>,
) {
    match (draft.record.as_ref(), unit_of.get(&draft.label)) {
        (Ok(record), Some(position)) if !record.owners.is_empty() => {
            reading.accepted += 1;
            reading.warnings.extend(draft.warnings);
            let member = MemberRecord { role, name: record.owners.join("、"), phones: record.phones.clone() };
            reading.units[*position].members.push(member);
        }
        (Err(finding), _) => reading.refused.push(finding.clone()),
        (Ok(_), _) => reading.refused.push(refusal(
            tables,
            &draft,
            "这一行的成员没有姓名，或其业主行未导入 / no name, or the row of the owner was not imported",
        )),
    }
}
