"""Write codes and worked excerpts as text for a page, from the data: no definition or key is typed twice."""

from __future__ import annotations

from IPython.display import Markdown

from widgets import codebook as codebooks
from widgets import excerpts
from widgets.codebook import NONE


def examples(lens: str, column: str) -> Markdown:
    """Return each code of a lens's column with an example in both settings and what looks like it."""
    book = codebooks.load()
    lines = []
    for code in (book.code(id) for id in book.lens(lens).columns[column]):
        miss = code.near_misses[0]
        lines += [
            f"- **{code.name}**",
            f"  - In therapy: “{code.examples.therapy[0]}”",
            f"  - In care: “{code.examples.care[0]}”",
            f"  - Looks like it: “{miss.text}” {miss.why}",
        ]
    return Markdown("\n".join(lines))


def worked(excerpt: str, lens: str, units: int) -> Markdown:
    """Return the first units of an excerpt as a conversation, with the key and its reason under each keyed unit."""
    book = codebooks.load()
    text = excerpts.load(excerpt)
    key = excerpts.key_in_lens(text, book.lens(lens), book)
    lines = []
    for unit in text.units[:units]:
        lines.append(f"**{text.speaker(unit).name}:** {unit.text}\n")
        for column, answer in key.get(unit.id, {}).items():
            value = str(answer["value"])
            name = book.column(column).none if value == NONE else book.code(value).name
            lines.append(f"> **{name}.** {answer['reason']}\n")
    return Markdown("\n".join(lines))
