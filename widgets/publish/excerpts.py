"""List the excerpts on a page, from their own files."""

from __future__ import annotations

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from widgets import codebook as codebooks
from widgets import excerpts
from widgets.publish.elements import table


class ListExcerpts(SphinxDirective):
    """`{excerpts-table}`: every excerpt with its setting, size, level, lenses and content label."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        book = codebooks.load()
        paths = list(Path(self.env.srcdir, "data", "excerpts").glob("*.yaml"))
        for path in paths:
            self.env.note_dependency(str(path))
        rows = []
        for excerpt in sorted(map(excerpts.load, paths), key=lambda one: (one.level, one.title)):
            lenses = ", ".join(book.lens(lens).name for lens in excerpt.lenses)
            about = [nodes.Text(f"{excerpt.title} ("), nodes.literal("", excerpt.id), nodes.Text(")")]
            split = sum(any(answer.split for answer in unit.key.values()) for unit in excerpt.units)
            size = f"{len(excerpt.units)} ({split})"
            rows.append(
                [about, excerpts.SETTINGS[excerpt.setting], size, str(excerpt.level), lenses, excerpt.content_label]
            )
        head = ["Excerpt", "Setting", "Units (ambiguous)", "Level", "Lenses", "Content"]
        return [table(head, rows, classes=["om-excerpts"])]


def connect(app: Sphinx) -> None:
    """Connect to the build."""
    app.add_directive("excerpts-table", ListExcerpts)
