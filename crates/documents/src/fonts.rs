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

/// The characters of a name that no paper can show, each once, in their order: a rare character outside the fonts would print
/// as an empty box, so whoever prints is warned before.
#[must_use]
pub fn unprintable(text: &str) -> Vec<char> {
    let mut missing = Vec::new();
    for one in text.chars().filter(|one| !one.is_whitespace() && !one.is_control()) {
        let shown = fonts().fonts.iter().all(|font| font.info().coverage.contains(one.into()));
        if !shown && !missing.contains(&one) {
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
    fn a_rare_character_is_named_once_and_blanks_are_not() {
        assert_eq!(unprintable("王𱁬\u{3000}𱁬\n☃︎😀").first(), Some(&'𱁬'));
        assert_eq!(unprintable("王𱁬 𱁬芳"), ['𱁬']);
    }
}
