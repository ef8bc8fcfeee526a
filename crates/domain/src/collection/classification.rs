//! What staff find out about a case: cause, attitude, capacity (P4). Explained, dated, expiring.

use crate::words::words;

words!(
    /// Why the fee is not paid (reason codes of the trade).
    Cause {
        /// 遗忘
        Forget = "FORGET", "遗忘", "forgot";
        /// 出差在外
        Away = "AWAY", "出差在外", "away";
        /// 经济困难
        Hard = "HARD", "经济困难", "hardship";
        /// 服务不满
        Service = "SERVICE", "服务不满", "dissatisfied with the service";
        /// 开发商遗留问题
        Developer = "DEVELOPER", "开发商遗留问题", "developer's legacy";
        /// 空置
        Vacant = "VACANT", "房屋空置", "vacant";
        /// 未收房
        Handover = "HANDOVER", "未收房", "not handed over";
        /// 租户使用
        Tenant = "TENANT", "租户使用", "let to a tenant";
        /// 易主
        Transfer = "TRANSFER", "易主", "ownership changed";
        /// 失联
        Lost = "LOST", "失联", "lost contact";
        /// 观望跟风
        Crowd = "CROWD", "观望跟风", "follows the crowd";
        /// 金额争议
        Amount = "AMOUNT", "金额争议", "disputes the amount";
        /// 恶意拖欠
        Wilful = "WILFUL", "恶意拖欠", "wilful";
        /// 其他
        Other = "OTHER", "其他", "other";
    }
);

words!(
    /// How the payer meets the demand.
    Attitude {
        /// 配合
        Cooperative = "cooperative", "配合", "cooperative";
        /// 中立
        Neutral = "neutral", "一般", "neutral";
        /// 抵触
        Resistant = "resistant", "抵触", "resistant";
        /// 拒绝
        Refusing = "refusing", "明确拒绝", "refuses";
        /// 未知
        Unknown = "unknown", "未了解", "not known";
    }
);

words!(
    /// Whether the payer can pay.
    Capacity {
        /// 有能力
        Able = "able", "有能力", "able";
        /// 部分
        Partly = "partly", "部分有能力", "partly";
        /// 困难
        Unable = "unable", "暂时困难", "not now";
        /// 未知
        Unknown = "unknown", "未了解", "not known";
    }
);

words!(
    /// How a contact ended (outcome codes of the trade).
    ContactOutcome {
        /// 承诺缴费
        ReachedPromise = "REACHED_PROMISE", "承诺缴费", "promised to pay";
        /// 拒绝
        ReachedRefuse = "REACHED_REFUSE", "拒绝缴费", "refused";
        /// 有异议
        ReachedDispute = "REACHED_DISPUTE", "提出异议", "raised a dispute";
        /// 已沟通
        ReachedTalk = "REACHED_TALK", "已沟通", "talked";
        /// 非本人
        ReachedWrongPerson = "REACHED_WRONG_PERSON", "非本人", "wrong person";
        /// 无人接听
        NoAnswer = "NO_ANSWER", "无人接听/无人在家", "no answer";
        /// 占线
        Busy = "BUSY", "占线", "busy";
        /// 关机
        Off = "OFF", "关机", "switched off";
        /// 空号
        Invalid = "INVALID", "空号/地址有误", "invalid number or address";
        /// 拒签
        RefusedSign = "REFUSED_SIGN", "拒绝签收", "refused to sign";
        /// 签收
        Signed = "SIGNED", "已签收", "signed";
        /// 退回
        ReturnedMail = "RETURNED_MAIL", "邮件退回", "returned mail";
        /// 送达
        Delivered = "DELIVERED", "已送达", "delivered";
        /// 发出
        Sent = "SENT", "已发出", "sent";
    }
);

impl ContactOutcome {
    /// Whether the payer was spoken to: a talk in the sense of B3.
    #[must_use]
    pub const fn is_talk(self) -> bool {
        matches!(self, Self::ReachedPromise | Self::ReachedRefuse | Self::ReachedDispute | Self::ReachedTalk)
    }

    /// Whether the channel led nowhere.
    #[must_use]
    pub const fn is_dead_end(self) -> bool {
        matches!(self, Self::NoAnswer | Self::Off | Self::Invalid | Self::ReturnedMail | Self::ReachedWrongPerson)
    }
}
