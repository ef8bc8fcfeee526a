//! What columns may be: no place in the database holds a fraction by approximation.

use hemu_store::{Db, migrate};

/// Every column of every table, with its declared type.
fn columns(db: &Db) -> Vec<(String, String, String)> {
    let sql = "SELECT m.name, c.name, c.type FROM sqlite_master m JOIN pragma_table_info(m.name) c
        WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.cid";
    db.read(|tx| tx.query(sql, &[], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))).expect("columns")
}

#[test]
fn i11_amounts_are_whole_fen_and_nothing_is_a_floating_point_number() {
    let folder = tempfile::tempdir().expect("a folder");
    let db = Db::open(&format!("sqlite:{}", folder.path().join("schema.db").display())).expect("opens");
    migrate::migrate(&db).expect("migrates");
    let columns = columns(&db);
    assert!(columns.len() > 500, "the columns are read: {}", columns.len());
    let exact = ["BIGINT", "TEXT", "BYTEA", "UUID", "DATE", "TIMESTAMPTZ", "BOOLEAN", "JSONB"];
    for (table, column, kind) in columns {
        assert!(exact.contains(&kind.as_str()), "{table}.{column} is {kind}");
        if column.ends_with("_fen") {
            assert_eq!(kind, "BIGINT", "{table}.{column}");
        }
    }
}
