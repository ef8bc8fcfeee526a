//! Household members (家庭成员): who lives in a unit beside its owners, and pays nothing for it.

use crate::words::words;

words!(
    /// What somebody beside the owner is to a unit.
    MemberRole {
        /// 家庭成员
        Family = "family", "家庭成员", "family";
        /// 租客
        Tenant = "tenant", "租客", "tenant";
        /// 临时人员
        Guest = "guest", "临时人员", "guest";
    }
);
