//! The fonts papers are printed in, read once per process, and which characters they lack.

use std::sync::OnceLock;

use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

/// The fonts and the book typst looks them up in.
pub(crate) struct Fonts {
    pub(crate) book: LazyHash<FontBook>,
    pub(crate) fonts: Vec<Font>,
}

/// Noto Serif SC, regular and bold.
pub(crate) fn fonts() -> &'static Fonts {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    FONTS.get_or_init(|| {
        let files: [&'static [u8]; 2] =
            [include_bytes!("../fonts/NotoSerifSC_400Regular.ttf"), include_bytes!("../fonts/NotoSerifSC_700Bold.ttf")];
        let fonts: Vec<Font> = files.into_iter().flat_map(|file| Font::iter(Bytes::new(file))).collect();
        Fonts { book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts }
    })
}

/// Whether papers can show a character: all of 通用规范汉字表 and of GB 2312, the common ideographs and their extension A, ASCII.
#[must_use]
pub fn is_printable(one: char) -> bool {
    // Nearly every name is of these, and a list may hold a million: the fonts are asked only about others.
    matches!(one, ' '..='~' | '\u{4e00}'..='\u{9fff}')
        || one.is_whitespace()
        || fonts().fonts.iter().all(|font| font.info().coverage.contains(one.into()))
}

/// The characters of a name that no paper can show, each once, in their order: a rare character outside the fonts would print
/// as an empty box, so whoever prints is warned before.
#[must_use]
pub fn unprintable(text: &str) -> Vec<char> {
    let mut missing = Vec::new();
    for one in text.chars().filter(|one| !one.is_whitespace() && !one.is_control()) {
        if !is_printable(one) && !missing.contains(&one) {
            missing.push(one);
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyday_names_and_the_signs_of_papers_can_be_printed() {
        let signs = "欧阳龑 王芳、喆彧煜镕堃犇 Ábc 0123456789 ¥￥㎡×元·—“”《》（）【】：；，。□第×〇";
        assert_eq!(unprintable(signs), Vec::<char>::new());
        assert_eq!(unprintable(""), Vec::<char>::new());
    }

    #[test]
    fn every_character_a_child_may_be_named_with_can_be_printed() {
        let in_fonts = |c: char| fonts().fonts.iter().all(|font| font.info().coverage.contains(c.into()));
        assert!((' '..='~').chain('\u{4e00}'..='\u{9fff}').chain('\u{3400}'..='\u{4dbf}').all(in_fonts));
        // The characters of 通用规范汉字表 outside the basic planes' first blocks, those of names and of chemistry.
        let rare = "𠅤𠙶𠳐𡎚𡐓𣗋𣲗𣲘𣸣𤧛𤩽𤫉𥔲𥕢𥖨𥻗𦈡𦒍𦙶𦝼𦭜𦰡𧿹𨐈𨙸𨚕𨟠𨭉𨱇𨱏𨱑𨱔𨺙𩽾𩾃𩾌𪟝𪣻𪤗𪨰𪨶𪩘𪾢𫄧𫄨𫄷𫄸𫇭𫌀𫍣𫍯𫍲𫍽𫐄𫐐𫐓𫑡𫓧𫓯𫓶𫓹𫔍𫔎𫔶𫖮𫖯𫖳𫗧𫗴𫘜𫘝𫘦𫘧𫘨𫘪𫘬𫚕𫚖𫚭𫛭𫞩𫟅𫟦𫟹𫟼𫠆𫠊𫠜𫢸𫫇𫭟𫭢𫭼𫮃𫰛𫵷𫶇𫷷𫸩𬀩𬀪𬂩𬃊𬇕𬇙𬇹𬉼𬊈𬊤𬌗𬍛𬍡𬍤𬒈𬒔𬒗𬕂𬘓𬘘𬘡𬘩𬘫𬘬𬘭𬘯𬙂𬙊𬙋𬜬𬜯𬞟𬟁𬟽𬣙𬣞𬣡𬣳𬤇𬤊𬤝𬨂𬨎𬩽𬪩𬬩𬬭𬬮𬬱𬬸𬬹𬬻𬬿𬭁𬭊𬭎𬭚𬭛𬭤𬭩𬭬𬭯𬭳𬭶𬭸𬭼𬮱𬮿𬯀𬯎𬱖𬱟𬳵𬳶𬳽𬳿𬴂𬴃𬴊𬶋𬶍𬶏𬶐𬶟𬶠𬶨𬶭𬶮𬷕𬸘𬸚𬸣𬸦𬸪𬹼𬺈𬺓";
        assert_eq!(unprintable(rare), Vec::<char>::new());
    }

    #[test]
    fn a_rare_character_is_named_once_and_blanks_are_not() {
        assert_eq!(unprintable("王𱁬\u{3000}𱁬\n☃︎😀").first(), Some(&'𱁬'));
        assert_eq!(unprintable("王𱁬 𱁬芳"), ['𱁬']);
    }
}
