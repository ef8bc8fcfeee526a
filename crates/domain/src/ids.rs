//! One newtype per kind of id, all UUIDv7: time-ordered, so that indexes grow at their end.
//!
//! Ids are made in the application from its clock and a seedable source, so that a simulation repeats; nothing here makes one.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Reads the hyphenated form.
            ///
            /// # Errors
            /// When the text is no UUID.
            pub fn parse(text: &str) -> Result<Self, uuid::Error> {
                Uuid::parse_str(text.trim()).map(Self)
            }

            /// The bare UUID, as stored.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

ids! {
    /// A residential community or commercial project (小区, 项目).
    CommunityId,
    /// A building (楼栋).
    BuildingId,
    /// An entrance of a building (单元).
    EntranceId,
    /// A unit (房屋, 商铺, 办公, 车位, 储藏室).
    UnitId,
    /// A person or company (业主, 租户, 开发商).
    PartyId,
    /// Who holds or uses a unit, for which dates.
    TenureId,
    /// A phone number, e-mail address, WeChat id or postal address of a party.
    ContactPointId,
    /// What a person asked for about being contacted (联系约定).
    ContactLimitId,
    /// A special situation of a unit or party (特殊情况, 历史遗留问题).
    FlagId,
    /// One unit with one payer for one tenure.
    AccountId,
    /// A property-service contract (物业服务合同).
    ContractId,
    /// A clause of a contract.
    ClauseId,
    /// A fee item (收费项目).
    FeeItemId,
    /// A fee standard (收费标准): how a fee item is priced.
    FeeStandardId,
    /// A public display of fee standards (公示).
    PublicDisplayId,
    /// A paper on file: a scan, a photo.
    PaperId,
    /// A service promise (服务承诺).
    ServicePromiseId,
    /// What was done about a service promise in a period.
    PromiseEvidenceId,
    /// Formal steps until a day although papers are missing.
    FormalExceptionId,
    /// A run that issues the bills of a period.
    BillRunId,
    /// A bill (账单).
    BillId,
    /// An order (临时收费): what is charged once.
    FeeOrderId,
    /// A deposit (押金) that was taken.
    DepositId,
    /// What became of a part of a deposit.
    DepositEntryId,
    /// A charge (应收): one fee item of one account for one period.
    ChargeId,
    /// A late fee frozen for a charge (违约金).
    LateFeeId,
    /// A receipt (收款).
    ReceiptId,
    /// A month closed (结账).
    ClosingId,
    /// What part of a receipt went where.
    AllocationId,
    /// One way in which a receipt was paid.
    TenderId,
    /// A shift at the cash desk (班次).
    ShiftId,
    /// The closing of a shift (日结).
    ShiftClosingId,
    /// A correction or waiver (减免).
    AdjustmentId,
    /// A cost shared over units (公摊).
    SharePoolId,
    /// A measuring point (表).
    MeterId,
    /// Months that are charged in part (空置优惠, 预缴优惠).
    DiscountId,
    /// A collection case (催缴案件).
    CaseId,
    /// What staff found out about a case: cause, attitude.
    ClassificationId,
    /// A collection run.
    RunId,
    /// What a run decided about a case.
    DecisionId,
    /// A step of the plan for a case.
    ActionId,
    /// One try to deliver an action.
    AttemptId,
    /// What a provider reported about an attempt.
    DeliveryEventId,
    /// Somebody who lives in a unit beside its owners (家庭成员).
    MemberId,
    /// A contact with an owner.
    ContactLogId,
    /// A hold (暂缓) on a case.
    HoldId,
    /// A task of a person (任务).
    TaskId,
    /// Tasks one person handed to another (交接).
    HandoverId,
    /// A promise to pay (承诺).
    PromiseId,
    /// An instalment plan (分期).
    PlanId,
    /// A complaint of an owner (投诉).
    ComplaintId,
    /// Something that happened to a complaint.
    ComplaintEventId,
    /// A photo or document kept with something (附件).
    AttachmentId,
    /// A letter or notice (函件).
    NoticeId,
    /// Proof that a letter was served (送达).
    ServiceProofId,
    /// A legal matter (法务).
    LegalMatterId,
    /// An act that waits for a second person, or was decided (审批).
    ApprovalId,
    /// A member of staff (员工).
    StaffId,
    /// A message template (消息模板).
    TemplateId,
    /// An entry of the audit trail (审计).
    AuditId,
    /// A file that was imported.
    ImportId,
    /// A bank statement or settlement file (银行流水, 渠道账单).
    BankFileId,
    /// Money a bank statement says came in (到账).
    BankLineId,
    /// A receipt a bank line was booked as.
    BankPartId,
    /// A payment or refund of a settlement file.
    SettlementEntryId,
}
