//! Initials of names for search: 王建国 is found by `wjg`.
//!
//! Surnames have readings of their own (单 is shan, 曾 is zeng), which a dictionary of characters does not know.

use pinyin::ToPinyin as _;

/// Surnames whose first letter differs from their usual reading.
const SURNAMES: [(char, char); 12] = [
    ('单', 's'),
    ('曾', 'z'),
    ('解', 'x'),
    ('查', 'z'),
    ('仇', 'q'),
    ('区', 'o'),
    ('朴', 'p'),
    ('尉', 'w'),
    ('翟', 'z'),
    ('盖', 'g'),
    ('乐', 'y'),
    ('折', 's'),
];

/// The first letters of a name's syllables in lower case; letters and digits stay, the rest goes.
#[must_use]
pub fn initials(name: &str) -> String {
    let first = name.chars().next();
    let surname = SURNAMES.iter().find(|(character, _)| first == Some(*character)).map(|(_, letter)| *letter);
    let letter = |c: char| match c.to_pinyin() {
        Some(reading) => reading.plain().chars().next(),
        None => c.is_alphanumeric().then(|| c.to_ascii_lowercase()),
    };
    let skip = usize::from(surname.is_some());
    surname.into_iter().chain(name.chars().skip(skip).filter_map(letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_its_initials_also_where_a_surname_is_read_otherwise() {
        assert_eq!(initials("王建国"), "wjg");
        assert_eq!(initials("曾丽"), "zl");
        assert_eq!(initials("单雄"), "sx");
        assert_eq!(initials("John Smith"), "johnsmith");
        assert_eq!(initials(""), "");
    }
}
