//! Kinds of units and how they are occupied.

use crate::words::words;

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
