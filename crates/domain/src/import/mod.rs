//! Import of office spreadsheets: what a sheet says, row by row, and what is doubtful (E1).
