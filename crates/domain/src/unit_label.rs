//! How a unit is called on paper and in queries: [`UnitLabel`], `building-entrance-room` such as `3-2-1502`.
//!
//! A shop outside any entrance has entrance `0` (`5-0-12`); a parking space or storage room is labelled by its own code
//! (`车位-C0001`). The label is unique within its community.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The name of a unit within its community: one to three parts without blanks, joined by `-`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitLabel(String);

/// Why a text is not a unit label.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not a room such as 3-2-1502")]
pub struct UnitLabelError {
    /// What was given.
    pub text: String,
}

impl UnitLabel {
    /// Joins building, entrance and room.
    ///
    /// # Errors
    /// [`UnitLabelError`] when a part is empty, longer than 20 characters or holds a character no door sign has.
    pub fn try_new(building: &str, entrance: &str, room: &str) -> Result<Self, UnitLabelError> {
        Self::parse(&format!("{building}-{entrance}-{room}"))
    }

    /// Reads a label in canonical form. What people type (`3栋2单元1502室`) is read by the import, which is more lenient.
    ///
    /// # Errors
    /// [`UnitLabelError`] names the text that is not a label.
    pub fn parse(text: &str) -> Result<Self, UnitLabelError> {
        let text = text.trim();
        let parts: Vec<&str> = text.split('-').collect();
        let part_is_readable =
            |part: &&str| !part.is_empty() && part.chars().count() <= 20 && part.chars().all(char::is_alphanumeric);
        if (2..=3).contains(&parts.len()) && parts.iter().all(part_is_readable) {
            Ok(Self(text.to_owned()))
        } else {
            Err(UnitLabelError { text: text.to_owned() })
        }
    }

    /// The label as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The building part.
    #[must_use]
    pub fn building(&self) -> &str {
        self.0.split('-').next().expect("split gives at least one part")
    }

    /// The entrance (单元) part; `None` for a two-part label.
    #[must_use]
    pub fn entrance(&self) -> Option<&str> {
        let mut parts = self.0.split('-').skip(1);
        let entrance = parts.next();
        parts.next().and(entrance)
    }

    /// The room part.
    #[must_use]
    pub fn room(&self) -> &str {
        self.0.rsplit('-').next().expect("split gives at least one part")
    }

    /// The floor the room number tells: all but its last two digits (`1502` -> 15, `负101` -> -1); `None` where it tells none.
    #[must_use]
    pub fn floor(&self) -> Option<i64> {
        let room = self.room();
        let (floor, _) = room.split_at_checked(room.len().checked_sub(2)?)?;
        match floor.strip_prefix('负') {
            Some(below) => below.parse::<i64>().ok().map(|floor| -floor),
            None => floor.parse().ok(),
        }
    }
}

impl fmt::Display for UnitLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for UnitLabel {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for UnitLabel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_knows_its_parts() {
        let label = UnitLabel::try_new("3", "2", "1502").expect("a label");
        assert_eq!((label.building(), label.entrance(), label.room()), ("3", Some("2"), "1502"));
        assert_eq!(label.floor(), Some(15));
        let space = UnitLabel::parse("车位-C0001").expect("a label");
        assert_eq!((space.building(), space.entrance(), space.room()), ("车位", None, "C0001"));
    }

    #[test]
    fn blanks_and_lone_numbers_are_no_label() {
        for text in ["", "1502", "3--1502", "3-2-15 02", "3-2-1502-7", "3-2-<b>"] {
            assert!(UnitLabel::parse(text).is_err(), "{text}");
        }
    }
}
