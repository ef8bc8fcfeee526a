//! The wording check (用语检查): what a text that goes out may not say, and what it should say better (P1, domain.md 2.10, 5).
//!
//! A text may never threaten with unlawful means, to whomever it goes (民法典 944 III, 1032-1034). Public material names nobody:
//! no name, room, telephone (masked or not), id number, plate or amount (个人信息保护法 25). Both are `prohibited` and make a text
//! not allowed. Omissions and stale terms are advice and never stop a text.
//!
//! The check reads through full-width letters, traditional characters, blanks and marks put between characters. It knows
//! when a means is named to rule it out (我们不会停水) or for another reason (因检修停水), and lets that pass. It is a net, not
//! a proof: people stay responsible for what they send.

use serde::{Deserialize, Serialize};

use crate::Text;

mod advice;
mod english;
mod names;
mod personal;
mod reading;
mod rooms;
mod terms;
mod threats;

/// Who will see the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Anyone: notice boards, owner groups, lifts.
    Public,
    /// The payer alone.
    Private,
}

impl Audience {
    /// The audience of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        match name {
            "public" => Some(Self::Public),
            "private" => Some(Self::Private),
            _unknown => None,
        }
    }
}

/// What a text ran into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WordingRule {
    /// Water, electricity, gas or heat would be cut.
    UtilityCutOff,
    /// Doors, lifts, cars or locks would be blocked.
    AccessRestriction,
    /// Credit records and blacklists.
    CreditThreat,
    /// Employer, family, friends or neighbours would be involved.
    ThirdParty,
    /// The debtor would be exposed.
    PublicShaming,
    /// Detention, prison, police.
    CriminalThreat,
    /// Insult, intimidation, harassment.
    Harassment,
    /// Taking or freezing property without a court.
    SelfHelp,
    /// A consequence that does not exist.
    FalseConsequence,
    /// A person's name or form of address on public material.
    PersonName,
    /// A room on public material.
    Room,
    /// A telephone number on public material, masked or not.
    Phone,
    /// An id number on public material.
    IdNumber,
    /// A car plate on public material.
    Plate,
    /// An e-mail address on public material.
    Email,
    /// An amount on public material.
    Amount,
    /// The late fee is called by the tax law's word.
    LateFeeTerm,
    /// A late fee without the clause it rests on.
    LateFeeBasis,
    /// A law that no longer reads so.
    StaleLaw,
    /// No telephone for questions.
    HotlineMissing,
    /// No day to pay by.
    PayByMissing,
    /// Pressure by comparison with others.
    OthersPaid,
    /// Words that sound like a threat without being one.
    HarshTone,
}

impl WordingRule {
    /// True for what must not go out; false for advice.
    #[must_use]
    pub const fn prohibits(self) -> bool {
        match self {
            Self::UtilityCutOff
            | Self::AccessRestriction
            | Self::CreditThreat
            | Self::ThirdParty
            | Self::PublicShaming
            | Self::CriminalThreat
            | Self::Harassment
            | Self::SelfHelp
            | Self::FalseConsequence
            | Self::PersonName
            | Self::Room
            | Self::Phone
            | Self::IdNumber
            | Self::Plate
            | Self::Email
            | Self::Amount => true,
            Self::LateFeeTerm
            | Self::LateFeeBasis
            | Self::StaleLaw
            | Self::HotlineMissing
            | Self::PayByMissing
            | Self::OthersPaid
            | Self::HarshTone => false,
        }
    }

    /// Why, and what to do, with the source.
    #[must_use]
    pub fn why(self) -> Text {
        let (zh, en) = advice::reasons(self);
        Text::new(zh, en)
    }
}

/// One place of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which rule.
    pub rule: WordingRule,
    /// The words, as they stand in the text; empty for an omission.
    pub text: String,
}

/// What the check says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    /// False when something prohibited was found.
    pub allowed: bool,
    /// What was found: prohibitions first, in the order of the rules.
    pub findings: Vec<Finding>,
}

/// Checks a text before it goes out.
#[must_use]
pub fn check(audience: Audience, text: &str) -> Wording {
    let mut findings = threats::find_threats(text);
    findings.extend(english::find_threats(text));
    match audience {
        Audience::Public => findings.extend(personal::find_personal_data(text)),
        Audience::Private => {}
    }
    findings.extend(advice::find_advice(text));
    findings.sort_by(|a, b| (a.rule, &a.text).cmp(&(b.rule, &b.text)));
    findings.dedup();
    Wording { allowed: !findings.iter().any(|finding| finding.rule.prohibits()), findings }
}

#[cfg(test)]
mod tests {
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
}
