"""Generate the codebook's pages from `data/codebook.yaml`, so that every definition has one home."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from widgets.codebook import NONE, Code, Codebook, Pair, load
from widgets.publish.elements import bullets, definitions, paragraph, section, strong

SETTINGS = {"therapy": "Therapist and client", "care": "Caregiver and child"}
BASIS = {"paper": "From the paper", "source": "From another source", "ours": "Ours"}


def code_anchor(id: str) -> str:
    """Return the anchor of a code, such as `code-af-r`; `V+` gives `code-v-plus`."""
    return _anchor(f"code-{id}")


def pair_anchor(pair: Pair) -> str:
    """Return the anchor of a pair of codes, such as `pair-fo-af-r`."""
    return _anchor("pair-" + "-".join(pair.codes))


def _anchor(text: str) -> str:
    signs = {"+": "-plus", "=": "-same"}
    text = re.sub(r"[+=]", lambda match: signs[match[0]], text)
    return nodes.make_id(re.sub(r"-$", "-minus", text))


class CodebookDirective(SphinxDirective):
    """What the directives share: the codebook of this book, and links into it."""

    def load(self) -> Codebook:
        """Load the codebook and make this page depend on its file."""
        path = Path(self.env.srcdir, "data", "codebook.yaml")
        self.env.note_dependency(str(path))
        return load(path)

    def code_link(self, id: str) -> nodes.Node:
        """Return a link to a code by its id, from any page; `none` is plain text."""
        if id == NONE:
            return nodes.Text("no code")
        reference = pending_xref(
            "", nodes.inline("", id), refdomain="std", reftype="ref", reftarget=code_anchor(id), refexplicit=True,
            refwarn=True, refdoc=self.env.docname,
        )  # fmt: skip
        self.set_source_info(reference)
        return reference

    def section(self, id: str, title: str, *content: nodes.Node) -> nodes.section:
        """Return a section that other pages can link to by its id."""
        result = section(id, title, *content)
        self.set_source_info(result)
        self.state.document.note_explicit_target(result)
        return result

    def cite(self, key: str) -> list[nodes.Node]:
        """Return the citation of a work in the list of references."""
        content, messages = self.parse_inline(f"{{cite:t}}`{key}`")
        return [*content, *messages]


class About(CodebookDirective):
    """`{codebook-about}`: what the codebook is called, what it is for, and what it is not."""

    def run(self) -> list[nodes.Node]:
        """Return the statement and the list of what the codebook is not."""
        book = self.load()
        name = f"{book.name}, {book.title}"
        return [
            paragraph("It is called ", strong(name), f" (version {book.version})."),
            paragraph(strong(book.statement), classes=["om-statement"]),
            definitions((item.name, item.about) for item in book.not_),
        ]


class Rules(CodebookDirective):
    """`{codebook-rules}`: the general rules of coding, numbered."""

    def run(self) -> list[nodes.Node]:
        """Return the rules as a list."""
        items = (nodes.list_item("", paragraph(strong(f"{rule.name}."), " ", rule.rule)) for rule in self.load().rules)
        return [nodes.enumerated_list("", *items, enumtype="arabic", prefix="", suffix=".")]


class Lenses(CodebookDirective):
    """`{codebook-lenses}`: the lenses with their codes."""

    def run(self) -> list[nodes.Node]:
        """Return a definition list of the lenses."""
        book = self.load()
        items = []
        for lens in book.lenses:
            columns = []
            for column, ids in lens.columns.items():
                columns.append([f"{book.column(column).name}: ", *_joined(map(self.code_link, ids))])
            items.append(
                nodes.definition_list_item(
                    "",
                    nodes.term("", lens.name),
                    nodes.definition("", paragraph(lens.about), *(_line(column) for column in columns)),
                )
            )
        return [nodes.definition_list("", *items, classes=["om-lenses"])]


class FamilyOfCodes(CodebookDirective):
    """`{codebook-family} mediation`: what the family is, and a section for each of its codes."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return a paragraph and the sections."""
        book = self.load()
        families = {family.id: family for family in book.families}
        if self.arguments[0] not in families:
            raise self.error(f"there is no family '{self.arguments[0]}'; the families are {', '.join(families)}")
        family = families[self.arguments[0]]
        codes = [code for code in book.codes if code.family == family.id]
        return [paragraph(family.about), *(self._code(code, book) for code in codes)]

    def _code(self, code: Code, book: Codebook) -> nodes.section:
        entries: list[tuple[str, list[nodes.Node]]] = [
            ("Count", [bullets(code.count)]),
            ("Do not count", [bullets(code.do_not_count)]),
        ]
        for setting, name in SETTINGS.items():
            entries.append((f"Examples: {name.lower()}", [bullets(map(_quoted, getattr(code.examples, setting)))]))
        entries.append(("Near misses", [self._near_misses(code)]))
        if confused := list(zip(book.confused_with(code.id), _pairs_of(code, book), strict=True)):
            entries.append(("Easily confused with", [bullets(self._confused(o, q, p) for (o, q), p in confused)]))
        if code.aspects:
            entries.append(("Noted beside it, not coded", [bullets([strong(f"{a.name}."), nodes.Text(f" {a.about}")]
                                                                   for a in code.aspects)]))  # fmt: skip
        if code.feeds:
            entries.append(("Feeds", [paragraph(f"{code.feeds[0].upper()}{code.feeds[1:]}.")]))
        entries.append(("Basis", [self._basis(code)]))
        items = (
            nodes.definition_list_item("", nodes.term(name, name), nodes.definition("", *content))
            for name, content in entries
        )
        return self.section(
            code_anchor(code.id),
            f"{code.name} ({code.id})",
            self._facts(code, book),
            paragraph(code.definition),
            nodes.definition_list("", *items, classes=["om-code"]),
        )

    def _facts(self, code: Code, book: Codebook) -> nodes.paragraph:
        column = book.column(code.column)
        shade = book.palette[code.colour]
        swatch = f'<span class="om-swatch" style="--om-light:{shade.light};--om-dark:{shade.dark}"></span>'
        facts: list[nodes.Node] = [
            nodes.raw(text=swatch, format="html"),
            nodes.Text(f"{column.name}, asked of {book.roles[column.role]}. Shortcut: "),
            nodes.raw(text=f"<kbd>{escape(code.shortcut)}</kbd>", format="html"),
            nodes.Text("."),
        ]
        if code.parent:
            facts += [nodes.Text(" Part of "), self.code_link(code.parent), nodes.Text(".")]
        if code.ours:
            facts += [nodes.Text(" "), strong("This code is ours.")]
        return paragraph(facts, classes=["om-code-facts"])

    def _near_misses(self, code: Code) -> nodes.bullet_list:
        return bullets(
            [_quoted(miss.text), nodes.Text(" → "), self.code_link(miss.instead), nodes.Text(f". {miss.why}")]
            for miss in code.near_misses
        )

    def _confused(self, other: str, question: str, pair: Pair) -> list[nodes.Node]:
        target = pair_anchor(pair)
        more = pending_xref(
            "", nodes.inline("", "An example pair"), refdomain="std", reftype="ref", reftarget=target,
            refexplicit=True, refwarn=True, refdoc=self.env.docname,
        )  # fmt: skip
        return [self.code_link(other), nodes.Text(f": {question} "), more, nodes.Text(".")]

    def _basis(self, code: Code) -> nodes.bullet_list:
        items = []
        for source in code.sources:
            where = [nodes.Text(f"{BASIS[source.mark]}: ")]
            if source.cite:
                where = [*self.cite(source.cite), nodes.Text(": ")]
            items.append([*where, nodes.Text(source.about), nodes.Text(".")])
        return bullets(items)


class Pairs(CodebookDirective):
    """`{codebook-pairs}`: the pairs of codes that are easily confused, each with its question."""

    def run(self) -> list[nodes.Node]:
        """Return a section for each pair."""
        book = self.load()
        return [
            self.section(
                pair_anchor(pair),
                " or ".join(f"{book.code(id).name} ({id})" for id in pair.codes) + "?",
                paragraph(strong(pair.question)),
                bullets(
                    [_quoted(text), nodes.Text(" → "), self.code_link(id)]
                    for id, text in zip(pair.codes, pair.minimal, strict=True)
                ),
            )
            for pair in book.pairs
        ]


def connect(app: Sphinx) -> None:
    """Add the directives."""
    for name, directive in (("about", About), ("rules", Rules), ("lenses", Lenses), ("family", FamilyOfCodes),
                            ("pairs", Pairs)):  # fmt: skip
        app.add_directive(f"codebook-{name}", directive)


def _pairs_of(code: Code, book: Codebook) -> list[Pair]:
    names = {code.id, code.parent}
    return [pair for pair in book.pairs for id in pair.codes if id in names]


def _quoted(text: str) -> nodes.Node:
    return nodes.inline(text, f"“{text}”")


def _line(content: Iterable[str | nodes.Node]) -> nodes.paragraph:
    return paragraph(*content)


def _joined(items: Iterable[nodes.Node]) -> Iterable[nodes.Node]:
    for i, item in enumerate(items):
        if i:
            yield nodes.Text(", ")
        yield item
