//! `hemu bench`: a row for each work with the keys that are promised; how fast a shared machine is, is no matter of a test.

use crate::shell::Shell;

#[test]
fn bench_gives_a_row_with_its_reference_for_each_work() {
    let shell = Shell::new();
    let report = shell.json(&[
        "bench", "--homes", "200", "--work", "bill-run", "--work", "receipt", "--work", "close", "--work", "replay",
    ]);
    let rows = report["rows"].as_array().expect("rows");
    let works: Vec<&str> = rows.iter().filter_map(|row| row["work"].as_str()).collect();
    assert_eq!(works, ["receipt", "receipt-10y", "bill-run", "close", "replay"]);
    for row in rows {
        for key in ["n", "rate", "reference_rate", "ratio"] {
            assert!(row[key].as_f64().is_some_and(|number| number > 0.0), "{key} of {row}");
        }
        assert!(row.get("peak_rss_mib").is_some(), "{row}");
    }
    assert_eq!(rows[2]["n"].as_u64(), Some(200), "every home is billed");
    assert!(std::fs::read_dir(shell.folder.path()).expect("a folder").next().is_none(), "nothing is left behind");
}

#[test]
fn bench_names_the_works_it_knows() {
    let (status, sentence) = Shell::new().refused(&["bench", "--work", "tea"]);
    assert_eq!(status, Some(2));
    assert!(sentence.contains("bill-run") && sentence.contains("start"), "{sentence}");
}
