//! An office's spreadsheet, beside calamine reading it and a bare insert of the rows that came of it.

use hemu_app::import::{ImportRequest, import_spreadsheet};
use hemu_app::{Actor, Refusal};
use hemu_documents::sheets_out::{CellOut, Table, to_xlsx};
use hemu_store::bench;
use hemu_store::community::{self, Community};

use super::Bench;
use super::estate::{self, TODAY};
use super::measure::{Row, TIMES, Times, forget_peak_memory, timed};

/// The most rows of the file.
const MOST_ROWS: u32 = 100_000;

/// Measures.
///
/// # Errors
/// When the database refuses.
pub fn measure(bench: &Bench) -> Result<Row, Refusal> {
    let rows = bench.homes.min(MOST_ROWS);
    bench.say("import：写表格");
    let file = workbook(rows)?;
    forget_peak_memory();
    let mut times = Times::default();
    for round in 1..=TIMES {
        bench.say(format!("import {round}/{TIMES}"));
        let name = format!("导入样本{round}");
        let request = request(&file, &name);
        let (report, time) = timed(|| import_spreadsheet(&bench.app, &Actor::local_operator(), &request))?;
        if report.new_units != usize::try_from(rows).unwrap_or(0) {
            return Err(Refusal::Internal(format!("{} units of {rows} rows", report.new_units)));
        }
        times.work.push(time);
        times.reference.push(reference(bench, &file, &name)?);
    }
    Ok(Row::new("import", (rows.into(), "rows"), &times, 0.5))
}

fn request(file: &[u8], community: &str) -> ImportRequest {
    ImportRequest {
        file_name: "样本台账.xlsx".to_owned(),
        bytes: file.to_vec(),
        community: community.to_owned(),
        as_of: TODAY,
        map: Vec::new(),
        dry_run: false,
    }
}

fn reference(bench: &Bench, file: &[u8], name: &str) -> Result<std::time::Duration, Refusal> {
    let app = &bench.app;
    let source = hemu_app::billing::find_community(app, name)?;
    let copy = Community {
        id: app.new_id(),
        name: format!("{name}（照抄）"),
        company_name: String::new(),
        address: String::new(),
        service_phone: String::new(),
        pay_account: String::new(),
        region: "national".to_owned(),
    };
    app.db.write(|tx| community::insert(tx, &copy, app.clock.now()))?;
    let rows = app.db.read(|tx| bench::read_imported(tx, source, copy.id))?;
    let bare = || {
        hemu_documents::bench::read_cells(file).map_err(Refusal::Internal)?;
        Ok(app.db.write(|tx| bench::write(tx, &rows))?)
    };
    Ok(timed(bare)?.1)
}

/// A ledger as an office keeps it; two rooms of three have paid up to last month.
fn workbook(rows: u32) -> Result<Vec<u8>, Refusal> {
    let headings = ["房号", "业主姓名", "联系电话", "建筑面积", "收费标准", "已缴至", "备注"];
    let row = |home: u32| {
        let paid = if home.is_multiple_of(3) { "2026-06" } else { "2026-08" };
        let price = rust_decimal::Decimal::new(235, 2);
        vec![
            CellOut::Text(estate::label(home).to_string()),
            CellOut::Text(estate::owner(home)),
            CellOut::Text(estate::mobile(home)),
            CellOut::Number(estate::area(home).to_decimal()),
            CellOut::Number(price),
            CellOut::Text(paid.to_owned()),
            CellOut::Empty,
        ]
    };
    let table = Table {
        title: "台账".to_owned(),
        headings: headings.map(str::to_owned).to_vec(),
        rows: (0..rows).map(row).collect(),
        totals: None,
    };
    to_xlsx(&[table]).map_err(|error| Refusal::Internal(error.to_string()))
}
