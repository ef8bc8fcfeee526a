//! The workbook that `import` understands best: one empty sheet to fill in, one that explains.
//!
//! The sheet to fill in holds headings only, so that importing it untouched imports nothing. Room, phone, id number and month are
//! formatted as text: Excel would otherwise turn `5-0-12` into a day and cut an id number after fifteen digits.

use rust_xlsxwriter::{
    DataValidation, DataValidationRule, Format, FormatAlign, FormatBorder, Formula, Worksheet, XlsxError,
};

use super::{WriteError, new_workbook};

/// Rows that are prepared for filling in.
const LAST_ROW: u32 = 20_000;

/// What a column takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Positive,
    Occupancy,
}

struct Column {
    heading: &'static str,
    kind: Kind,
    width: u16,
    needed: &'static str,
    how: &'static str,
    example: &'static str,
}

const OCCUPANCIES: [&str; 4] = ["自住", "出租", "空置", "未交房"];

const COLUMNS: [Column; 9] = [
    Column {
        heading: "房号",
        kind: Kind::Text,
        width: 14,
        needed: "必填",
        how: "楼栋-单元-房间。商铺没有单元的，单元写 0。同一房号只写一行，共有人写在同一格。",
        example: "3-2-1502；商铺 5-0-12",
    },
    Column {
        heading: "业主姓名",
        kind: Kind::Text,
        width: 18,
        needed: "建议填写",
        how: "与产权证一致。多位业主用顿号分开；单位写全称。",
        example: "郝娟、叶彧",
    },
    Column {
        heading: "联系电话",
        kind: Kind::Text,
        width: 24,
        needed: "建议填写",
        how: "11 位手机号，或带区号的座机；多个用顿号分开。不要用 11111111111 一类的号码占位，没有就空着。",
        example: "13800138000、0571-88886666",
    },
    Column {
        heading: "身份证号",
        kind: Kind::Text,
        width: 22,
        needed: "可不填",
        how: "18 位，只用于区分同名业主，加密保存。",
        example: "",
    },
    Column {
        heading: "建筑面积(㎡)",
        kind: Kind::Positive,
        width: 14,
        needed: "必填",
        how: "计费面积，大于零，不写单位。",
        example: "89.32",
    },
    Column {
        heading: "收费标准(元/㎡·月)",
        kind: Kind::Positive,
        width: 20,
        needed: "必填",
        how: "每平方米每月多少元，不写单位。",
        example: "2.35",
    },
    Column {
        heading: "已缴至",
        kind: Kind::Text,
        width: 12,
        needed: "建议填写",
        how: "已经缴清的最后一个月。此后到导入当月的整月计为期初欠费；空着表示不计期初欠费。请写成 2026-10，不要写 2026.1（分不清一月还是十月）。",
        example: "2026-10",
    },
    Column {
        heading: "入住情况",
        kind: Kind::Occupancy,
        width: 12,
        needed: "可不填",
        how: "自住、出租、空置、未交房，从下拉列表选。空置房照常计费，减免须另行确认。",
        example: "自住",
    },
    Column {
        heading: "备注", kind: Kind::Text, width: 30, needed: "可不填", how: "写“空置”即视为空置。", example: ""
    },
];

/// The workbook. Without a row filled in it holds nothing to import.
///
/// # Errors
/// [`WriteError`] for a fault of the writer.
pub fn owners_template() -> Result<Vec<u8>, WriteError> {
    let mut workbook = new_workbook()?;
    let heading = Format::new()
        .set_bold()
        .set_align(FormatAlign::Center)
        .set_background_color("#EDF2F7")
        .set_border_bottom(FormatBorder::Thin);
    write_list(workbook.add_worksheet(), &heading)?;
    write_help(workbook.add_worksheet(), &heading)?;
    Ok(workbook.save_to_buffer()?)
}

fn write_list(sheet: &mut Worksheet, heading: &Format) -> Result<(), XlsxError> {
    let text = Format::new().set_num_format("@");
    sheet.set_name("业主台账")?;
    sheet.set_freeze_panes(1, 1)?;
    for (number, column) in (0_u16..).zip(&COLUMNS) {
        sheet.set_column_width(number, column.width)?;
        sheet.write_string_with_format(0, number, column.heading, heading)?;
        match column.kind {
            Kind::Text => {
                sheet.set_column_format(number, &text)?;
            }
            Kind::Positive => {
                sheet.add_data_validation(1, number, LAST_ROW, number, &positive(column.heading)?)?;
            }
            Kind::Occupancy => {
                sheet.add_data_validation(1, number, LAST_ROW, number, &occupancy()?)?;
            }
        }
    }
    Ok(())
}

fn positive(heading: &str) -> Result<DataValidation, XlsxError> {
    DataValidation::new()
        .allow_decimal_number_formula(DataValidationRule::GreaterThan(Formula::new("0")))
        .set_error_title("请检查数字")?
        .set_error_message(format!("{heading}：请填大于零的数字，不写单位"))
}

/// A word outside the list is asked about, not refused: offices have more words than these.
fn occupancy() -> Result<DataValidation, XlsxError> {
    DataValidation::new()
        .allow_list_strings(&OCCUPANCIES)?
        .set_error_style(rust_xlsxwriter::DataValidationErrorStyle::Information)
        .set_error_title("不在列表中")?
        .set_error_message("常用的有：自住、出租、空置、未交房")
}

fn write_help(sheet: &mut Worksheet, heading: &Format) -> Result<(), XlsxError> {
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    sheet.set_name("填写说明")?;
    for (column, (title, width)) in (0_u16..).zip([("列", 20), ("要求", 10), ("怎样填写", 64), ("写法", 30)]) {
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, title, heading)?;
    }
    let mut row = 1;
    for column in &COLUMNS {
        for (place, words) in (0_u16..).zip([column.heading, column.needed, column.how, column.example]) {
            sheet.write_string_with_format(row, place, words, &wrapped)?;
        }
        row += 1;
    }
    let more = "其他列可以保留：认不出的列会列出来，不会导入。小计、合计行和空行会被识别，不会导入。同一文件导入两次，结果不变。";
    sheet.write_string_with_format(row + 1, 2, more, &wrapped)?;
    Ok(())
}
