//! Why a case is where it is: the tree of rules behind its last decision, folded where nothing stopped it.

use askama::Template;
use hemu_domain::collection::decision::TraceLine;

use crate::ui::Ui;

/// One level of the tree; those below it are drawn by the same template.
#[derive(Template)]
#[template(path = "trace.html")]
struct Level<'a> {
    ui: &'a Ui,
    lines: &'a [TraceLine],
}

/// The tree as nested lists.
pub(super) fn tree(ui: &Ui, lines: &[TraceLine]) -> String {
    // Nothing in the template can fail but the allocator.
    Level { ui, lines }.render().unwrap_or_default()
}

impl Level<'_> {
    fn below(&self, line: &TraceLine) -> String {
        tree(self.ui, &line.under)
    }

    /// What stopped the case is unfolded, and which steps there are; the rest is a click away.
    fn is_open(&self, line: &TraceLine) -> bool {
        line.rule == "due_step" || (!line.passed && line.rule != "stage")
    }
}
