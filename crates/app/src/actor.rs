//! Who acts: a member of staff, the local operator of the command line, or the system's own jobs.

use hemu_domain::ids::{CommunityId, StaffId};
use hemu_domain::staff::approval::is_same_person;
use hemu_domain::staff::{Permission, Role};

use crate::Refusal;

/// The person a use case acts for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The staff account; `None` for the local operator and the system.
    pub staff_id: Option<StaffId>,
    /// The name that is recorded.
    pub name: String,
    /// What the person is.
    pub role: Role,
    /// Which communities the person works for.
    pub scope: Scope,
}

/// Which communities a person works for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of them.
    All,
    /// Only these.
    Only(Vec<CommunityId>),
}

impl Actor {
    /// Whoever can run the program on the machine of the database; recorded as such.
    #[must_use]
    pub fn local_operator() -> Self {
        Self { staff_id: None, name: "本机操作员".to_owned(), role: Role::Manager, scope: Scope::All }
    }

    /// The program's own jobs: nightly run, dispatch.
    #[must_use]
    pub fn system() -> Self {
        Self { staff_id: None, name: "系统".to_owned(), role: Role::Manager, scope: Scope::All }
    }

    /// An owner who holds the link of an offer: may read nothing else, and is recorded as such.
    #[must_use]
    pub fn owner_by_link(community: CommunityId) -> Self {
        let name = "业主（链接）".to_owned();
        Self { staff_id: None, name, role: Role::Auditor, scope: Scope::Only(vec![community]) }
    }

    /// Lets the use case go on, or refuses: the first line of every use case about a community.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] when the role may not, or the community is none of the person's.
    pub fn require(&self, permission: Permission, community: CommunityId) -> Result<(), Refusal> {
        self.require_role(permission)?;
        if self.sees(community) { Ok(()) } else { Err(Refusal::forbidden_community()) }
    }

    /// Like [`Self::require`], for what concerns the whole company.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] when the role may not.
    pub fn require_role(&self, permission: Permission) -> Result<(), Refusal> {
        if self.role.may(permission) { Ok(()) } else { Err(Refusal::forbidden(self.role)) }
    }

    /// Whether the record's entry of that account and name is this person.
    #[must_use]
    pub fn is(&self, staff_id: Option<StaffId>, name: &str) -> bool {
        is_same_person((self.staff_id, &self.name), (staff_id, name))
    }

    /// Whether the community is one of the person's.
    #[must_use]
    pub fn sees(&self, community: CommunityId) -> bool {
        match &self.scope {
            Scope::All => true,
            Scope::Only(communities) => communities.contains(&community),
        }
    }
}
