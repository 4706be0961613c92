"""Build the few docutils elements that generated pages are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from docutils import nodes

Content = str | nodes.Node | Sequence[nodes.Node]


def paragraph(*content: Content, classes: Iterable[str] = ()) -> nodes.paragraph:
    """Return a paragraph of texts and elements."""
    return nodes.paragraph("", "", *_flat(content), classes=list(classes))


def strong(text: str) -> nodes.strong:
    """Return emphasised text."""
    return nodes.strong(text, text)


def link(target: str, text: str) -> nodes.reference:
    """Return a link to an address or to an anchor on this page (`#id`)."""
    place = {"refid": target[1:]} if target.startswith("#") else {"refuri": target}
    return nodes.reference(text, text, internal=True, **place)


def bullets(items: Iterable[Content], classes: Iterable[str] = ()) -> nodes.bullet_list:
    """Return a bullet list of one-paragraph items."""
    return nodes.bullet_list("", *(nodes.list_item("", paragraph(item)) for item in items), classes=list(classes))


def section(id: str, title: str, *content: nodes.Node) -> nodes.section:
    """Return a section with a stable id, so that it can be linked to."""
    return nodes.section("", nodes.title(title, title), *content, ids=[id], names=[nodes.fully_normalize_name(id)])


def definitions(entries: Iterable[tuple[str, Content]], classes: Iterable[str] = ()) -> nodes.definition_list:
    """Return a definition list."""
    items = (
        nodes.definition_list_item("", nodes.term(term, term), nodes.definition("", paragraph(content)))
        for term, content in entries
    )
    return nodes.definition_list("", *items, classes=list(classes))


def table(head: Sequence[str], rows: Iterable[Sequence[Content]], classes: Iterable[str] = ()) -> nodes.table:
    """Return a table with a header row."""
    columns = [nodes.colspec(colwidth=1) for _ in head]
    body = nodes.tbody("", *(_row(row) for row in rows))
    group = nodes.tgroup("", *columns, nodes.thead("", _row(head)), body, cols=len(head))
    return nodes.table("", group, classes=list(classes))


def _row(cells: Sequence[Content]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", paragraph(cell)) for cell in cells))


def _flat(content: Iterable[Content]) -> Iterable[nodes.Node]:
    for item in content:
        if isinstance(item, str):
            yield nodes.Text(item)
        elif isinstance(item, nodes.Node):
            yield item
        else:
            yield from item
