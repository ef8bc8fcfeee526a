//! Which units share a cost: the whole community, buildings, entrances, or units that are named.

use serde::{Deserialize, Serialize};

use crate::UnitLabel;
use crate::registry::unit::UnitKind;

/// Places that share; none is the whole community. A place is a building `3`, an entrance `3-2` or a unit `3-2-1502`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ShareScope(Vec<String>);

impl ShareScope {
    /// Reads places with commas or blanks between; an empty text is the whole community.
    ///
    /// # Errors
    /// The part that is no place.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut places = Vec::new();
        for part in text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、' | ';' | '；')) {
            let sign = |c: char| c.is_alphanumeric() || c == '-';
            if part.is_empty() {
                continue;
            }
            if part.len() > 80 || !part.chars().all(sign) || part.split('-').any(str::is_empty) {
                return Err(part.to_owned());
            }
            if !places.iter().any(|place| place == part) {
                places.push(part.to_owned());
            }
        }
        Ok(Self(places))
    }

    /// The places; none is the whole community.
    #[must_use]
    pub fn places(&self) -> &[String] {
        &self.0
    }

    /// Whether a unit takes part. Parking spaces and storage rooms do only when they are named themselves: lifts and stairs are
    /// not theirs.
    #[must_use]
    pub fn holds(&self, unit: &UnitLabel, kind: UnitKind) -> bool {
        let lived_in = match kind {
            UnitKind::Home | UnitKind::Shop | UnitKind::Office => true,
            UnitKind::Parking | UnitKind::Storage => false,
        };
        if self.0.is_empty() {
            return lived_in;
        }
        self.0.iter().any(|place| Self::is_in(unit, place) && (lived_in || unit.as_str() == place))
    }

    /// The first place in which there is none of the units.
    pub fn empty_place<'u>(&self, units: impl Iterator<Item = &'u UnitLabel> + Clone) -> Option<&str> {
        self.0.iter().find(|place| !units.clone().any(|unit| Self::is_in(unit, place))).map(String::as_str)
    }

    fn is_in(unit: &UnitLabel, place: &str) -> bool {
        let rest = unit.as_str().strip_prefix(place);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(places: &str, unit: &str, kind: UnitKind) -> bool {
        ShareScope::parse(places).expect("places").holds(&UnitLabel::parse(unit).expect("a unit"), kind)
    }

    #[test]
    fn a_building_does_not_hold_another_one_that_begins_alike() {
        assert!(holds("3", "3-2-1502", UnitKind::Home) && !holds("3", "31-2-1502", UnitKind::Home));
        assert!(holds("3-2", "3-2-1502", UnitKind::Home) && !holds("3-2", "3-21-1502", UnitKind::Home));
        assert!(holds("1，3-2-1502", "3-2-1502", UnitKind::Home));
    }

    #[test]
    fn a_parking_space_shares_only_when_it_is_named() {
        assert!(!holds("", "车位-C1", UnitKind::Parking) && !holds("车位", "车位-C1", UnitKind::Parking));
        assert!(holds("车位-C1", "车位-C1", UnitKind::Parking) && holds("", "5-0-12", UnitKind::Shop));
    }

    #[test]
    fn a_place_without_a_unit_is_named() {
        let units = [UnitLabel::parse("3-2-1502").expect("a unit")];
        let scope = ShareScope::parse("3 4").expect("places");
        assert_eq!(scope.empty_place(units.iter()), Some("4"));
        assert_eq!(ShareScope::parse("3--2"), Err("3--2".to_owned()));
    }
}
