"""Print references as far as they can be stood behind: the fields `verified` and `identification` decide.

- `verified = {seen}`: in full. `{memory}`: in full, with a note. `{uncertain}`: only as the paper cites it.
- `identification = {open}`: only as the paper cites it. `{probable}`: in full, with a note.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pybtex.plugin
from pybtex.database import Entry
from pybtex.richtext import Tag, Text
from pybtex.style import FormattedEntry
from pybtex.style.formatting.unsrt import Style as Unsrt
from pybtex.style.labels import BaseLabelStyle
from pybtex.style.template import toplevel
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle

LOGGER = logging.getLogger(__name__)
VERIFIED = ("seen", "memory", "uncertain")
IDENTIFICATION = ("certain", "probable", "open")
AS_CITED = "As cited in Taubner and Sharp (2024)."
UNCHECKED = "(Details not yet checked against the source.)"
PROBABLE = "(Probably the work that Taubner and Sharp, 2024, cite.)"


class Labels(BaseLabelStyle):
    """Author and year, as in the text; never printed in the list itself, but the anchor of a citation."""

    def format_labels(self, entries: list[Entry]) -> Iterable[str]:
        """Yield a label for each entry."""
        return (f"{_authors(entry)}, {entry.fields['year']}" for entry in entries)


class Style(Unsrt):
    """Formats an entry in full, with a note, or as cited in the paper."""

    default_label_style = Labels
    default_sorting_style = "author_year_title"

    def format_entry(self, label: str, entry: Entry, bib_data: Any = None) -> FormattedEntry:
        """Return the entry as far as its fields allow."""
        verified = entry.fields.get("verified", "uncertain")
        identification = entry.fields.get("identification", "certain")
        if verified not in VERIFIED or identification not in IDENTIFICATION:
            LOGGER.warning("reference '%s': verified must be one of %s, identification one of %s",
                           entry.key, VERIFIED, IDENTIFICATION)  # fmt: skip
        if verified == "uncertain" or identification == "open":
            text = Text(f"{_authors(entry)} ({entry.fields['year']}). ")
            if identification == "certain" and "journal" in entry.fields:
                text += Text(Tag("em", entry.rich_fields["journal"]), ". ")
            return FormattedEntry(entry.key, text + AS_CITED, label)
        formatted = super().format_entry(label, entry, bib_data)
        notes = [note for is_so, note in ((verified == "memory", UNCHECKED), (identification == "probable", PROBABLE))
                 if is_so]  # fmt: skip
        formatted.text = Text(formatted.text, *(f" {note}" for note in notes))
        return formatted


def connect(_app: Sphinx) -> None:
    """Offer the style `honest` to the setting `bibtex_default_style`."""
    pybtex.plugin.register_plugin("pybtex.style.formatting", "honest", Style)


def _authors(entry: Entry) -> str:
    people = entry.persons.get("author") or entry.persons.get("editor") or []
    names = [str(Text.from_latex(" ".join((*person.prelast_names, *person.last_names)))) for person in people]
    if not names:
        return entry.key
    if len(names) > 2:
        return f"{names[0]} et al."
    return " and ".join(names)
