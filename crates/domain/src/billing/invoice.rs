//! What an e-invoice (数电票) needs of a fee item: its tax class, with the code of 商品和服务税收分类编码 and the rate of the VAT Law.
//!
//! General taxpayers: services 6 % (增值税法 10 (3)), leasing of space for vehicles 9 %. Deposits and the maintenance fund are no income
//! of the property company and get no invoice from it.
//!
//! Nor does what is collected for a supplier: water, electricity, heat and gas by the meter. The company takes that money for the
//! supplier and may add no handling fee (物业管理条例 44); who sells is the supplier, and the supplier invoices the user. So these charges
//! are left out of a request, told with their sum ([`LeftOut::Collected`]), and stand in the books as 其他应付款. A company that buys water
//! and sells it on in its own name could tax the full amount at the simplified 3 % (general taxpayers, 2026-01-01 to 2027-12-31, in
//! place of 公告2016年第54号); that is no collecting for others, and nothing here takes it for that.

use rust_decimal::Decimal;

use crate::words::words;

words!(
    /// Why a charge, or a part of it, is not in a request for invoices.
    LeftOut {
        /// Collected for a supplier.
        Collected = "collected", "代收代缴，由供应单位开票（物业管理条例第四十四条）", "collected for the supplier, who invoices it (Property Management Regulations 44)";
        /// Taken off without money: nothing was sold for it.
        Reduced = "reduced", "已减免，不开票", "let off: there is nothing to invoice";
    }
);

/// A line of the tax code table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaxClass {
    /// The code, 19 digits.
    pub code: &'static str,
    /// Its short name, which stands between asterisks on an invoice.
    pub short_name: &'static str,
    /// The rate in percent.
    pub percent: u32,
}

/// 物业管理服务.
const PROPERTY_SERVICE: TaxClass =
    TaxClass { code: "3040801010000000000", short_name: "企业管理服务", percent: 6 };
/// 车辆停放服务.
const PARKING: TaxClass = TaxClass { code: "3040502020200000000", short_name: "经营租赁", percent: 9 };

impl TaxClass {
    /// The class of a fee item's kind; `None` for what is collected for others.
    #[must_use]
    pub fn of(kind: &str) -> Option<Self> {
        match kind {
            "property" | "lift" | "shared_cost" | "waste" | "other" => Some(PROPERTY_SERVICE),
            "parking" => Some(PARKING),
            // "utility": every other kind of the register of fee items has its class.
            _ => None,
        }
    }

    /// The rate as a factor, such as 0.06.
    #[must_use]
    pub fn rate(&self) -> Decimal {
        Decimal::new(i64::from(self.percent), 2)
    }

    /// What an invoice calls an item: `*企业管理服务*物业管理费`.
    #[must_use]
    pub fn line_text(&self, item: &str) -> String {
        format!("*{}*{item}", self.short_name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_and_parking_have_their_own_code_and_rate_and_money_of_others_has_none() {
        let fee = TaxClass::of("property").expect("a class");
        assert_eq!((fee.code.len(), fee.rate().to_string().as_str()), (19, "0.06"));
        assert_eq!(fee.line_text("物业管理费"), "*企业管理服务*物业管理费");
        assert_eq!(TaxClass::of("parking").map(|one| (one.code.len(), one.percent)), Some((19, 9)));
        for kind in ["property", "lift", "shared_cost", "waste", "other"] {
            assert_eq!(TaxClass::of(kind), Some(fee), "{kind}");
        }
        assert_eq!(TaxClass::of("utility"), None, "water, electricity, heat, gas");
    }
}
