//! People: which rows are one person. Two rows are one person only if the name and a valid phone or identity number agree;
//! placeholders identify nobody (domain rule of the command-line contract).

use std::collections::{BTreeSet, HashMap};

use super::UnitRecord;

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
    /// The persons.
    pub persons: Vec<Person>,
    /// For each unit, by position: its owners as positions in `persons`.
    pub owners: Vec<Vec<usize>>,
}

/// Groups the owners of all rows into persons.
#[must_use]
pub fn group(units: &[UnitRecord]) -> People {
    let crowd = Crowd::of(units);
    let mut people = People::default();
    let mut known: HashMap<(String, String), usize> = HashMap::new();
    for unit in units {
        let mut owners = Vec::new();
        for (position, name) in unit.owners.iter().enumerate() {
            owners.push(join(&mut people.persons, &mut known, &crowd, unit, position, name));
        }
        people.owners.push(owners);
    }
    people
}

fn join(
    persons: &mut Vec<Person>,
    known: &mut HashMap<(String, String), usize>,
    crowd: &Crowd,
    unit: &UnitRecord,
    position: usize,
    name: &str,
) -> usize {
    // Phones belong to the first owner, unless there are as many as owners.
    let each_has_one = unit.phones.len() == unit.owners.len() && unit.owners.len() > 1;
    let phones: Vec<_> = match position {
        _ if each_has_one => unit.phones[position..=position].to_vec(),
        0 => unit.phones.clone(),
        _ => Vec::new(),
    };
    let id_number = unit.id_number.clone().filter(|number| position == 0 && crowd.identifies("id", number));
    let marks: Vec<String> = phones
        .iter()
        .filter(|phone| phone.valid && crowd.identifies("phone", &phone.number))
        .map(|phone| format!("phone {}", phone.number))
        .chain(id_number.iter().map(|number| format!("id {number}")))
        .collect();
    let found = marks.iter().find_map(|mark| known.get(&(name.to_owned(), mark.clone())).copied());
    let person = found.unwrap_or_else(|| {
        persons.push(Person { name: name.to_owned(), id_number: None, phones: Vec::new() });
        persons.len() - 1
    });
    for mark in marks {
        known.entry((name.to_owned(), mark)).or_insert(person);
    }
    let one = &mut persons[person];
    one.id_number = one.id_number.take().or(id_number);
    for phone in phones {
        if one.phones.iter().all(|(number, _)| *number != phone.number) {
            one.phones.push((phone.number, phone.valid));
        }
    }
    person
}

/// Under how many names each number stands.
struct Crowd {
    names: HashMap<(&'static str, String), BTreeSet<String>>,
}

impl Crowd {
    fn of(units: &[UnitRecord]) -> Self {
        let mut names: HashMap<(&'static str, String), BTreeSet<String>> = HashMap::new();
        for unit in units {
            let first = unit.owners.first().cloned().unwrap_or_default();
            for phone in &unit.phones {
                names.entry(("phone", phone.number.clone())).or_default().insert(first.clone());
            }
            if let Some(number) = &unit.id_number {
                names.entry(("id", number.clone())).or_default().insert(first.clone());
            }
        }
        Self { names }
    }

    /// An identity number under two names is nobody's; a phone may be a family's, but not a crowd's.
    fn identifies(&self, kind: &'static str, number: &str) -> bool {
        let limit = if kind == "id" { 2 } else { SHARED_BY };
        self.names.get(&(kind, number.to_owned())).is_none_or(|names| names.len() < limit)
    }
}
