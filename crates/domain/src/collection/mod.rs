//! Collection (催缴): policy, case, classification, decision, hold.
