//! The words the threat check looks for, as data: lists are words with blanks between them.

use super::WordingRule;

/// Two words near each other in one clause.
pub(super) struct Pair {
    pub(super) rule: WordingRule,
    pub(super) first: &'static str,
    pub(super) second: &'static str,
    /// Which of the two is the verb: a negation stands before it.
    pub(super) verb_first: bool,
    pub(super) gap: Gap,
    /// Only with a word of payment in the sentence, or when it speaks to somebody.
    pub(super) about_debt: bool,
}

/// What may stand between the two words of a pair.
#[derive(Clone, Copy)]
pub(super) enum Gap {
    /// Anything, up to so many characters.
    Any(usize),
    /// Only characters that say whose: 停[您家的]水.
    Whose,
}

/// One word or phrase.
pub(super) struct Phrase {
    pub(super) rule: WordingRule,
    pub(super) words: &'static str,
    pub(super) about_debt: bool,
}

/// Characters that only say whose or which.
pub(super) const WHOSE: &str = "您你家的户主业住了掉止供应用自来正常生活其他们贵全部对所在工作到";

const UTILITIES: &str = "水电 供水 供电 供热 供暖 供气 供燃气 用水 用电 用气 自来水 燃气 煤气 天然气 暖气 \
     水 电 气 暖 热 网";

const DOORS: &str = "门禁 门卡 车位使用 停车权 停车资格 电梯 乘梯 梯控 梯卡 车辆 车牌 道闸 进出 通行 出入 进门 进小区 进入小区 \
     入园 开门 白名单 人脸识别 卡";

const PEOPLE: &str = "单位 领导 您公司 你公司 您的公司 你的公司 您所在公司 你所在公司 老板 同事 上司 雇主 家属 家人 亲属 亲友 亲戚 亲朋 父母 爸妈 子女 孩子 \
     儿女 配偶 妻子 丈夫 老婆 老公 爱人 朋友 邻居 邻里 学校 紧急联系人 人事部门 纪委";

const IDENTITIES: &str = "姓名 名字 名单 房号 房间号 门牌 个人信息 身份信息 身份证 照片 您的欠费 你的欠费 \
     欠费业主 欠费住户 欠费户 欠费信息 欠费明细 欠费记录 欠费情况 您的信息 你的信息 您的情况";

const fn pair(rule: WordingRule, first: &'static str, second: &'static str, verb_first: bool, gap: Gap) -> Pair {
    Pair { rule, first, second, verb_first, gap, about_debt: false }
}

pub(super) const PAIRS: &[Pair] = &[
    pair(WordingRule::UtilityCutOff, "停 断 限 掐 关", UTILITIES, true, Gap::Whose),
    pair(
        WordingRule::UtilityCutOff,
        "停止 切断 掐断 中断 暂停 关闭 关停 关掉 停掉 断掉 限制 停用 停供 断供 剪断 \
     禁止使用",
        UTILITIES,
        true,
        Gap::Any(8),
    ),
    pair(
        WordingRule::UtilityCutOff,
        UTILITIES,
        "停掉 停了 停止 断掉 断了 切断 掐断 掐了 掐掉 关掉 关了 关停 中断 停供 限制 被停 \
     被断 停用 会停 会断 就停 就断 将停 将断",
        false,
        Gap::Any(6),
    ),
    pair(
        WordingRule::AccessRestriction,
        "停用 禁用 注销 取消 限制 关闭 冻结 停掉 停止 暂停 消磁 拉黑 作废 屏蔽 收回 锁定 \
     移出 封停 拦截 拒绝 禁止",
        DOORS,
        true,
        Gap::Any(8),
    ),
    pair(WordingRule::AccessRestriction, "不让 不准 不许 不予 不给 无法 不能", DOORS, true, Gap::Any(2)),
    pair(
        WordingRule::AccessRestriction,
        DOORS,
        "停用 禁用 注销 取消 限制 关闭 冻结 暂停 停掉 停了 消磁 拉黑 作废 屏蔽 收回 失效 \
     锁定 锁死 禁入 禁行 禁止 不得进 不得入 不能进 不能用 无法使用 无法进 不予放行 不放行 \
     拒绝 拦截 移出 被拦 拦下 用不了 进不了 刷不了",
        false,
        Gap::Any(10),
    ),
    pair(
        WordingRule::ThirdParty,
        "通知 告知 告诉 联系 联络 上门到 找到 函告 走访 寄到 寄给 寄送 发函 发到 发给 通报 致电 \
     打给 电话给 拜访 反映 告到 捅到",
        PEOPLE,
        true,
        Gap::Any(6),
    ),
    pair(WordingRule::ThirdParty, "找 去 上", PEOPLE, true, Gap::Whose),
    pair(
        WordingRule::ThirdParty,
        "您父母 你父母 您爱人 你爱人 您孩子 你孩子 您子女 您同事 您老板 您邻居 您单位 你单位 您的单位 你的单位 您家属 你家属 您的家 您家人 你家人 您公司 你公司 \
     您的公司 工作单位 您领导 您的领导",
        "去要 打电话 上门 走访 拜访 催收 催缴 催讨 发函 寄 说明 反映 通报 告知 讨要 要账 要钱 了解情况",
        false,
        Gap::Any(6),
    ),
    Pair {
        rule: WordingRule::PublicShaming,
        first: "公布 公示 公开 通报 张贴 发布 披露 泄露 群发 晒出 广播",
        second: IDENTITIES,
        verb_first: true,
        gap: Gap::Any(10),
        about_debt: true,
    },
    Pair {
        rule: WordingRule::PublicShaming,
        first: IDENTITIES,
        second: "公布 公示 公开 通报 张贴 发到业主群 发到群 发在群 发群 上墙 披露 广播",
        verb_first: false,
        gap: Gap::Any(10),
        about_debt: true,
    },
    pair(
        WordingRule::SelfHelp,
        "扣押 扣留 没收 拍卖 变卖 查封 冻结 划扣 扣划 搬走",
        "房 车 财产 存款 账户 工资 家具 物品 资产",
        true,
        Gap::Any(8),
    ),
    pair(
        WordingRule::FalseConsequence,
        "影响 耽误",
        "上学 入学 升学 就业 政审 考公 贷款 出行 出国 过户 落户 前途",
        true,
        Gap::Any(8),
    ),
];

pub(super) const PHRASES: &[Phrase] = &[
    Phrase {
        rule: WordingRule::UtilityCutOff,
        words: "拉闸 拉电闸 关水阀 关总闸 锁水表 锁电表 拆水表 拆电表 剪线 tingshui \
     tingdian duanshui duandian 停shui 停dian 断shui \
     断dian",
        about_debt: false,
    },
    Phrase {
        rule: WordingRule::AccessRestriction,
        words: "停门禁 停卡 锁卡 禁卡 锁车 扣车 拖车 堵门 封门 换锁 堵锁 贴封条 进不了门 进不了小区 \
     坐不了电梯 用不了电梯",
        about_debt: true,
    },
    Phrase {
        rule: WordingRule::CreditThreat,
        words: "征信 信用记录 个人信用 信用污点 信用受损 影响信用 信用评分 芝麻信用 黑名单 失信 \
     不良记录 zhengxin",
        about_debt: false,
    },
    Phrase {
        rule: WordingRule::PublicShaming,
        words: "曝光 张榜 挂横幅 拉横幅 大字报 示众 社死 人肉 点名批评 点名通报 通报批评",
        about_debt: false,
    },
    Phrase {
        rule: WordingRule::PublicShaming,
        words: "贴到公告栏 贴公告栏 贴在公告栏 贴到楼道 贴到单元门 贴您家门 贴你家门",
        about_debt: true,
    },
    Phrase { rule: WordingRule::FalseConsequence, words: "别想上学 上不了学", about_debt: false },
    Phrase {
        rule: WordingRule::CriminalThreat,
        words: "拘留 坐牢 判刑 刑事责任 刑事处罚 逮捕 抓您 抓你 抓人 入狱 牢狱 犯罪",
        about_debt: false,
    },
    Phrase { rule: WordingRule::CriminalThreat, words: "报警 公安 派出所 警察", about_debt: true },
    Phrase {
        rule: WordingRule::Harassment,
        words: "老赖 赖账 无赖 耍赖 不要脸 无耻 厚颜 缺德 骗子 滚出 不得安宁 天天上门 每天上门 \
     轮番上门 泼漆 打死 弄死 小心你 走着瞧 等着瞧 要你好看 让你好看 给你好看 收拾你 \
     别怪我们不客气 别怪我不客气 呼死你 电话轰炸 蹲守",
        about_debt: false,
    },
];

/// Words of payment: a sentence with one is about a debt.
pub(super) const FEE_CUES: &str = "欠 缴 交费 交清 交纳 不交 物业费 逾期 拖 未付 不付 还款 催 不处理 付款";

/// Words of another reason: works, faults, safety.
pub(super) const OTHER_REASONS: &str = "检修 维修 抢修 维保 保养 故障 施工 改造 升级 更换 清洗 消防 安全 电动车 电瓶车 \
     请勿 供电局 供电公司 供水公司 自来水公司 自来水厂 燃气公司 热力公司 电网 计划停 \
     停电通知 停水通知 停水公告 停电公告 台风 暴雨 年检 遗失 挂失 补办";
