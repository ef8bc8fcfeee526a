//! The import rules, sentence by sentence, with a list of our own.

use serde_json::{Value, json};

use crate::shell::{PLACE, Shell, places};

const AS_OF: [&str; 2] = ["--as-of", "2026-10-31"];

/// Title, blank row, headings in row 3, two sections with their sums, every way to write a thing.
const LIST: &[&str] = &[
    "阳光小区物业费台账|||||单位：元",
    "",
    "序号|房间号|户主|手机号码|计费面积(㎡)|物业费标准|费用缴至|备注|车牌号",
    "=1|1-1-101|王 芳|13812345678|=89.32|=2.35|2026.8||",
    "=2|１－１－１０２|李强、赵敏|13812345679/13912345670| 100.5㎡|2.35元/㎡·月|@2026-09-30|空置|浙A12345",
    "=3|1栋1单元103室|欧阳娜娜|010-88886666|=89.32000000000001|=2.35|@2026-09-15||",
    "=4|1-1-104|陈晨|1381234567|=80|=2.35|=46295||",
    "=5|1-1-105|陈晨|11111111111|80|2.35|202609||",
    "|1栋小计|||=439|||",
    "",
    "=6|2-0-12|吴记商铺|13800000002|=55|=4.5|2026年9月||",
    "=7|2-1--101|何平|13800000003|=20|=1|2026/9||",
    "=8|2-1-101|何平|13800000003|=20|=1|2026-09||",
    "=9|2-1-102|甲|13800000004|=20|=1|=2024.1||",
    "=10|2-1-103|乙|13800000005|待核|=1|2026-09||",
    "=11|2-1-104|丙|13800000006|=0|=1|2026-09||",
    "=12|2-1-105|丁|13800000007||=1|2026-09||",
    "=13|2-1-106|戊|13800000008|=30|=1|去年||",
    "=14|2-1-107|己|13800000009|=30|=1|||",
    "=15|2-1-108|庚|13800000010|=30|=1|2027-12||",
    "=16|2-1-109|辛|13800000011|=30|=1|2026-09||",
    "=17|2-1-109|辛|13800000011|=30.00|=1|2026-09||",
    "=18|2-1-110|壬|13800000012|=30|=1|2026-09||",
    "=19|2-1-110|壬|13800000012|=31|=1|2026-09||",
    "=20||癸|13800000013|=31|=1|2026-09||",
    "=21|1502|癸|13800000014|=31|=1|2026-09||",
    "=22|2-1-111|王𠮷|13800000015|=31|=1|2026-09||",
    "=23|2-1-112|子|13800000016|=31|=1|@1980-01-31||",
    "|合　计|||=1000|||",
    "制表人：张三|||审核：李四",
];

fn import(shell: &Shell) -> Value {
    shell.workbook("list.xlsx", &[("台账", LIST)]);
    shell.call(&[&["import", "list.xlsx"][..], &AS_OF].concat())
}

fn place(row: u64, column: &str, value: &str) -> (String, u64, String, String) {
    ("台账".to_owned(), row, column.to_owned(), value.to_owned())
}

#[test]
fn every_row_is_counted_once_and_every_refusal_and_doubt_has_its_cell() {
    let report = import(&Shell::new());
    let count = |key: &str| report[key].as_u64().expect("a count");
    let refused = report["refused"].as_array().expect("a list").len() as u64;
    assert_eq!((count("rows_read"), count("accepted"), count("duplicates"), count("ignored")), (25, 12, 1, 2));
    assert_eq!(count("rows_read"), count("accepted") + count("duplicates") + refused + count("ignored"));
    let (area, paid, room) = ("计费面积(㎡)", "费用缴至", "房间号");
    assert_eq!(
        places(&report["refused"]),
        [
            place(14, paid, "2024.1"),
            place(15, area, "待核"),
            place(16, area, "0"),
            place(17, area, ""),
            place(18, paid, "去年"),
            place(23, room, "2-1-110"),
            place(24, room, "2-1-110"),
            place(25, room, ""),
            place(26, room, "1502"),
            place(28, paid, "1980-01-31"),
        ]
    );
    assert_eq!(
        places(&report["warnings"]),
        [
            place(6, paid, "2026-09-15"),
            place(7, "手机号码", "1381234567"),
            place(8, "手机号码", "11111111111"),
            place(19, paid, ""),
        ]
    );
    let notes = report["notes"].to_string();
    assert!(notes.contains("车牌号") && notes.contains("U+20BB7"), "{notes}");
    assert_eq!((count("units"), count("vacant"), count("units_owing")), (12, 1, 10));
}

#[test]
fn opening_arrears_are_whole_months_after_paid_through_each_rounded() {
    let shell = Shell::new();
    let report = import(&shell);
    let arrears = shell.call(&[&["report", "arrears"][..], &AS_OF].concat());
    assert_eq!(arrears["totals"]["principal"], report["opening_arrears"]);
    let owed = |unit: &str| {
        let rows = arrears["rows"].as_array().expect("rows");
        rows.iter().find(|row| row["unit"] == unit).map(|row| (row["principal"].clone(), row["oldest_due"].clone()))
    };
    assert_eq!(owed("1-1-101"), Some((json!("419.80"), json!("2026-09-30"))), "two months of 209.90");
    assert_eq!(owed("1-1-103"), Some((json!("209.90"), json!("2026-10-31"))), "its month counts as paid");
    assert_eq!(owed("2-1-负101"), Some((json!("20.00"), json!("2026-10-31"))), "below ground, beside 2-1-101");
    assert!(owed("2-1-101").is_some() && owed("2-1-107").is_none(), "nobody knows what 2-1-107 owes");
    let bills = shell.call(&["bill", "run", "--period", "2026-11", "--as-of", "2026-11-01"]);
    assert_eq!(bills["bills"].as_u64(), Some(11), "2-1-108 has paid until 2027-12");
}

#[test]
fn the_same_file_again_changes_nothing_and_a_later_one_adds_contacts_only() {
    let shell = Shell::new();
    let first = import(&shell);
    let arrears = || shell.call(&[&["report", "arrears"][..], &AS_OF].concat());
    let before = arrears();
    let again = import(&shell);
    assert_eq!((again["new_units"].as_u64(), again["new_contacts"].as_u64()), (Some(0), Some(0)));
    assert_eq!((&again["differences"], &again["accepted"]), (&json!([]), &first["accepted"]));
    shell.write(
        "later.csv",
        "房号,业主,电话,面积,单价,已缴至\n1-1-101,王芳,13905711234,90,2.35,2026-09\n9-1-901,新业主,13905711235,90,2.35,2026-10\n",
    );
    let later = shell.call(&[&["import", "later.csv"][..], &AS_OF].concat());
    assert_eq!((later["new_units"].as_u64(), later["new_contacts"].as_u64()), (Some(1), Some(1)));
    let differs: Vec<_> = places(&later["differences"]).into_iter().map(|(_, row, _, value)| (row, value)).collect();
    assert_eq!(differs, [(2, "90".to_owned()), (2, "2026-09".to_owned())]);
    assert_eq!(arrears(), before, "nothing was overwritten");
}

#[test]
fn all_sheets_with_a_table_are_read_and_three_columns_make_a_room() {
    let shell = Shell::new();
    let first: &[&str] = &[
        "楼号|单元|室号|产权人|联系方式|产权面积|物业费单价|缴费至|备注",
        "3栋|2单元|1502室|王芳|13812345678|=89.32|=2.35|2026-08|",
        "=3|=2|=1503|李强|13812345679|=89.32|=2.35|2026-08|空置",
        "A座|=1|=801|某某公司|13812345671|=200|=3.5|2026-08|",
        "=3|=2|小计|||=378.64|||",
    ];
    let second: &[&str] =
        &["二期", "", "房屋|业主名称|电话1|建筑面积|收费标准|已缴至", "5-1-101|周|13812345673|=50|=2|2026-08"];
    shell.workbook("two.xlsx", &[("一期", first), ("二期", second), ("说明", &["本表由客服部维护"])]);
    let report = shell.call(&[&["import", "two.xlsx", "--map", "电话1=phone"][..], &AS_OF].concat());
    assert_eq!(
        (report["rows_read"].as_u64(), report["accepted"].as_u64(), report["ignored"].as_u64()),
        (Some(5), Some(4), Some(1))
    );
    assert_eq!(report["notes"], json!([]), "the map names the one column nobody could know");
    let arrears = shell.call(&[&["report", "arrears"][..], &AS_OF].concat());
    let units: Vec<&str> =
        arrears["rows"].as_array().expect("rows").iter().filter_map(|row| row["unit"].as_str()).collect();
    assert_eq!(units, ["3-2-1502", "3-2-1503", "5-1-101", "A-1-801"]);
}

#[test]
fn a_bare_2024_1_is_january_or_october_in_a_csv_too() {
    let shell = Shell::new();
    shell.write(
        "l.csv",
        "\u{feff}房号,业主,面积,单价,已缴至\n1-1-101,王,50,2,2024.1\n1-1-102,王,50,2,2024.10\n1-1-103,王,50,2,2024.3\n",
    );
    let report = shell.call(&[&["import", "l.csv", "--dry-run"][..], &AS_OF].concat());
    assert_eq!(places(&report["refused"]), [("l".to_owned(), 2, "已缴至".to_owned(), "2024.1".to_owned())]);
    assert_eq!(report["accepted"].as_u64(), Some(2));
}

#[test]
fn the_template_imports_as_it_is_and_is_never_written_over() {
    let shell = Shell::new();
    shell.json(&["template", "owners", "t.xlsx"]);
    let report = shell.call(&["import", "t.xlsx"]);
    assert_eq!((report["rows_read"].as_u64(), &report["refused"]), (Some(0), &json!([])));
    assert_eq!(shell.refused(&["template", "owners", "t.xlsx"]).0, Some(2));
}

#[test]
fn a_dry_run_reports_the_same_and_leaves_no_community() {
    let shell = Shell::new();
    shell.workbook("list.xlsx", &[("台账", LIST)]);
    let mut dry = shell.call(&[&["import", "list.xlsx", "--dry-run"][..], &AS_OF].concat());
    assert_eq!(shell.refused(&[&["report", "arrears"][..], &PLACE].concat()).0, Some(2), "no such community");
    let mut real = import(&shell);
    for report in [&mut dry, &mut real] {
        report.as_object_mut().expect("an object").remove("new_contacts");
    }
    assert_eq!(dry, real);
}
