//! Ways to pay, as papers, tables and vouchers print them.

/// The Chinese name of a way to pay.
#[must_use]
pub fn method_name(method: &str) -> &'static str {
    match method {
        "cash" => "现金",
        "card" => "刷卡",
        "transfer" => "转账",
        "wechat" => "微信",
        "alipay" => "支付宝",
        "qr" => "扫码",
        "opening" => "期初",
        "mixed" => "多种方式",
        "moved" => "转款",
        _ => "其他",
    }
}
