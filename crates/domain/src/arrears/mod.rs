//! Arrears (欠费): age, late fee as of a date, limitation.
