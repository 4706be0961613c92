"""Say on each page when it was reviewed, what it is about, and where the offline copy is."""

from __future__ import annotations

import re
from datetime import date
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from widgets.publish import archive

LONGEST = 160


class Reviewed(SphinxDirective):
    """`{reviewed} 2026-11-23`: when somebody last read this page with care."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the date as a sentence."""
        try:
            day = date.fromisoformat(self.arguments[0])
        except ValueError:
            raise self.error(f"'{self.arguments[0]}' is not a date; write it as 2026-11-23") from None
        words = f"{day.day} {day:%B %Y}"
        return [_html(f'<p class="om-reviewed">Last reviewed on <time datetime="{day}">{words}</time>.</p>')]


class OfflineCopy(SphinxDirective):
    """`{offline-copy}`: a link to the zip of the whole site."""

    def run(self) -> list[nodes.Node]:
        """Return the link; the copy itself says that it is one instead."""
        up = "../" * self.env.docname.count("/")
        return [_html(archive.offer(up))]


def connect(app: Sphinx) -> None:
    """Connect to the build."""
    app.add_directive("reviewed", Reviewed)
    app.add_directive("offline-copy", OfflineCopy)
    app.connect("html-page-context", _describe)


def _describe(app: Sphinx, page: str, _template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    tags = context.get("metatags") or ""
    if 'name="description"' not in tags:  # a page can give its own, with html_meta in its front matter
        text = _shortened(_first_paragraph(doctree)) or f"{page.capitalize()} page of {app.config.html_title}"
        context["metatags"] = f'{tags}\n<meta name="description" content="{escape(text)}" />'


def _first_paragraph(doctree: nodes.document | None) -> str:
    if doctree is None:
        return ""
    for node in doctree.findall(nodes.paragraph):
        if isinstance(node.parent, nodes.section | nodes.document | nodes.container) and len(node.astext()) > 40:
            return re.sub(r"\s+", " ", node.astext()).strip()
    return ""


def _shortened(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return text[: text.rindex(" ", 0, LONGEST)].rstrip(",;:") + " …"


def _html(text: str) -> nodes.raw:
    return nodes.raw(text=text, format="html")
