//! What must be refused and what must pass, sentence by sentence.

use proptest::prelude::*;

use super::*;

fn rules(audience: Audience, text: &str) -> Vec<WordingRule> {
    let wording = check(audience, text);
    let prohibited = wording.findings.iter().map(|finding| finding.rule).filter(|rule| rule.prohibits());
    let mut rules: Vec<WordingRule> = prohibited.collect();
    rules.dedup();
    assert_eq!(wording.allowed, rules.is_empty(), "{text}");
    rules
}

#[test]
fn w34_a_notice_names_nobody() {
    use WordingRule::{Amount, PersonName, Room};
    assert_eq!(rules(Audience::Public, "王某某 3-2-1002 欠 810"), [PersonName, Room, Amount]);
    let allowed = "三号楼部分住户一季度物业费尚未缴纳,请查看个人账单";
    assert_eq!(rules(Audience::Public, allowed), []);
}

#[test]
fn public_material_names_no_person_room_number_or_amount() {
    use WordingRule::{Amount, Email, IdNumber, PersonName, Phone, Plate, Room};
    for (text, rule) in [
        ("请王先生尽快缴费", PersonName),
        ("请欧阳女士到服务中心", PersonName),
        ("业主：李娜", PersonName),
        ("业主王建国欠费", PersonName),
        ("王*国尚欠物业费", PersonName),
        ("张伟、李娜等业主未缴费", PersonName),
        ("张三拖欠物业费", PersonName),
        ("Mr. Wang has not paid", PersonName),
        ("3栋2单元1502室尚未缴费", Room),
        ("３－２－１５０２尚未缴费", Room),
        ("三栋二单元一五零二室", Room),
        ("3幢 1502 未缴", Room),
        ("1502室", Room),
        ("A座1502", Room),
        ("3-1502未缴", Room),
        ("3 - 2 - 1502", Room),
        ("3号楼2单元15层西户", Room),
        ("Room 1502 has not paid", Room),
        ("电话13812345678", Phone),
        ("138****5678", Phone),
        ("138xxxx5678", Phone),
        ("138 1234 5678", Phone),
        ("一三八一二三四五六七八", Phone),
        ("手机尾号5678的业主", Phone),
        ("320102199003078515", IdNumber),
        ("3201**********8515", IdNumber),
        ("苏E12345车主", Plate),
        ("wang@example.com", Email),
        ("欠费810.00元", Amount),
        ("共欠八百一十元", Amount),
        ("¥1,234.56", Amount),
        ("欠款：810", Amount),
        ("3万元", Amount),
        ("欠了八百多块", Amount),
        ("房号：1502", Room),
        ("302户主请缴费", Room),
        ("张三 3栋 欠缴", PersonName),
        ("小王还没交费", PersonName),
    ] {
        assert!(rules(Audience::Public, text).contains(&rule), "{text}");
    }
}

#[test]
fn a_notice_may_say_what_belongs_on_it() {
    for text in [
        "各位业主:2026年一季度物业费缴费期为2026-01-01至2026-03-31,服务热线0512-88886666。",
        "尊敬的业主：请于11月30日前缴纳物业费,如有疑问请拨打400-820-8820,感谢支持!",
        "收费标准：2.35元/平方米·月,公示期2026年11月。",
        "3栋2单元各位住户：电梯年检于2026-11-30进行。",
        "请各位业主周知。业主应及时缴费,业主和住户可扫码支付。",
        "业主于本月底前到1号楼101室物业服务中心办理。",
        "客服电话：13800138000",
        "法释〔2009〕8号、民法典第944条、(2025)鄂9004民初8076号",
        "截至11月,收缴率85%,共1502户。",
        "各位先生、女士：本月收缴工作已开始。",
        "电梯困人请拨打96333。",
        "物业服务中心地址：1号楼101室。",
    ] {
        assert_eq!(rules(Audience::Public, text), [], "{text}");
    }
}

#[test]
fn unlawful_means_are_refused_however_they_are_written() {
    use WordingRule::{
        AccessRestriction, CreditThreat, CriminalThreat, FalseConsequence, Harassment, PublicShaming, SelfHelp,
        ThirdParty, UtilityCutOff,
    };
    for (text, rule) in [
        ("逾期将断水断电", UtilityCutOff),
        ("再不缴费就停您家的水", UtilityCutOff),
        ("不得不停水停电", UtilityCutOff),
        ("为避免停水停电,请尽快缴费", UtilityCutOff),
        ("将停 止 供 电", UtilityCutOff),
        ("停.水处理", UtilityCutOff),
        ("將對您停電", UtilityCutOff),
        ("水电将被切断", UtilityCutOff),
        ("我们不会提前通知直接停水", UtilityCutOff),
        ("欠费户明日起检修停水", UtilityCutOff),
        ("限制用电", UtilityCutOff),
        ("断★水", UtilityCutOff),
        ("把你家水停了", UtilityCutOff),
        ("通知您公司", ThirdParty),
        ("给您父母打电话", ThirdParty),
        ("不交物业费就贴到公告栏", PublicShaming),
        ("We will cut off your water if you do not pay", UtilityCutOff),
        ("your electricity will be disconnected", UtilityCutOff),
        ("您的门禁卡将停用", AccessRestriction),
        ("欠费车辆禁入小区", AccessRestriction),
        ("限制您的车辆通行", AccessRestriction),
        ("电梯卡将被注销", AccessRestriction),
        ("因系统升级,欠费业主门禁卡将失效", AccessRestriction),
        ("将影响您的个人征信", CreditThreat),
        ("列入失信名单", CreditThreat),
        ("it will hurt your credit score", CreditThreat),
        ("我们将联系您的工作单位", ThirdParty),
        ("将通知您的家属", ThirdParty),
        ("将到您单位上门催收", ThirdParty),
        ("we will contact your employer", ThirdParty),
        ("将公布您的姓名和房号", PublicShaming),
        ("在业主群曝光", PublicShaming),
        ("否则将面临拘留", CriminalThreat),
        ("欠费不交我们就报警", CriminalThreat),
        ("老赖", Harassment),
        ("将冻结您的银行账户", SelfHelp),
        ("会影响孩子上学", FalseConsequence),
    ] {
        for audience in [Audience::Private, Audience::Public] {
            assert!(rules(audience, text).contains(&rule), "{text}");
        }
    }
}

#[test]
fn a_private_text_may_name_its_own_debt_and_lawful_consequences() {
    for text in [
        "王先生您好,3-2-1502一季度物业费810.00元,请于11月30日前缴清,电话0512-88886666。",
        "这是正式通知:请于指定日期前缴清,逾期公司将依法申请支付令或起诉。",
        "我们不会停水停电,也不会联系您的单位或家人。",
        "严禁以停水、停电、限制门禁等方式催缴物业费",
        "停水停电催费是法律禁止的",
        "物业公司不得采取停止供电、供水、供热、供燃气等方式催交物业费。",
        "因供电局检修,明日8时至12时停水停电,请提前储水。",
        "如遇停电,请勿使用电梯。",
        "暂停电话服务,水电费代收照常。",
        "请家人代缴或联系物业服务中心。",
        "旧门禁卡将于10月1日停用,请到服务中心更换。",
        "缴费不影响征信。",
        "停电期间电梯停运。",
        "Please call 0512-88886666 if your family needs help.",
        "停车位已续期,车辆停放请有序。",
        "您未入住也需缴费,水费、电费另计。",
        "判决生效后仍不履行的,法院可依法查封、冻结财产。",
        "We will never cut off your water.",
        "谨防诈骗犯罪,缴费请认准官方渠道。",
        "建设单位联系方式见公示栏。",
    ] {
        assert_eq!(rules(Audience::Private, text), [], "{text}");
    }
}

#[test]
fn omissions_and_stale_terms_are_advice_and_stop_nothing() {
    let advice = |text| {
        let wording = check(Audience::Private, text);
        assert!(wording.allowed, "{text}");
        wording.findings.into_iter().map(|finding| finding.rule).collect::<Vec<_>>()
    };
    use WordingRule::{HotlineMissing, LateFeeBasis, LateFeeTerm, OthersPaid, PayByMissing, StaleLaw};
    let bare = advice("请缴纳物业费及滞纳金,依据法释〔2009〕8号第六条,诉讼时效为两年,别的业主都交了");
    assert_eq!(bare, [LateFeeTerm, LateFeeBasis, StaleLaw, StaleLaw, HotlineMissing, PayByMissing, OthersPaid]);
    let whole = "请于2026年11月30日前缴纳,按合同第八条计违约金,电话0512-88886666";
    assert_eq!(advice(whole), []);
}

#[test]
fn a_finding_quotes_the_text_as_it_was_written() {
    let wording = check(Audience::Private, "您好,逾期将停 水,请知悉");
    assert_eq!(wording.findings[0], Finding { rule: WordingRule::UtilityCutOff, text: "停 水".to_owned() });
}
/// Refused on a notice; one sentence between two bars.
const PERSONAL: &str = "王建国未交 | 张三 3栋 欠缴 | 3#2单元1502 | 3栋二单元1502 | 3-2-1502业主请缴费 |
十二栋一单元三零一 | 12-1-301 | 12号楼1单元301 | 二十栋301室 |
欠费名单：张伟 3-1-101 1200 | 王女士您好 | 李某未缴 | 李某某 | 诸葛先生 | 刘x | 陈** |
张* | 业主 赵丽颖 欠 | 138-1234-5678 | １３８１２３４５６７８ | １３８＊＊＊＊５６７８ |
13812345*** | 电话：138 **** 5678 | 身份证 32010219900307851X |
合计欠费 1,234.56 | 欠费总额1234.5元 | 欠 1200 | 共计叁仟元整 | 滞纳金 66.83 |
本单元欠费金额：12000 | 欠了八百多块 | 1502房业主 | 苏E·12345 |
wechat: wang@qq.com | 302户主请缴费 | 3栋2单元1502 | 3栋1502 |
3棟2單元1502室 | Owner of 3-2-1502 owes CNY 810 |
Mrs Li in Flat 12B | 住在15楼东户的业主 | 尾数5678 | 张姐还没交 | 王老师未交费 |
小王欠费 | 老李家还没交 | 王师傅 | 1502 王某 | 户号1502 | 房号：1502 | 房号1502 |
3 栋 2 单元 1502 室 | 业主姓名:王五 | 王五,3-2-1002,810";

/// Refused whoever reads it.
const THREATS: &str =
    "再不交钱就断水断电 | 我们将对你家停止供水 | 断你家电 | 停气 | 把你家水停了 | 电给你断了 | 水给你停了 |
将采取断水、断电措施 | 将限制您家用水用电 | 将锁水表 | 暂停供暖 | 停供燃气 | 停暖 | 将停用您的电梯卡 |
门禁卡消磁 | 禁止您的车辆进入小区 | 车辆将不予放行 | 不让您进小区 | 取消您的车位使用权 | 车牌移出白名单 |
人脸识别权限将关闭 | 影响您的征信 | 上征信黑名单 | 记入个人信用档案 | 报送央行征信系统 | 列为失信被执行人 |
去你单位找你 | 到您的单位去要 | 通知您公司 | 告诉你家人 | 给您父母打电话 | 联系您的领导 | 上门找你爱人 |
向您单位发函 | 在小区公告栏公布您的房号 | 把你的欠费情况发到业主群 | 大字报公布 | 公示您的姓名 |
你等着坐牢吧 | 拘留15天 | 追究刑事责任 | 不交就叫警察抓你 | 你个老赖 | 冻结你的工资卡 | 孩子别想上学 |
断 水 断 电 | 断★水 | 停-电 | We'll turn off the electricity |
We will shut your water off |
Your access card will be deactivated |
We will report you to the credit bureau |
Your name will be published on the notice board |
we'll tell your boss | police will arrest you | 将停止提供水电 |
你家的水电我们会停掉 | 欠费将导致停水停电 | 逾期未缴将被停水 | 不缴纳将切断燃气 | 物业有权停水停电 |
不交费不给开门禁 | 不交费电梯不能用 | 进小区要被拦 | 禁止出入 | 将依法停水停电 |
如您仍不缴费，我司保留停水停电的权利 | 停掉水 | 断shui | 會影響徵信 | 通知你單位 | 您将进入信用黑名单";

/// Pass on a notice, though they hold words and numbers that look like a breach.
const FIT_FOR_A_NOTICE: &str = "三号楼部分住户一季度物业费尚未缴纳,请查看个人账单 |
各位业主：2026年四季度物业费已开始收取，请于2026年12月31日前缴纳。服务热线：0512-88886666 |
3栋2单元的业主朋友们，您好！ | 为方便大家，服务中心周末9:00-18:00办公 |
缴费方式：微信、支付宝、银行转账，账号6222021234567890123 |
统一社会信用代码91320500MA1XXXXX5T | 感谢各位业主的支持与理解 |
根据《民法典》第九百四十四条，业主应按约定支付物业费 | 收费标准：高层2.35元/㎡/月，多层1.80元每平方米每月 |
本小区共1040户，已缴860户，收缴率82.69% | 电梯维保单位：某某电梯公司 |
物业经理将于周六14:00-18:00接待 | 请各位业主查收账单，如已缴费请忽略 | 部分业主尚未缴费 |
温馨提示：物业费缴费期已到，请及时缴纳，谢谢！ | 一季度物业费 | 400电话：4008208820 | 95588 |
24小时服务热线 0571-88888888 | 物业服务中心地址：1号楼101室 | 截止2026-11-30 |
营业时间 8:30-17:30 | 第3-2期 | 请于12-31前缴费 |
Dear residents of building 3, please check your own bill. Hotline 0512-88886666. |
高空抛物危害大 | 严禁高空抛物 | 全体业主：本季度 | 本月电费单价0.52元/度 | 任何疑问请致电服务中心 |
前期物业服务合同 | 文明养犬 | 共有部分维修资金";

/// Pass in a message to the payer.
const FIT_FOR_THE_PAYER: &str = "您好，一季度物业费还差810.00元，请点开链接支付，已付请忽略。 |
逾期公司将依法申请支付令或提起诉讼，由此产生的诉讼费用由败诉方承担。 | 根据合同第八条，逾期按日万分之三计收违约金 |
我们承诺绝不采取断水断电等方式催费 | 本公司从未、也不会因欠费停水停电 | 停水停电属于违法行为 | 严禁断水断电 |
因小区供水管网检修，11月25日停水 | 门禁系统升级期间请使用备用卡 | 电梯年检，暂停使用2小时 |
如您家人有困难，请联系我们 | 请联系物业服务中心，电话0512-88886666 |
我们可以把欠款分成几期，您看每月多少合适? | 房屋质量由开发建设单位承担，我们协助您联系建设单位 |
您反映的问题我已登记,三天内给您书面答复 | 其他住户的情况我们不便透露 | 我们不会向任何人公开您的个人信息 |
您的个人信息我们不会公开 | 征信不受影响 | 欠物业费不会影响您的个人征信，但请尽快缴纳 |
水费、电费、燃气费由供水供电单位收取 | 停车费已到期，请续费 | 请携带身份证到服务中心 | 业主群里请勿公布个人信息 |
不会限制您的门禁、电梯和车辆通行 | 物业公司无权停水停电 | 这是最后一次书面催告，逾期将向人民法院起诉 |
判决生效后您仍不履行的，法院可将您纳入失信被执行人名单 |
We do not cut off water or power, and we will never contact your employer. |
If you cannot pay now, please contact us. |
Please call 0512-88886666 if your family needs help. |
It is unlawful to cut off water or electricity for unpaid fees. |
Water supply will be suspended for maintenance on 25 Nov. |
您可以通过微信、支付宝、网银缴费 | 请您通知租客缴费 | 出租房屋请告知租客 | 方便时请回电，我们上门为您服务 |
缴费后可开具发票 | 停电期间电梯停运 | 我们暂停电话提醒 | 可以在家里缴费 | 公示栏有收费公示 | 法院公告 |
如对账单有异议可向主管部门反映或报警";

fn sentences(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.split('|').map(str::trim)
}

#[test]
fn evasions_are_seen_through() {
    for text in sentences(PERSONAL) {
        assert!(!check(Audience::Public, text).allowed, "{text}");
    }
    for text in sentences(THREATS) {
        assert!(!check(Audience::Private, text).allowed, "{text}");
    }
}

#[test]
fn honest_sentences_pass() {
    for text in sentences(FIT_FOR_A_NOTICE) {
        assert_eq!(rules(Audience::Public, text), [], "{text}");
    }
    for text in sentences(FIT_FOR_THE_PAYER) {
        assert_eq!(rules(Audience::Private, text), [], "{text}");
    }
}

#[test]
fn the_texts_a_new_office_starts_with_pass() {
    for template in crate::outreach::templates::default_templates() {
        let audience = Audience::find(&template.audience).expect("an audience");
        assert_eq!(rules(audience, &template.body), [], "{}", template.key);
    }
}

proptest! {
    #[test]
    fn any_text_is_read_to_its_end(text in "[王张某0-9一二三十*x \\-/:：，。停断水电梯门禁欠元室栋单元业主A-Za-z@.、因不会請請１🏠\u{200b}]{0,40}") {
        let wording = check(Audience::Public, &text);
        for finding in &wording.findings {
            prop_assert!(text.contains(&finding.text));
        }
    }
}
