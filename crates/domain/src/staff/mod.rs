//! Staff (员工): roles and what each may do.
//!
//! One table, [`Role::may`], is the whole of it. Pages hide what a role may not do, but the use case decides.

pub mod approval;

use serde::{Deserialize, Serialize};

use crate::Text;

/// What a member of staff is (E6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 项目经理: everything, and the second person where one is needed.
    Manager,
    /// 管家/客服: owners, contacts, cases.
    Service,
    /// 收费员: the cash desk.
    Cashier,
    /// 财务: tariff, bills, ledger, reports.
    Accountant,
    /// 工程/安保/保洁: service orders.
    Engineer,
    /// 法务: letters and matters.
    Legal,
    /// 审计: reads all, changes nothing.
    Auditor,
}

/// What a use case asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See pages and reports, personal data masked.
    Read,
    /// See a masked field in full; each time is logged.
    RevealPersonalData,
    /// Change units, parties, contacts, flags; import spreadsheets.
    EditRegistry,
    /// Change contracts, fee standards, public display.
    EditTariff,
    /// Issue bills.
    IssueBills,
    /// Record readings of meters and replacements.
    ReadMeters,
    /// Close a month, and ask for reopening it.
    CloseMonth,
    /// Take payments.
    TakePayment,
    /// Reverse a receipt, waive or correct a charge.
    ReversePayment,
    /// Record contacts, classification, promises, complaints; do tasks.
    WorkCases,
    /// Start a collection run.
    RunCollection,
    /// Open and release holds.
    HoldCases,
    /// Issue numbered letters, record service.
    IssueLetters,
    /// Approve as the second person: plans, waivers, legal steps.
    Approve,
    /// Answer complaints, do service orders.
    AnswerComplaints,
    /// Change templates and policy.
    EditPolicy,
    /// Staff accounts and settings.
    Administer,
    /// Read the audit trail.
    ReadAudit,
}

impl Role {
    /// Every role, in the order of menus.
    pub const ALL: [Self; 7] =
        [Self::Manager, Self::Service, Self::Cashier, Self::Accountant, Self::Engineer, Self::Legal, Self::Auditor];

    /// The word that is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Manager => "manager",
            Self::Service => "service",
            Self::Cashier => "cashier",
            Self::Accountant => "accountant",
            Self::Engineer => "engineer",
            Self::Legal => "legal",
            Self::Auditor => "auditor",
        }
    }

    /// Reads the stored word.
    ///
    /// # Errors
    /// The word itself when no role has it.
    pub fn parse(word: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|role| role.as_str() == word).ok_or_else(|| word.to_owned())
    }

    /// For people.
    #[must_use]
    pub fn label(self) -> Text {
        match self {
            Self::Manager => Text::new("项目经理", "Manager"),
            Self::Service => Text::new("管家/客服", "Service staff"),
            Self::Cashier => Text::new("收费员", "Cashier"),
            Self::Accountant => Text::new("财务", "Accountant"),
            Self::Engineer => Text::new("工程", "Engineer"),
            Self::Legal => Text::new("法务", "Legal"),
            Self::Auditor => Text::new("审计", "Auditor"),
        }
    }

    /// Whether this role may do that.
    #[must_use]
    pub const fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Manager => true,
            Self::Service => matches!(
                permission,
                P::Read
                    | P::RevealPersonalData
                    | P::EditRegistry
                    | P::ReadMeters
                    | P::WorkCases
                    | P::HoldCases
                    | P::AnswerComplaints
            ),
            Self::Cashier => matches!(permission, P::Read | P::RevealPersonalData | P::TakePayment | P::WorkCases),
            Self::Accountant => matches!(
                permission,
                P::Read
                    | P::EditRegistry
                    | P::EditTariff
                    | P::IssueBills
                    | P::ReadMeters
                    | P::CloseMonth
                    | P::TakePayment
                    | P::ReversePayment
                    | P::RunCollection
            ),
            Self::Engineer => matches!(permission, P::Read | P::ReadMeters | P::AnswerComplaints),
            Self::Legal => matches!(
                permission,
                P::Read | P::RevealPersonalData | P::WorkCases | P::HoldCases | P::IssueLetters | P::ReadAudit
            ),
            Self::Auditor => matches!(permission, P::Read | P::ReadAudit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_auditor_reads_and_changes_nothing() {
        for permission in [Permission::TakePayment, Permission::WorkCases, Permission::EditTariff, Permission::Approve]
        {
            assert!(!Role::Auditor.may(permission));
        }
        assert!(Role::Auditor.may(Permission::ReadAudit));
    }

    #[test]
    fn only_a_manager_approves_as_the_second_person() {
        let approvers: Vec<Role> = Role::ALL.into_iter().filter(|role| role.may(Permission::Approve)).collect();
        assert_eq!(approvers, [Role::Manager]);
    }

    #[test]
    fn every_role_is_read_back_from_its_word() {
        assert!(Role::ALL.into_iter().all(|role| Role::parse(role.as_str()) == Ok(role)));
        assert!(Role::parse("root").is_err());
    }
}
