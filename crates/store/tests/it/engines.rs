//! What `db.rs` promises, on both engines.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use chrono::{DateTime, NaiveDate, Utc};
use hemu_domain::ids::CommunityId;
use hemu_store::db::{BulkTable, ColumnKind};
use hemu_store::{Db, DbError, Value, community, migrate, params};
use hemu_testkit::engines::for_each_engine;
use serde_json::json;
use uuid::Uuid;

const CREATE: &str = "CREATE TABLE kinds (id BIGINT NOT NULL PRIMARY KEY, b BOOLEAN, i BIGINT, t TEXT, u UUID, d DATE,
    z TIMESTAMPTZ, j JSONB, y BYTEA)";
const COLUMNS: &str = "b, i, t, u, d, z, j, y";

static KINDS: BulkTable = BulkTable {
    table: "kinds",
    columns: &[
        ("id", ColumnKind::Int),
        ("b", ColumnKind::Bool),
        ("i", ColumnKind::Int),
        ("t", ColumnKind::Text),
        ("u", ColumnKind::Uuid),
        ("d", ColumnKind::Date),
        ("z", ColumnKind::Time),
        ("j", ColumnKind::Json),
        ("y", ColumnKind::Bytes),
    ],
};

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 2, 28).expect("a day")
}

fn time() -> DateTime<Utc> {
    "2026-02-28T15:59:59.123456789Z".parse().expect("a time")
}

/// Values an engine might bend: texts that look like numbers, a nanosecond, the ends of a range.
fn awkward() -> [Value; 9] {
    params![
        1_i64,
        true,
        i64::MIN,
        "007.10",
        Uuid::from_u128(7),
        day(),
        time(),
        json!({"b": "1.50", "a": [1, null, "二"]}),
        vec![0_u8, 255, 39]
    ]
}

type Kinds = (bool, i64, String, Uuid, NaiveDate, DateTime<Utc>, serde_json::Value, Vec<u8>);

fn read_back(db: &Db, id: i64) -> Kinds {
    let sql = format!("SELECT {COLUMNS} FROM kinds WHERE id = $1");
    db.read(|tx| {
        tx.query_one("row", &sql, &params![id], |row| {
            Ok((row.take()?, row.take()?, row.take()?, row.take()?, row.take()?, row.take()?, row.take()?, row.take()?))
        })
    })
    .expect("the row")
}

#[test]
fn every_kind_of_value_comes_back_as_it_went_in() {
    for_each_engine(|url| {
        let db = Db::open(url).expect("opens");
        db.write(|tx| {
            tx.run_script(CREATE)?;
            tx.execute("INSERT INTO kinds VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", &awkward())?;
            let mut copied = awkward();
            copied[0] = Value::Int(2);
            tx.bulk_insert(&KINDS, [copied])
        })
        .expect("writes");
        for id in [1, 2] {
            let (b, i, t, u, d, z, j, y) = read_back(&db, id);
            assert!(b);
            assert_eq!((i, t.as_str(), u, d), (i64::MIN, "007.10", Uuid::from_u128(7), day()));
            assert_eq!(z.to_rfc3339(), "2026-02-28T15:59:59.123456+00:00", "microseconds on every engine");
            assert_eq!(j, json!({"b": "1.50", "a": [1, null, "二"]}));
            assert_eq!(y, [0, 255, 39]);
        }
    });
}

#[test]
fn null_goes_into_every_kind_of_column() {
    for_each_engine(|url| {
        let db = Db::open(url).expect("opens");
        let nulls: Vec<Value> = std::iter::once(Value::Int(1)).chain((0..8).map(|_| Value::Null)).collect();
        db.write(|tx| {
            tx.run_script(CREATE)?;
            tx.execute("INSERT INTO kinds VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", &nulls)
        })
        .expect("writes");
        let found: (Option<bool>, Option<String>) = db
            .read(|tx| {
                tx.query_one("row", "SELECT b, t FROM kinds WHERE d IS NULL", &[], |r| Ok((r.take()?, r.take()?)))
            })
            .expect("reads");
        assert_eq!(found, (None, None));
    });
}

#[test]
fn a_failed_transaction_leaves_nothing_and_a_duplicate_is_told_apart() {
    for_each_engine(|url| {
        let db = Db::open(url).expect("opens");
        db.write(|tx| tx.run_script(CREATE)).expect("creates");
        let result = db.write(|tx| {
            tx.execute("INSERT INTO kinds (id) VALUES ($1)", &params![1_i64])?;
            tx.execute("INSERT INTO kinds (id) VALUES ($1)", &params![1_i64])
        });
        assert!(matches!(result, Err(DbError::Duplicate { .. })), "{result:?}");
        let rows: i64 = db
            .read(|tx| tx.query_one("count", "SELECT CAST(COUNT(*) AS BIGINT) FROM kinds", &[], |row| row.take()))
            .expect("counts");
        assert_eq!(rows, 0);
    });
}

#[test]
fn writing_in_a_read_is_refused_by_the_engine() {
    for_each_engine(|url| {
        let db = Db::open(url).expect("opens");
        db.write(|tx| tx.run_script(CREATE)).expect("creates");
        let result = db.read(|tx| tx.execute("INSERT INTO kinds (id) VALUES ($1)", &params![1_i64]));
        assert!(matches!(result, Err(DbError::Engine(_))), "{result:?}");
    });
}

#[test]
fn migrating_again_changes_nothing_and_concurrent_starts_do_not_disturb_each_other() {
    for_each_engine(|url| {
        let starts: Vec<usize> = thread::scope(|scope| {
            let start = || migrate::migrate(&Db::open(url).expect("opens")).expect("migrates").len();
            let threads: Vec<_> = (0..3).map(|_| scope.spawn(start)).collect();
            threads.into_iter().map(|thread| thread.join().expect("ends")).collect()
        });
        assert_eq!(starts.iter().filter(|applied| **applied > 0).count(), 1, "{starts:?}");
        let db = Db::open(url).expect("opens");
        assert!(migrate::migrate(&db).expect("migrates").is_empty());
    });
}

#[test]
fn concurrent_writers_number_facts_without_gap_or_repetition() {
    for_each_engine(|url| {
        let db = Db::open(url).expect("opens");
        migrate::migrate(&db).expect("migrates");
        let id = CommunityId::from(Uuid::from_u128(1));
        db.write(|tx| community::insert(tx, &a_community(id), time())).expect("inserts");
        let sum = AtomicU32::new(0);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..10 {
                        let seq = db.write(|tx| community::next_seq(tx, id, 1)).expect("numbers");
                        sum.fetch_add(u32::try_from(seq).expect("small"), Ordering::Relaxed);
                    }
                });
            }
        });
        assert_eq!(sum.into_inner(), (1..=80).sum::<u32>());
        assert_eq!(db.read(|tx| community::watermark(tx, id)).expect("reads"), 80);
    });
}

fn a_community(id: CommunityId) -> community::Community {
    community::Community {
        id,
        name: "翠湖花园".to_owned(),
        company_name: String::new(),
        address: String::new(),
        service_phone: String::new(),
        pay_account: String::new(),
        region: "national".to_owned(),
    }
}
