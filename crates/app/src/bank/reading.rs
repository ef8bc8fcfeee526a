//! What a file of a bank or provider is read as: a statement, a settlement file, or headings nobody knows. Headings told by hand are
//! kept for the community.

use hemu_domain::Text;
use hemu_domain::bank::layout::{Layout, StatementMap, field_of_heading};
use hemu_domain::bank::settlement::{SettlementFile, read_settlement};
use hemu_domain::bank::statement::{Statement, StatementOptions, list_headings, read_statement};
use hemu_domain::ids::CommunityId;
use hemu_domain::sheet::Sheet;
use hemu_store::Tx;
use hemu_store::bank::file;

use super::file::{ColumnItem, FileRequest};
use crate::{Actor, App, Refusal};

/// What a file was read as.
pub(super) enum Reading {
    Statement(Statement),
    Settlement(SettlementFile),
    /// No table that is known: its headings, so that people can tell what they hold.
    Unknown(Vec<ColumnItem>, Text),
}

pub(super) fn keep_map(
    tx: &mut Tx<'_>,
    app: &App,
    actor: &Actor,
    community: CommunityId,
    map: &StatementMap,
) -> Result<(), Refusal> {
    let kept = kept_map(tx, community)?;
    Ok(file::keep_columns(tx, community, &map.clone().over(kept).pairs(), &actor.name, app.clock.now())?)
}

/// The headings told by hand before; one an older version wrote and this one does not know is left out.
fn kept_map(tx: &mut Tx<'_>, community: CommunityId) -> Result<StatementMap, Refusal> {
    Ok(StatementMap::parse(&file::list_columns(tx, community)?).unwrap_or_default())
}

pub(super) fn read(
    tx: &mut Tx<'_>,
    app: &App,
    community: CommunityId,
    sheets: &[Sheet],
    map: &StatementMap,
    request: &FileRequest,
) -> Result<Reading, Refusal> {
    if let Some(file) = read_settlement(sheets) {
        return Ok(Reading::Settlement(file));
    }
    let map = map.clone().over(kept_map(tx, community)?);
    let options = StatementOptions { map, today: app.today() };
    let statement = match read_statement(sheets, &options) {
        Ok(statement) => statement,
        Err(text) if request.dry_run => return Ok(unknown(sheets, text)),
        Err(text) => {
            let file = &request.file_name;
            return Err(Refusal::invalid("file", format!("{file}：{}", text.zh), format!("{file}: {}", text.en)));
        }
    };
    match request.layout {
        Some(wanted) if wanted != statement.layout => Err(other_bank(wanted, statement.layout)),
        Some(_) | None => Ok(Reading::Statement(statement)),
    }
}

fn unknown(sheets: &[Sheet], text: Text) -> Reading {
    let item = |heading: String| {
        let field = field_of_heading(&heading).map(|(field, _)| field.as_str().to_owned());
        ColumnItem { heading, field }
    };
    Reading::Unknown(list_headings(sheets).into_iter().map(item).collect(), text)
}

fn other_bank(wanted: Layout, found: Layout) -> Refusal {
    let (wanted, found) = (wanted.label(), found.label());
    Refusal::invalid(
        "layout",
        format!("这份流水不是{}的格式（像是{}），请核对文件，或不指定银行", wanted.zh, found.zh),
        format!("this is no statement of {}: it looks like {}; check the file, or name no bank", wanted.en, found.en),
    )
}
