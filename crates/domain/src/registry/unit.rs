//! Kinds of units and how they are occupied.

use serde::{Deserialize, Serialize};

use crate::Text;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal, $zh:literal, $en:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$vdoc])* $variant,)+
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
            pub fn label(self) -> Text {
                match self {
                    $(Self::$variant => Text::new($zh, $en),)+
                }
            }
        }
    };
}

words!(
    /// What a unit is.
    UnitKind {
        /// 住宅
        Home = "home", "住宅", "home";
        /// 商铺
        Shop = "shop", "商铺", "shop";
        /// 办公
        Office = "office", "办公", "office";
        /// 车位
        Parking = "parking", "车位", "parking space";
        /// 储藏室
        Storage = "storage", "储藏室", "storage room";
    }
);

words!(
    /// Who is in it.
    Occupancy {
        /// 业主自住
        Owner = "owner", "自住", "owner";
        /// 出租
        Tenant = "tenant", "出租", "tenant";
        /// 空置
        Vacant = "vacant", "空置", "vacant";
        /// 未交付
        NotHandedOver = "not_handed_over", "未交付", "not handed over";
        /// 未登记
        Unknown = "unknown", "未登记", "not recorded";
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back() {
        assert!(UnitKind::ALL.iter().all(|kind| UnitKind::parse(kind.as_str()) == Ok(*kind)));
        assert!(Occupancy::ALL.iter().all(|one| Occupancy::parse(one.as_str()) == Ok(*one)));
        assert!(UnitKind::parse("castle").is_err());
    }
}
