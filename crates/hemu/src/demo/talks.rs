//! What owners say when staff reach them: by temper, several answers each, as notes staff would write.

use hemu_domain::collection::classification::{Attitude, Cause, ContactOutcome};
use hemu_domain::collection::hold::HoldKind;
use hemu_domain::service::{ComplaintKind, Department};

use super::cast::{Dice, Temper};

/// What a talk came to.
#[derive(Clone, Copy)]
pub struct Talk {
    pub outcome: ContactOutcome,
    pub cause: Option<Cause>,
    pub attitude: Attitude,
    pub note: &'static str,
}

/// A complaint an owner makes, and what its department answers.
#[derive(Clone, Copy)]
pub struct Grievance {
    pub kind: ComplaintKind,
    pub urgent: bool,
    pub department: Department,
    pub subject: &'static str,
    pub answer: &'static str,
    pub found_right: bool,
}

/// What is complained about.
pub const GRIEVANCES: [Grievance; 6] = [
    Grievance {
        kind: ComplaintKind::Repair,
        urgent: false,
        department: Department::Engineering,
        subject: "电梯经常停运，维修后一周内再次故障",
        answer: "已更换门机控制板并联系维保单位每周巡检，检测报告张贴在单元大堂。",
        found_right: true,
    },
    Grievance {
        kind: ComplaintKind::Cleaning,
        urgent: false,
        department: Department::Cleaning,
        subject: "楼道保洁不到位，垃圾堆放超过两天",
        answer: "已调整保洁班次为每日两次，并由主管每日拍照复核，首周记录可在客服中心查看。",
        found_right: true,
    },
    Grievance {
        kind: ComplaintKind::Security,
        urgent: true,
        department: Department::Security,
        subject: "地下车库夜间无人巡逻，车辆被剐蹭",
        answer: "已调取监控并协助报险，夜间巡逻由两次增加到四次，巡更记录可查。",
        found_right: true,
    },
    Grievance {
        kind: ComplaintKind::ChargeQuery,
        urgent: false,
        department: Department::Service,
        subject: "收到的账单面积与产权证不一致",
        answer: "经核对产权登记面积与账单一致，复核结果及依据已当面说明并提供复印件。",
        found_right: false,
    },
    Grievance {
        kind: ComplaintKind::Repair,
        urgent: false,
        department: Department::Engineering,
        subject: "外墙渗水导致次卧墙面发霉，报修三次未处理",
        answer: "已确认属公共外墙渗漏，申请维修资金进场施工，室内损失另行协商。",
        found_right: true,
    },
    Grievance {
        kind: ComplaintKind::Other,
        urgent: false,
        department: Department::Security,
        subject: "要求物业拆除邻居的入户花园围栏",
        answer: "拆除违建由城管部门依法处理，我方已书面上报并将回执交业主。",
        found_right: false,
    },
];

/// Why contact rests with some, in the words of who opens the hold.
#[must_use]
pub const fn hold_of(temper: Temper) -> Option<(HoldKind, &'static str, u64)> {
    match temper {
        Temper::Hardship => Some((HoldKind::Hardship, "业主说明家中变故，约定月底再联系", 25)),
        Temper::Inherited => Some((HoldKind::Deceased, "业主已去世，继承人正在办理继承公证，待确认承担人", 80)),
        Temper::Disputes => Some((HoldKind::BillingQuery, "业主对计费面积有疑问，财务核对产权资料中", 6)),
        Temper::Lost => Some((HoldKind::BadContact, "登记号码为空号，物业服务中心正在核实联系方式", 28)),
        Temper::Seller => Some((HoldKind::OwnershipChange, "业主称房屋正在过户，等待不动产登记信息", 25)),
        Temper::Legacy => Some((HoldKind::Vulnerable, "家中有行动不便的老人，联系前先约时间，不上门催收", 60)),
        Temper::Wilful => Some((HoldKind::Represented, "业主委托律师，往来由法务负责", 60)),
        Temper::Prompt
        | Temper::Forgetful
        | Temper::InBulk
        | Temper::Dissatisfied
        | Temper::Slow
        | Temper::EmptyHome
        | Temper::Crowd
        | Temper::LetOut => None,
    }
}

/// What somebody of that temper says today.
pub fn talk_with(dice: &mut Dice, temper: Temper) -> Talk {
    use Attitude as A;
    use ContactOutcome as O;
    let silence = |outcome, note| Talk { outcome, cause: None, attitude: A::Unknown, note };
    if temper == Temper::Lost {
        return dice.pick(&[silence(O::Invalid, "提示空号"), silence(O::NoAnswer, "敲门无人，邻居称很久没见到")]);
    }
    match dice.roll(12) {
        0 | 1 => return silence(O::NoAnswer, "响铃未接"),
        2 => return silence(O::Off, "关机，稍后再打"),
        _ => {}
    }
    let talk = |outcome, cause, attitude, note| Talk { outcome, cause: Some(cause), attitude, note };
    let said: &[Talk] = match temper {
        Temper::Hardship => &[
            talk(O::ReachedPromise, Cause::Hard, A::Cooperative, "近期收入减少，愿意分期缴纳"),
            talk(O::ReachedTalk, Cause::Hard, A::Cooperative, "公司停工，正在找工作，想先缓一缓"),
        ],
        Temper::Dissatisfied => &[
            talk(O::ReachedDispute, Cause::Service, A::Resistant, "对服务不满，要求先解决问题再缴费"),
            talk(O::ReachedTalk, Cause::Service, A::Resistant, "反映的问题上次没有得到答复"),
        ],
        Temper::Wilful => &[
            talk(O::ReachedRefuse, Cause::Wilful, A::Refusing, "明确表示不缴，未说明理由"),
            talk(O::ReachedRefuse, Cause::Wilful, A::Refusing, "称“让你们去告”，已记录并告知依据"),
        ],
        Temper::InBulk => &[talk(O::ReachedTalk, Cause::Away, A::Cooperative, "在外地工作，习惯半年一次缴清")],
        Temper::Slow => &[
            talk(O::ReachedPromise, Cause::Forget, A::Neutral, "答应这周转账"),
            talk(O::ReachedPromise, Cause::Away, A::Neutral, "出差中，回来就缴"),
        ],
        Temper::Disputes => &[talk(O::ReachedDispute, Cause::Amount, A::Neutral, "认为计费面积多算了 2 平方米")],
        Temper::EmptyHome => &[talk(O::ReachedTalk, Cause::Vacant, A::Resistant, "房子一直空着，认为不该全额收")],
        Temper::Legacy => {
            &[talk(O::ReachedDispute, Cause::Developer, A::Resistant, "交房时的渗水没修好，要求先找开发商")]
        }
        Temper::Crowd => &[talk(O::ReachedTalk, Cause::Crowd, A::Resistant, "说楼里好几户都没缴，等等再看")],
        Temper::LetOut => &[talk(O::ReachedTalk, Cause::Tenant, A::Neutral, "称物业费由租户承担，会去催租户")],
        Temper::Inherited => {
            &[talk(O::ReachedTalk, Cause::Other, A::Cooperative, "接电话的是子女，业主已去世，正在办手续")]
        }
        Temper::Seller => &[talk(O::ReachedTalk, Cause::Transfer, A::Neutral, "房子在卖，过户时一起结清")],
        Temper::Prompt | Temper::Forgetful | Temper::Lost => &[
            talk(O::ReachedPromise, Cause::Forget, A::Cooperative, "忘记缴费，答应近日办理"),
            talk(O::ReachedPromise, Cause::Away, A::Cooperative, "出差在外，周末回来缴"),
        ],
    };
    dice.pick(said)
}
