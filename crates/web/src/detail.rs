//! What an entry of the audit trail tells besides its act, for people: names and values, in the visitor's language.
//!
//! The trail keeps JSON. A name nobody translated yet is shown as it is; what is empty is left out.

use hemu_domain::Locale;
use serde_json::Value;

/// `金额 500.00；收据 R2026-000012`
#[must_use]
pub fn detail(locale: Locale, entry: &Value) -> String {
    let between = if locale == Locale::Zh { "；" } else { "; " };
    let Value::Object(fields) = entry else { return plain(locale, entry) };
    let shown = fields.iter().map(|(name, value)| (name, plain(locale, value))).filter(|(_, value)| !value.is_empty());
    shown.map(|(name, value)| format!("{} {value}", known(locale, name))).collect::<Vec<_>>().join(between)
}

fn plain(locale: Locale, value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(yes) => match (locale, yes) {
            (Locale::Zh, true) => "是".to_owned(),
            (Locale::Zh, false) => "否".to_owned(),
            (Locale::En, _) => yes.to_string(),
        },
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(many) if many.len() > SHOWN => many.len().to_string(),
        Value::Array(many) => many.iter().map(|one| plain(locale, one)).collect::<Vec<_>>().join("、"),
        Value::Object(_) => format!("({})", detail(locale, value)),
    }
}

/// Of longer lists the count is shown.
const SHOWN: usize = 6;

fn known(locale: Locale, name: &str) -> String {
    if locale == Locale::En {
        return name.replace('_', " ");
    }
    let zh = match name {
        "account" => "账户",
        "after" => "改后",
        "amount" => "金额",
        "area" => "面积",
        "as_of" => "截至",
        "attitude" => "态度",
        "basis" => "依据",
        "before" => "改前",
        "bills" => "账单",
        "building" => "楼栋",
        "case" | "cases" => "案件",
        "cause" => "原因",
        "changed" => "已更改",
        "channel" => "渠道",
        "charge" | "charges" => "应收",
        "claim" => "标的",
        "cycle_months" => "周期（月）",
        "department" => "部门",
        "effect" => "作用",
        "expires_on" => "到期",
        "field" => "字段",
        "finding" | "findings" => "核查结果",
        "first_due_on" => "首期到期",
        "floor" => "楼层",
        "from" => "自",
        "grade" => "证明力",
        "item" => "费用项目",
        "key" => "键",
        "kind" => "类型",
        "late_fee" => "违约金",
        "locale" => "语言",
        "login" => "登录名",
        "name" => "名称",
        "new_contacts" => "新增联系方式",
        "new_units" => "新增房屋",
        "number" => "编号",
        "on" => "日期",
        "open" => "未缴",
        "outcome" | "result" => "结果",
        "owners" => "产权人",
        "part" => "部分",
        "parts" => "期数",
        "period" => "账期",
        "place" => "位置",
        "policy" => "方案",
        "prepaid" => "预存",
        "price" => "单价",
        "promise" => "承诺",
        "promised_on" => "承诺日期",
        "reason" => "事由",
        "receipt" => "收据",
        "refused" => "未通过",
        "requested_by" => "申请人",
        "reversal" => "冲红单",
        "review_on" => "复核日期",
        "role" => "角色",
        "since" => "起",
        "staff" => "员工",
        "standard" => "收费标准",
        "state" => "状态",
        "total" => "合计",
        "unit" => "房屋",
        "version" => "版本",
        "what" | "about" => "内容",
        other => other,
    };
    zh.to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_entry_reads_as_words_and_values() {
        let entry = json!({ "amount": "500.00", "charges": ["a", "b"], "reason": null, "changed": true });
        assert_eq!(detail(Locale::Zh, &entry), "金额 500.00；已更改 是；应收 a、b");
        assert_eq!(detail(Locale::En, &entry), "amount 500.00; changed true; charges a、b");
    }

    #[test]
    fn of_a_long_list_the_count_is_shown() {
        assert_eq!(detail(Locale::Zh, &json!({ "charges": [1, 2, 3, 4, 5, 6, 7] })), "应收 7");
    }
}
