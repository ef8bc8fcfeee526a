//! What a text should say better, and why each rule is there.

use super::{Finding, WordingRule, reading::Reading};

/// Omissions and stale terms of a text.
pub(super) fn find_advice(text: &str) -> Vec<Finding> {
    let reading = Reading::tight(text);
    let body = reading.text.as_str();
    let has = |words: &[&str]| words.iter().any(|word| body.contains(word));
    let mut findings = Vec::new();
    for (rule, words) in WORDS {
        let found = words.iter().filter_map(|word| body.find(word).map(|at| at..at + word.len()));
        findings.extend(found.map(|range| Finding { rule: *rule, text: reading.quote(range) }));
    }
    let late_fee = has(&["滞纳金", "违约金"]) || body.contains("latefee");
    let basis = has(&["合同", "约定", "条款", "协议", "contract", "clause"]);
    let hotline = has(&["电话", "热线", "致电", "拨打", "phone", "call", "tel:", "hotline"]);
    let asks_to_pay = has(&["缴", "交费", "交纳", "付款", "支付", "pleasepay"]);
    let day =
        has(&["日前", "日之前", "日内", "天内", "截至", "截止", "期限", "before", "by2", "by1", "缴费期", "withind"]);
    let missing = [
        (late_fee && !basis, WordingRule::LateFeeBasis),
        (!hotline, WordingRule::HotlineMissing),
        (asks_to_pay && !day && !has_date(body), WordingRule::PayByMissing),
    ];
    findings.extend(missing.into_iter().filter(|(is, _)| *is).map(|(_, rule)| Finding { rule, text: String::new() }));
    findings
}

/// Words that are better said otherwise.
const WORDS: &[(WordingRule, &[&str])] = &[
    (WordingRule::LateFeeTerm, &["滞纳金"]),
    (
        WordingRule::StaleLaw,
        &[
            "2009〕8号第六条",
            "2009〕8号第6条",
            "20098号第六条",
            "20098号第6条",
            "诉讼时效为两年",
            "诉讼时效为二年",
            "诉讼时效两年",
            "诉讼时效二年",
            "诉讼时效期间为两年",
            "诉讼时效期间为二年",
            "诉讼时效2年",
            "诉讼时效为2年",
            "两年诉讼时效",
            "二年诉讼时效",
            "2年诉讼时效",
            "治安管理处罚法第四十二条",
            "治安管理处罚法第42条",
            "合同法第",
            "物权法第",
            "民法通则",
        ],
    ),
    (
        WordingRule::OthersPaid,
        &[
            "别人都交",
            "别人都缴",
            "别的业主都",
            "其他业主都",
            "其他住户都",
            "邻居都交",
            "邻居都缴",
            "大家都交",
            "大家都缴",
        ],
    ),
    (
        WordingRule::HarshTone,
        &["后果自负", "一切后果", "必须交", "必须缴", "勒令", "最后警告", "严惩", "规定就是", "不交不行"],
    ),
];

/// `2026年11月30日`, `11月30日`, or digits as of `2026-11-30` with the dashes read over.
fn has_date(body: &str) -> bool {
    let digits_then = |word: &str| {
        body.match_indices(word)
            .any(|(at, _)| body[..at].ends_with(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c)))
    };
    let long_number = body.split(|c: char| !c.is_ascii_digit()).any(|run| run.len() == 8 && run.starts_with("20"));
    digits_then("日") || long_number
}

/// Why a rule is there and what to do, Chinese and English.
pub(super) const fn reasons(rule: WordingRule) -> (&'static str, &'static str) {
    match rule {
        WordingRule::UtilityCutOff => (
            "不得采取停止供电、供水、供热、供燃气等方式催交物业费(民法典944条三款),请删去",
            "cutting water, electricity, heat or gas to collect fees is forbidden (Civil Code 944); take it out",
        ),
        WordingRule::AccessRestriction => (
            "不得以限制门禁、电梯、车辆通行等方式催费(民法典944条;条例及地方规定),请删去",
            "doors, lifts and cars must not be blocked to collect fees; take it out",
        ),
        WordingRule::CreditThreat => (
            "物业欠费没有直接进入征信的途径,以征信相威胁失实,请删去",
            "a property bill has no direct way into credit records; the threat is untrue, take it out",
        ),
        WordingRule::ThirdParty => (
            "不得联系单位、家属等第三人施压(民法典1032-1034条;个人信息保护法),只与债务人本人联系",
            "third persons must not be involved (Civil Code 1032-1034, PIPL); speak to the debtor only",
        ),
        WordingRule::PublicShaming => (
            "不得公开欠费人的个人信息(个人信息保护法25条;民法典1024、1034条),请删去",
            "debtors must not be exposed in public (PIPL 25, Civil Code 1024, 1034); take it out",
        ),
        WordingRule::CriminalThreat => (
            "欠费是民事纠纷,不得以拘留、刑责、报警相威胁,请删去",
            "a debt is a civil matter; detention, prison and police are no means of collection, take it out",
        ),
        WordingRule::Harassment => (
            "不得侮辱、恐吓、骚扰(民法典1033条一项;治安管理处罚法),请改用尊重的说法",
            "no insults, intimidation or harassment (Civil Code 1033); say it with respect",
        ),
        WordingRule::SelfHelp => (
            "查封、冻结、拍卖只能由人民法院依法进行,请删去",
            "only a court may seize, freeze or sell property; take it out",
        ),
        WordingRule::FalseConsequence => {
            ("没有法律依据的后果不得写入,请删去", "this consequence has no basis in law; take it out")
        }
        WordingRule::PersonName => (
            "公开材料不得出现姓名,包括姓+先生/女士、某某和遮盖后的姓名(个人信息保护法25条)",
            "public material names no person, not even surname and title or a masked name (PIPL 25)",
        ),
        WordingRule::Room => (
            "公开材料不得出现房号,可写到楼栋或单元",
            "public material names no room; a building or an entrance may be named",
        ),
        WordingRule::Phone => (
            "公开材料不得出现个人电话,遮盖后也不行;服务热线请注明“服务热线”",
            "public material carries no personal telephone, masked or not; label a service line as hotline",
        ),
        WordingRule::IdNumber => {
            ("公开材料不得出现证件号码,遮盖后也不行", "public material carries no id number, masked or not")
        }
        WordingRule::Plate => ("公开材料不得出现车牌号", "public material carries no car plate"),
        WordingRule::Email => ("公开材料不得出现个人邮箱", "public material carries no personal e-mail address"),
        WordingRule::Amount => (
            "公开材料不得出现金额,请引导业主查看个人账单",
            "public material carries no amount; point people to their own bill",
        ),
        WordingRule::LateFeeTerm => (
            "“滞纳金”是税法用语,合同约定的请写“违约金”",
            "call it 违约金 (contract penalty); 滞纳金 is a term of tax law",
        ),
        WordingRule::LateFeeBasis => (
            "提到违约金应写明合同条款,没有约定则不得主张(民法典585条)",
            "a late fee needs the clause it rests on, and without one it cannot be claimed (Civil Code 585)",
        ),
        WordingRule::StaleLaw => (
            "引用的法律条文已失效或变更,请核对现行规定",
            "this law no longer reads so (three years, Civil Code; judicial interpretation of five articles); check it",
        ),
        WordingRule::HotlineMissing => ("建议写明咨询电话", "give a telephone for questions"),
        WordingRule::PayByMissing => ("建议写明缴费截止日期", "give the day to pay by"),
        WordingRule::OthersPaid => {
            ("不要拿其他业主比较,只谈本人的账单和依据", "do not compare with others; speak of this bill and its basis")
        }
        WordingRule::HarshTone => ("语气过硬,建议改用平和的说法", "this sounds harsh; say it calmly"),
    }
}
