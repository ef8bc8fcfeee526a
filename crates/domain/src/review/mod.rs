//! Review (复盘): rates and their formulas.
