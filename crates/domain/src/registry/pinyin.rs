//! Names by their sound, for search: `wjg` finds 王建国.
//!
//! Surnames are read as surnames: 单 is Shan, 曾 is Zeng, 尉迟 is Yuchi.

use pinyin::ToPinyin;

use super::names::surname;

/// Surnames that sound otherwise than the character does in other words.
const SURNAMES: &[(&str, &[&str])] = &[
    ("单", &["shan"]),
    ("曾", &["zeng"]),
    ("解", &["xie"]),
    ("仇", &["qiu"]),
    ("区", &["ou"]),
    ("查", &["zha"]),
    ("任", &["ren"]),
    ("盖", &["ge"]),
    ("乐", &["yue"]),
    ("朴", &["piao"]),
    ("翟", &["zhai"]),
    ("缪", &["miao"]),
    ("种", &["chong"]),
    ("秘", &["bi"]),
    ("员", &["yun"]),
    ("繁", &["po"]),
    ("洗", &["xian"]),
    ("冼", &["xian"]),
    ("覃", &["qin"]),
    ("折", &["she"]),
    ("那", &["na"]),
    ("华", &["hua"]),
    ("纪", &["ji"]),
    ("宁", &["ning"]),
    ("燕", &["yan"]),
    ("召", &["shao"]),
    ("谌", &["chen"]),
    ("长", &["zhang"]),
    ("重", &["chong"]),
    ("沈", &["shen"]),
    ("贾", &["jia"]),
    ("石", &["shi"]),
    ("柏", &["bai"]),
    ("车", &["che"]),
    ("尹", &["yin"]),
    ("隗", &["wei"]),
    ("尉迟", &["yu", "chi"]),
    ("万俟", &["mo", "qi"]),
    ("长孙", &["zhang", "sun"]),
    ("单于", &["chan", "yu"]),
    ("澹台", &["tan", "tai"]),
];

/// The initials of a name in small letters: 王建国 is `wjg`, 曾彧 is `zy`, `John Smith` is `johnsmith`.
///
/// Characters nobody reads aloud (marks, blanks, those outside the table of sounds) are left out.
#[must_use]
pub fn initials(name: &str) -> String {
    syllables(name).iter().map(|syllable| syllable.initial()).collect()
}

/// The whole sound of a name in small letters without tones: 王建国 is `wangjianguo`.
#[must_use]
pub fn sound(name: &str) -> String {
    syllables(name).iter().map(|syllable| syllable.0.as_str()).collect()
}

/// A syllable, or a run of one letter or digit as it stands.
struct Syllable(String);

impl Syllable {
    fn initial(&self) -> &str {
        self.0.char_indices().nth(1).map_or(self.0.as_str(), |(second, _)| &self.0[..second])
    }
}

fn syllables(name: &str) -> Vec<Syllable> {
    let family = surname(name);
    let special = SURNAMES.iter().find(|(one, _)| *one == family && name.len() > family.len());
    let (read, rest) = match special {
        Some((family, sounds)) => (*sounds, &name[family.len()..]),
        None => (&[][..], name),
    };
    let read = read.iter().map(|sound| Syllable((*sound).to_owned()));
    read.chain(rest.chars().filter_map(syllable)).collect()
}

fn syllable(c: char) -> Option<Syllable> {
    if c.is_ascii_alphanumeric() {
        return Some(Syllable(c.to_ascii_lowercase().to_string()));
    }
    c.to_pinyin().map(|sound| Syllable(sound.plain().replace('ü', "v")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_by_its_initials_and_its_sound() {
        assert_eq!(initials("王建国"), "wjg");
        assert_eq!(sound("王建国"), "wangjianguo");
        assert_eq!(initials("John Smith"), "johnsmith");
        assert_eq!(initials("万家便利店"), "wjbld");
        assert_eq!(initials(""), "");
    }

    #[test]
    fn a_surname_is_read_as_a_surname() {
        for (name, expected) in [
            ("单杰", "sj"),
            ("曾彧", "zy"),
            ("解放", "xf"),
            ("仇和", "qh"),
            ("尉迟恭", "ycg"),
            ("欧阳锋", "oyf"),
            ("长孙无忌", "zswj"),
            ("翟洋", "zy"),
        ] {
            assert_eq!(initials(name), expected, "{name}");
        }
    }
}
