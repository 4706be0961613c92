"""Print references as far as they can be stood behind: the fields `verified` and `identification` decide.

- `verified = {seen}`: in full. `{memory}`: in full, with a note. `{uncertain}`: only as the paper cites it.
- `identification = {open}`: only as the paper cites it. `{probable}`: in full, with a note.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import pybtex.plugin
import sphinxcontrib.bibtex.plugin
from docutils import nodes
from pybtex.database import Entry
from pybtex.richtext import Tag, Text
from pybtex.style import FormattedEntry
from pybtex.style.formatting.unsrt import Style as Unsrt
from pybtex.style.labels import BaseLabelStyle
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator
from sphinxcontrib.bibtex.style.referencing import BracketStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle

LOGGER = logging.getLogger(__name__)
VERIFIED = ("seen", "memory", "uncertain")
IDENTIFICATION = ("certain", "probable", "open")
AS_CITED = "As cited in Taubner and Sharp (2024)."
UNCHECKED = "(Details not yet checked against the source.)"
PROBABLE = "(Probably the work that Taubner and Sharp, 2024, cite.)"


class Labels(BaseLabelStyle):
    """Author and year, as in the text."""

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
        if verified == "uncertain" or identification == "open":
            text = Text(f"{_authors(entry)} ({entry.fields['year']}). ")
            if identification == "certain" and "journal" in entry.fields:
                text += Text(Tag("em", Text.from_latex(entry.fields["journal"])), ". ")
            return FormattedEntry(entry.key, text + AS_CITED, label)
        formatted = super().format_entry(label, entry, bib_data)
        if verified == "memory":
            formatted.text += f" {UNCHECKED}"
        if identification == "probable":
            formatted.text += f" {PROBABLE}"
        return formatted


class AuthorYear(AuthorYearReferenceStyle):
    """Cites in the text as (Author, year), in round brackets."""

    def __init__(self) -> None:
        round_brackets = BracketStyle(left="(", right=")")
        super().__init__(
            bracket_textual=round_brackets, bracket_parenthetical=round_brackets, bracket_year=round_brackets
        )


def connect(app: Sphinx) -> None:
    """Offer `honest` to the settings `bibtex_default_style` and `bibtex_reference_style`."""
    pybtex.plugin.register_plugin("pybtex.style.formatting", "honest", Style)
    sphinxcontrib.bibtex.plugin.register_plugin("sphinxcontrib.bibtex.style.referencing", "honest", AuthorYear)
    app.connect("builder-inited", _prepare, priority=900)
    app.add_node(nodes.citation, override=True, html=(_visit_entry, HTML5Translator.depart_citation))


def _visit_entry(self: HTML5Translator, node: nodes.citation) -> None:
    # As docutils does it, with roles that browsers know: its own are deprecated and do not fit one another.
    if not isinstance(node.previous_sibling(), nodes.citation):
        self.body.append('<div role="list" class="citation-list">\n')
    self.body.append(self.starttag(node, "div", classes=["citation"], role="listitem"))


def _prepare(app: Sphinx) -> None:
    """Check the two fields, and tell apart works of the same authors and year: 2013a, 2013b."""
    alike: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for key, entry in app.env.get_domain("cite").bibdata.data.entries.items():
        if entry.fields.get("verified") not in VERIFIED:
            LOGGER.warning("reference '%s': 'verified' must be one of %s", key, ", ".join(VERIFIED))
        if entry.fields.get("identification", "certain") not in IDENTIFICATION:
            LOGGER.warning("reference '%s': 'identification' must be one of %s", key, ", ".join(IDENTIFICATION))
        alike[_authors(entry), entry.fields["year"][:4]].append(entry)
    for (_, year), entries in alike.items():
        entries.sort(key=lambda entry: entry.fields["title"].lower())
        for i, entry in enumerate(entries):
            entry.fields["year"] = year + (chr(ord("a") + i) if len(entries) > 1 else "")


def _authors(entry: Entry) -> str:
    people = entry.persons.get("author") or entry.persons.get("editor") or []
    names = [str(Text.from_latex(" ".join((*person.prelast_names, *person.last_names)))) for person in people]
    if not names:
        return entry.key
    return f"{names[0]} et al." if len(names) > 2 or names[-1] == "others" else " and ".join(names)
