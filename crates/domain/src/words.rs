//! Enums whose variants are stored as words and shown in both languages: one macro for all of them.

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal, $zh:literal, $en:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every one, in the order of menus.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word that is stored.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// Reads the stored word.
            ///
            /// # Errors
            /// The word itself when there is no such one.
            pub fn parse(word: &str) -> Result<Self, String> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word).ok_or_else(|| word.to_owned())
            }

            /// For people.
            #[must_use]
            pub fn label(self) -> $crate::Text {
                match self {
                    $(Self::$variant => $crate::Text::new($zh, $en),)+
                }
            }
        }
    };
}
pub(crate) use words;
