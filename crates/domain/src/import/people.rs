//! People: which rows are one person. Two rows are one person only if the name and a valid phone or identity number agree;
//! placeholders identify nobody (import rules of the command line).
//!
//! Three rows may be one person in two steps (the first and the third share a phone, the third and the second another): the
//! owners of all rows are joined, whatever their order.

use std::collections::HashMap;

use super::{PhoneRecord, UnitRecord};

/// A number that so many different names share identifies nobody.
const SHARED_BY: usize = 3;

/// A person or company over all rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: String,
    /// A valid identity number nobody else has.
    pub id_number: Option<String>,
    /// Phones, valid or not, in the order they came.
    pub phones: Vec<(String, bool)>,
}

/// Which person stands where.
#[derive(Clone, Debug, Default)]
pub struct People {
    /// The persons, in the order they first came.
    pub persons: Vec<Person>,
    /// For each unit, by position: its owners as positions in `persons`.
    pub owners: Vec<Vec<usize>>,
}

/// Groups the owners of all rows into persons.
#[must_use]
pub fn group(units: &[UnitRecord]) -> People {
    let crowd = Crowd::of(units);
    let mentions = join(units, &crowd);
    let mut people = People::default();
    let mut person_of_root: HashMap<usize, usize> = HashMap::new();
    let mut mention = 0;
    for unit in units {
        let mut owners = Vec::with_capacity(unit.owners.len());
        for (position, name) in unit.owners.iter().enumerate() {
            let person = *person_of_root.entry(mentions.root(mention)).or_insert_with(|| {
                people.persons.push(Person { name: name.clone(), id_number: None, phones: Vec::new() });
                people.persons.len() - 1
            });
            describe(&mut people.persons[person], unit, position, &crowd);
            owners.push(person);
            mention += 1;
        }
        people.owners.push(owners);
    }
    people
}

/// Adds what a row tells about an owner. Phones belong to the first owner, unless there are as many as owners.
fn describe(person: &mut Person, unit: &UnitRecord, position: usize, crowd: &Crowd<'_>) {
    let each_has_one = unit.phones.len() == unit.owners.len() && unit.owners.len() > 1;
    let phones: &[PhoneRecord] = match position {
        _ if each_has_one => &unit.phones[position..=position],
        0 => &unit.phones,
        _ => &[],
    };
    for phone in phones {
        if person.phones.iter().all(|(number, _)| *number != phone.number) {
            person.phones.push((phone.number.clone(), phone.valid));
        }
    }
    if position == 0 && person.id_number.is_none() {
        person.id_number = unit.id_number.clone().filter(|number| crowd.identifies(Mark::Id(number)));
    }
}

/// What a name must share with another row to be the same person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Mark<'a> {
    Phone(&'a str),
    Id(&'a str),
}

/// Joins the mentions of owners, counted over all rows: two with one name and one mark are one.
fn join(units: &[UnitRecord], crowd: &Crowd<'_>) -> Mentions {
    let mut mentions = Mentions { parent: (0..units.iter().map(|unit| unit.owners.len()).sum()).collect() };
    let mut first: HashMap<(&str, Mark<'_>), usize> = HashMap::new();
    let mut mention = 0;
    for unit in units {
        let marks: Vec<Mark<'_>> = marks_of(unit).filter(|mark| crowd.identifies(*mark)).collect();
        for (position, name) in unit.owners.iter().enumerate() {
            // An identity number is the first owner's; a phone in the row may be either's.
            for mark in marks.iter().filter(|mark| position == 0 || matches!(mark, Mark::Phone(_))) {
                let earlier = *first.entry((name.as_str(), *mark)).or_insert(mention);
                mentions.join(earlier, mention);
            }
            mention += 1;
        }
    }
    mentions
}

fn marks_of(unit: &UnitRecord) -> impl Iterator<Item = Mark<'_>> {
    let phones = unit.phones.iter().filter(|phone| phone.valid).map(|phone| Mark::Phone(&phone.number));
    phones.chain(unit.id_number.iter().map(|number| Mark::Id(number)))
}

/// Sets of mentions, each known by its earliest.
struct Mentions {
    parent: Vec<usize>,
}

impl Mentions {
    fn root(&self, mut mention: usize) -> usize {
        while self.parent[mention] != mention {
            mention = self.parent[mention];
        }
        mention
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        let (early, late) = (one.min(other), one.max(other));
        self.parent[late] = early;
    }
}

/// Under which names each number stands, counted no further than matters.
struct Crowd<'a> {
    names: HashMap<Mark<'a>, [Option<&'a str>; SHARED_BY]>,
}

impl<'a> Crowd<'a> {
    fn of(units: &'a [UnitRecord]) -> Self {
        let mut names: HashMap<Mark<'a>, [Option<&'a str>; SHARED_BY]> = HashMap::with_capacity(units.len());
        for unit in units {
            let first = unit.owners.first().map_or("", String::as_str);
            for mark in marks_of(unit) {
                let places = names.entry(mark).or_default();
                let place = places.iter_mut().find(|place| place.is_none_or(|name| name == first));
                if let Some(place) = place {
                    *place = Some(first);
                }
            }
        }
        Self { names }
    }

    /// An identity number under two names is nobody's; a phone may be a family's, but not a crowd's.
    fn identifies(&self, mark: Mark<'_>) -> bool {
        let limit = match mark {
            Mark::Id(_) => 2,
            Mark::Phone(_) => SHARED_BY,
        };
        self.names.get(&mark).is_none_or(|names| names.iter().flatten().count() < limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UnitLabel;
    use crate::import::PhoneRecord;
    use crate::registry::unit::{Occupancy, UnitKind};

    fn unit(room: &str, owners: &[&str], phones: &[&str], id_number: Option<&str>) -> UnitRecord {
        UnitRecord {
            sheet: "台账".to_owned(),
            row: 1,
            label: UnitLabel::parse(room).expect("a room"),
            kind: UnitKind::Home,
            area: None,
            floor: None,
            occupancy: Occupancy::Unknown,
            owners: owners.iter().map(|name| (*name).to_owned()).collect(),
            phones: phones.iter().map(|n| PhoneRecord { number: (*n).to_owned(), valid: n.len() == 11 }).collect(),
            id_number: id_number.map(str::to_owned),
            members: Vec::new(),
            fees: Vec::new(),
            paid_through: None,
            remark: String::new(),
        }
    }

    #[test]
    fn the_same_name_alone_is_not_the_same_person() {
        let people = group(&[
            unit("1-1-101", &["王芳"], &["13800132231"], None),
            unit("1-1-102", &["王芳"], &["13900132231"], None),
            unit("1-1-103", &["王芳"], &["13800132231"], None),
            unit("1-1-104", &["李强"], &["13800132231"], None),
            unit("1-1-105", &["王芳"], &["1380013223"], None),
            unit("1-1-106", &["王芳"], &["1380013223"], None),
        ]);
        assert_eq!(people.owners, [[0], [1], [0], [2], [3], [4]], "an unreadable number identifies nobody");
    }

    #[test]
    fn a_phone_of_three_names_and_an_id_number_of_two_identify_nobody() {
        let id = Some("11010519491231002X");
        let people = group(&[
            unit("1-1-101", &["王芳"], &["13800132231"], id),
            unit("1-1-102", &["李强"], &["13800132231"], id),
            unit("1-1-103", &["赵敏"], &["13800132231"], None),
            unit("1-1-104", &["王芳"], &["13800132231"], id),
        ]);
        assert_eq!(people.owners, [[0], [1], [2], [3]]);
        assert!(people.persons.iter().all(|person| person.id_number.is_none()));
    }

    #[test]
    fn rows_are_one_person_in_two_steps_whatever_their_order() {
        let people = group(&[
            unit("1-1-101", &["王芳"], &["13800132231"], None),
            unit("1-1-102", &["王芳"], &["13900132231"], None),
            unit("1-1-103", &["王芳"], &["13900132231", "13800132231"], None),
        ]);
        assert_eq!(people.owners, [[0], [0], [0]]);
        assert_eq!(people.persons[0].phones.len(), 2);
    }

    #[test]
    fn co_owners_of_two_flats_are_two_people() {
        let people = group(&[
            unit("1-1-101", &["郝娟", "叶彧"], &["13859833778"], None),
            unit("1-1-102", &["郝娟", "叶彧"], &["13859833778"], None),
        ]);
        assert_eq!(people.owners, [[0, 1], [0, 1]]);
        assert_eq!(people.persons[0].phones, [("13859833778".to_owned(), true)]);
        assert!(people.persons[1].phones.is_empty(), "one phone is the first owner's");
    }
}
