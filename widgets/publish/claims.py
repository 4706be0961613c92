"""Tie the claims of `data/claims.csv` to the passages that teach them, and list both on one page."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from widgets.publish.elements import link, paragraph, table

LOGGER = logging.getLogger(__name__)
LEAST_WORDS = 30


class Claim(NamedTuple):
    """One row of the file: what the paper says, in our words."""

    id: str
    claim: str
    line: str
    chapter: str
    status: str


class TaughtIds(nodes.General, nodes.Element):
    """The ids under a passage that teaches claims; becomes links to the list of claims."""


class ClaimsTable(nodes.General, nodes.Element):
    """The place of the list of claims; filled when every page has been read."""


def read(env: BuildEnvironment) -> dict[str, Claim]:
    """Return the claims of this book by id."""
    with _file(env).open(encoding="utf8", newline="") as file:
        return {row["id"]: Claim(**row) for row in csv.DictReader(file)}


def anchor(id: str) -> str:
    """Return the anchor of the passage that teaches a claim, such as `claim-a6-9`."""
    return f"claim-{nodes.make_id(id.replace('.', '-'))}"


class TeachesClaim(SphinxDirective):
    """`{claim} A6.9 A6.10` around the passage that teaches these claims."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the passage with an anchor a claim."""
        self.env.note_dependency(str(_file(self.env)))
        known = read(self.env)
        ids = self.arguments[0].split()
        passage = nodes.container(classes=["om-claim"])
        self.set_source_info(passage)
        self.state.nested_parse(self.content, self.content_offset, passage)
        words = len(passage.astext().split())
        if words < LEAST_WORDS:
            raise self.error(f"the passage has {words} words; a passage that teaches a claim has {LEAST_WORDS} or more")
        for id in ids:
            if id not in known:
                raise self.error(f"there is no claim '{id}' in {_file(self.env).name}")
            taught = _taught(self.env)
            if id in taught:
                raise self.error(f"claim '{id}' has its passage already in '{taught[id]}'")
            taught[id] = self.env.docname
            passage["ids"].append(anchor(id))
        self.state.document.note_explicit_target(passage)
        passage += TaughtIds(claims=ids)
        return [passage]


class ListClaims(SphinxDirective):
    """`{claims-table}`: every claim, its status, and a link to where it is taught."""

    def run(self) -> list[nodes.Node]:
        """Return the place of the table."""
        self.env.note_dependency(str(_file(self.env)))
        self.env.claims_page = self.env.docname
        return [ClaimsTable()]


def connect(app: Sphinx) -> None:
    """Connect to the build."""
    app.add_node(TaughtIds)
    app.add_node(ClaimsTable)
    app.add_directive("claim", TeachesClaim)
    app.add_directive("claims-table", ListClaims)
    app.connect("env-purge-doc", _purge)
    app.connect("env-updated", _rewrite)
    app.connect("env-check-consistency", _check)
    app.connect("doctree-resolved", _resolve)


def _row(id: str) -> str:
    return anchor(id).replace("claim-", "row-")


def _file(env: BuildEnvironment) -> Path:
    return Path(env.srcdir, "data", "claims.csv")


def _taught(env: BuildEnvironment) -> dict[str, str]:
    if not hasattr(env, "claims_taught"):
        env.claims_taught = {}
    return env.claims_taught


def _purge(_app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    env.claims_taught = {id: page for id, page in _taught(env).items() if page != docname}
    if getattr(env, "claims_page", None) == docname:
        env.claims_page = None


def _rewrite(_app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    # The list and the passages link to one another, so both are written anew when an anchor moved.
    now = (getattr(env, "claims_page", None), dict(_taught(env)))
    if now == getattr(env, "claims_written", None):
        return []
    env.claims_written = now
    return {page for page in (now[0], *now[1].values()) if page}


def _check(_app: Sphinx, env: BuildEnvironment) -> None:
    page = getattr(env, "claims_page", None)
    if not page:
        return
    for claim in read(env).values():
        if claim.status == "taught" and claim.id not in _taught(env):
            LOGGER.error(
                "claim %s is marked 'taught' in data/claims.csv, but no passage stands in {claim} %s",
                claim.id, claim.id, location=page,
            )  # fmt: skip


def _resolve(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    page = getattr(app.env, "claims_page", None)
    for node in list(doctree.findall(TaughtIds)):
        line = paragraph("From the paper: ", classes=["om-claim-ids"])
        for i, id in enumerate(node["claims"]):
            name = f"claim {id}"
            target = f"{app.builder.get_relative_uri(docname, page)}#{_row(id)}" if page else None
            line += [nodes.Text(", " if i else ""), link(target, name) if target else nodes.Text(name)]
        node.replace_self(line)
    for node in list(doctree.findall(ClaimsTable)):
        node.replace_self(_table(app, docname))


def _table(app: Sphinx, docname: str) -> nodes.Node:
    rows = []
    taught = _taught(app.env)
    claims = read(app.env).values()
    for claim in claims:
        where: list[nodes.Node] = [nodes.Text(claim.status)]
        if page := taught.get(claim.id):
            target = f"{app.builder.get_relative_uri(docname, page)}#{anchor(claim.id)}"
            where = [nodes.Text("taught in "), link(target, app.env.titles[page].astext())]
        rows.append([claim.id, claim.claim, where])
    result = table(["Claim", "In our words", "Status"], rows, classes=["om-claims"])
    for row, claim in zip(next(result.findall(nodes.tbody)).children, claims, strict=True):
        row["ids"].append(_row(claim.id))
    return result
