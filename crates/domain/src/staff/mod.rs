//! Staff (员工): roles and permissions.
