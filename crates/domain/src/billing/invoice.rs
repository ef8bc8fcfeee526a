//! What an e-invoice (数电票) needs of a fee item: its tax class, with the code of 商品和服务税收分类编码 and the rate of the VAT Law.
//!
//! General taxpayers: services 6 % (增值税法 10 (3)), leasing of space for vehicles 9 %. Deposits, the maintenance fund, and what is
//! collected for others (代收代付) are no income of the property company and get no invoice from it.

use rust_decimal::Decimal;

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
        assert_eq!(TaxClass::of("water"), None);
    }
}
