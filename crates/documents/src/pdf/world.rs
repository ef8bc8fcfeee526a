//! Our own typst world: one source, the embedded fonts, the data as an input. No clock, no network, no files of the machine.

use chrono::{Datelike, NaiveDate};
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Dict, Duration, Smart, Value};
use typst::syntax::{FileId, Source};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, Timestamp};

use crate::fonts::fonts;

struct DocumentWorld {
    definitions: LazyHash<Library>,
    source: Source,
    dated: NaiveDate,
}

impl World for DocumentWorld {
    fn library(&self) -> &LazyHash<Library> {
        &self.definitions
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &fonts().book
    }

    fn main(&self) -> FileId {
        self.source.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.source.id() { Ok(self.source.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, _: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        fonts().fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        date(self.dated)
    }
}

fn date(day: NaiveDate) -> Option<Datetime> {
    let part = |number: u32| u8::try_from(number).ok();
    Datetime::from_ymd_hms(day.year(), part(day.month())?, part(day.day())?, 0, 0, 0)
}

/// Compiles a template with its data to a PDF.
pub(super) fn compile(template: &str, data: &str, dated: NaiveDate) -> Result<Vec<u8>, String> {
    let mut inputs = Dict::new();
    inputs.insert("data".into(), Value::Str(data.into()));
    let world = DocumentWorld {
        definitions: LazyHash::new(Library::builder().with_inputs(inputs).build()),
        source: Source::detached(template),
        dated,
    };
    let message = |errors: &[typst::diag::SourceDiagnostic]| {
        errors.iter().map(|error| error.message.to_string()).collect::<Vec<_>>().join("; ")
    };
    let document: PagedDocument = typst::compile(&world).output.map_err(|errors| message(&errors))?;
    let options = PdfOptions {
        ident: Smart::Custom("hemu".to_owned()),
        timestamp: date(dated).map(Timestamp::new_utc),
        ..PdfOptions::default()
    };
    let pdf = typst_pdf::pdf(&document, &options).map_err(|errors| message(&errors))?;
    comemo::evict(0);
    Ok(pdf)
}
