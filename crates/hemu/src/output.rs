//! What a command answers: one JSON document for programs, text for people.

use hemu_app::Refusal;
use serde::Serialize;

/// The answer of a command, in both forms.
#[derive(Debug)]
pub struct Output {
    /// What `--json` prints: one document, nothing else.
    pub json: serde_json::Value,
    /// What a person reads.
    pub text: String,
    /// False when the command ran but what it looked at is not in order (`verify`, `doctor`): exit status 1.
    pub in_order: bool,
    /// A file for standard output in place of the text: never onto a terminal, nor beside the JSON document.
    pub file: Option<Vec<u8>>,
}

impl Output {
    /// From a report and the text that tells it.
    ///
    /// # Errors
    /// [`Refusal::Internal`] when the report cannot be written as JSON, which is a bug.
    pub fn new(report: &impl Serialize, text: impl Into<String>) -> Result<Self, Refusal> {
        let json = serde_json::to_value(report).map_err(|error| Refusal::Internal(error.to_string()))?;
        Ok(Self { json, text: text.into(), in_order: true, file: None })
    }

    /// Checks that its file, if it has one, can go to standard output.
    ///
    /// # Errors
    /// [`Refusal::InvalidInput`] where it would land on a terminal or in the way of the JSON document.
    pub fn check_file(&self, json: bool, is_terminal: bool) -> Result<(), Refusal> {
        if self.file.is_none() || !(json || is_terminal) {
            return Ok(());
        }
        let (zh, en) = if json {
            (
                "--json 只输出 JSON：请用 --out 文件名 指定 xlsx 写到哪里",
                "--json prints JSON alone: say with --out FILE where the xlsx goes",
            )
        } else {
            (
                "xlsx 是二进制文件，不能显示在终端：请加 --out 文件名，或重定向，如 > 欠费.xlsx",
                "an xlsx cannot be shown on a terminal: add --out FILE, or redirect it, as in > arrears.xlsx",
            )
        };
        Err(Refusal::invalid("out", zh, en))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workbook_goes_to_standard_output_only_where_it_harms_nobody() {
        let output = |file| Output { json: serde_json::Value::Null, text: String::new(), in_order: true, file };
        let workbook = || output(Some(vec![0x50, 0x4b]));
        assert!(workbook().check_file(false, false).is_ok());
        assert!(workbook().check_file(false, true).is_err() && workbook().check_file(true, false).is_err());
        assert!(output(None).check_file(true, true).is_ok());
    }
}
