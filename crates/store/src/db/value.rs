//! What goes into a statement: [`Value`], the same for every engine.

use chrono::{DateTime, DurationRound, NaiveDate, TimeDelta, Utc};
use hemu_domain::billing::{Explanation, MeteredFee};
use hemu_domain::{Area, DailyRate, Factor, Fen, MeterValue, Period, UnitLabel, UnitPrice, ids};
use uuid::Uuid;

/// A parameter of a statement or a cell of a new row.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// BOOLEAN
    Bool(bool),
    /// BIGINT
    Int(i64),
    /// TEXT
    Text(String),
    /// UUID
    Uuid(Uuid),
    /// DATE
    Date(NaiveDate),
    /// TIMESTAMPTZ, truncated to microseconds: SQLite would keep nanoseconds, PostgreSQL would not.
    Time(DateTime<Utc>),
    /// JSONB
    Json(serde_json::Value),
    /// JSONB that is text already: rows written by the million are not first made a tree.
    JsonText(String),
    /// JSONB whose text is written once, for its hash and for the row: see [`Value::sorted_json`].
    SortedJson(String),
    /// BYTEA
    Bytes(Vec<u8>),
}

/// The kind of a column, for bulk writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// BOOLEAN
    Bool,
    /// BIGINT
    Int,
    /// TEXT
    Text,
    /// UUID
    Uuid,
    /// DATE
    Date,
    /// TIMESTAMPTZ
    Time,
    /// JSONB
    Json,
    /// BYTEA
    Bytes,
}

macro_rules! from {
    ($($kind:ty => |$value:ident| $made:expr),+ $(,)?) => {$(
        impl From<$kind> for Value {
            fn from($value: $kind) -> Self {
                $made
            }
        }
    )+};
}

from! {
    bool => |value| Self::Bool(value),
    i64 => |value| Self::Int(value),
    u32 => |value| Self::Int(i64::from(value)),
    String => |value| Self::Text(value),
    &str => |value| Self::Text(value.to_owned()),
    &String => |value| Self::Text(value.clone()),
    Uuid => |value| Self::Uuid(value),
    NaiveDate => |value| Self::Date(value),
    DateTime<Utc> => |value| Self::Time(value.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(value)),
    serde_json::Value => |value| Self::Json(value),
    Vec<u8> => |value| Self::Bytes(value),
    &[u8] => |value| Self::Bytes(value.to_vec()),
    [u8; 32] => |value| Self::Bytes(value.to_vec()),
    &[u8; 32] => |value| Self::Bytes(value.to_vec()),
    Fen => |value| Self::Int(value.get()),
    Area => |value| Self::Int(value.stored()),
    UnitPrice => |value| Self::Int(value.stored()),
    DailyRate => |value| Self::Int(value.stored()),
    Factor => |value| Self::Int(value.stored()),
    MeterValue => |value| Self::Int(value.stored()),
    Period => |value| Self::Text(value.to_string()),
    UnitLabel => |value| Self::Text(value.to_string()),
    &UnitLabel => |value| Self::Text(value.to_string()),
}

impl Value {
    /// A JSON document as the text its tree is written as, keys sorted.
    #[must_use]
    pub fn sorted_json(document: &serde_json::Value) -> Self {
        Self::SortedJson(document.to_string())
    }
}

impl From<&Explanation> for Value {
    fn from(explanation: &Explanation) -> Self {
        Self::JsonText(serde_json::to_string(explanation).expect("numbers and words are JSON"))
    }
}

impl From<&MeteredFee> for Value {
    fn from(fee: &MeteredFee) -> Self {
        Self::SortedJson(serde_json::to_string(fee).expect("numbers and words are JSON"))
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

macro_rules! from_ids {
    ($($id:ident),+ $(,)?) => {$(
        impl From<ids::$id> for Value {
            fn from(id: ids::$id) -> Self {
                Self::Uuid(id.uuid())
            }
        }
    )+};
}

/// Calls a macro with the name of every kind of id.
macro_rules! with_every_id {
    ($make:ident) => {
        $make!(
            CommunityId,
            BuildingId,
            EntranceId,
            UnitId,
            PartyId,
            TenureId,
            ContactPointId,
            ContactLimitId,
            FlagId,
            AccountId,
            ContractId,
            ClauseId,
            FeeItemId,
            FeeStandardId,
            PublicDisplayId,
            PaperId,
            ServicePromiseId,
            PromiseEvidenceId,
            FormalExceptionId,
            BillRunId,
            BillId,
            FeeOrderId,
            DepositId,
            DepositEntryId,
            ChargeId,
            LateFeeId,
            ReceiptId,
            ClosingId,
            AllocationId,
            TenderId,
            ShiftId,
            ShiftClosingId,
            AdjustmentId,
            SharePoolId,
            MeterId,
            DiscountId,
            CaseId,
            ClassificationId,
            RunId,
            DecisionId,
            ActionId,
            AttemptId,
            DeliveryEventId,
            ContactLogId,
            HoldId,
            TaskId,
            PromiseId,
            PlanId,
            ComplaintId,
            ComplaintEventId,
            AttachmentId,
            NoticeId,
            ServiceProofId,
            LegalMatterId,
            ApprovalId,
            MemberId,
            HandoverId,
            StaffId,
            TemplateId,
            AuditId,
            ImportId,
            BankFileId,
            BankLineId,
            BankPartId,
            SettlementEntryId,
        );
    };
}
pub(super) use with_every_id;

with_every_id!(from_ids);
