//! `hemu template owners FILE.xlsx`: the workbook that `import` understands best.

use std::path::PathBuf;

use clap::Subcommand;
use hemu_app::Refusal;
use hemu_documents::sheets_out::owners_template;
use serde_json::json;

use crate::output::Output;

/// `hemu template ...`
#[derive(Debug, clap::Args)]
pub struct TemplateArgs {
    #[command(subcommand)]
    command: TemplateCommand,
}

#[derive(Debug, Subcommand)]
enum TemplateCommand {
    /// The owners' ledger, with explanations
    Owners {
        /// The new .xlsx
        file: PathBuf,
    },
}

/// Writes the workbook; never over a file that is there.
pub fn run(args: &TemplateArgs) -> Result<Output, Refusal> {
    let TemplateCommand::Owners { file } = &args.command;
    let name = file.display();
    if file.exists() {
        return Err(Refusal::conflict(
            format!("{name} 已存在，请换一个文件名"),
            format!("{name} exists already; name another file"),
        ));
    }
    let bytes = owners_template().map_err(|error| Refusal::Internal(error.to_string()))?;
    std::fs::write(file, &bytes).map_err(|error| {
        Refusal::invalid("file", format!("无法写入 {name}：{error}"), format!("cannot write {name}: {error}"))
    })?;
    Output::new(&json!({ "file": file, "bytes": bytes.len() }), format!("已写入 {name} / written"))
}
