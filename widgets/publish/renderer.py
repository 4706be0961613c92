"""Render anywidgets and Plotly figures of a notebook as HTML that lives without a kernel."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from docutils import nodes
from myst_nb.core.render import WIDGET_STATE_MIMETYPE, MimeData, NbElementRenderer

from widgets.publish import assets

PLOTLY_MIME = "application/vnd.plotly.v1+json"
_NOT_STATE = ("_esm", "_css", "layout", "tabbable", "tooltip")


class StaticRenderer(NbElementRenderer):
    """Writes what `static.js` needs into the page: a widget's state, a figure's JSON and its text twins.

    MyST-NB finds it by the entry point `widgets_static` and the setting `nb_render_plugin`.
    """

    def render_widget_view(self, data: MimeData) -> list[nodes.Element]:
        """Render the mount point of a widget with its stored state; a missing state is a warning."""
        models = self._models(self.renderer.nb_client.nb_metadata)
        model = models.get(data.content["model_id"])
        if model is None:
            return self._warn("no state is stored for this widget: run the notebook again", data)
        if model["model_module"] != "anywidget":
            return self._warn(f"{model['model_name']} needs a kernel; only anywidgets work on a page", data)
        state = model["state"]
        env = self.renderer.sphinx_env
        if state.get("_css"):
            assets.keep(env, state["_css"], ".css")
        content = {
            # Not the kernel's random id: the same notebook gives the same page.
            "id": list(models).index(data.content["model_id"]),
            "js": assets.keep(env, state["_esm"], ".js"),
            "state": {k: v for k, v in state.items() if k not in _NOT_STATE and not k.startswith(("_model", "_view"))},
            "buffers": model.get("buffers", []),
        }
        return self._box(
            f'<div class="om-mount" aria-busy="true">{script_json(content)}'
            "<noscript><p>This exercise needs JavaScript, which is switched off here.</p></noscript>"
            "</div>"
        )

    def render_text_html(self, data: MimeData) -> list[nodes.Element]:
        """Render HTML; the corner of a pandas table, which heads nothing, is no header for a screen reader either."""
        data.content = data.content.replace("<th></th>", "<td></td>")
        return super().render_text_html(data)

    def render_unhandled(self, data: MimeData) -> list[nodes.Element]:
        """Render a Plotly figure; leave every other unknown type to MyST-NB's warning."""
        if data.mime_type != PLOTLY_MIME:
            return super().render_unhandled(data)
        return self._box(figure_html(data.content))

    def render_nb_finalise(self, metadata: dict[str, Any]) -> None:
        """Add nothing: MyST-NB would load require.js and html-manager from a CDN here."""

    def _models(self, metadata: dict[str, Any]) -> dict[str, Any]:
        return metadata.get("widgets", {}).get(WIDGET_STATE_MIMETYPE, {}).get("state", {})

    def _warn(self, message: str, data: MimeData) -> list[nodes.Element]:
        self.logger.warning(message, subtype="widget", line=data.line)
        return []

    def _box(self, html: str) -> list[nodes.Element]:
        self.add_js_file("static", assets.SCRIPT, {"defer": "defer"})
        return [nodes.raw(text=html, format="html")]


def script_json(value: Any) -> str:
    """Return a script element that holds a value as JSON; no text in it can end the element."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/json">{text}</script>'


def figure_html(figure: dict[str, Any]) -> str:
    """Return a Plotly figure as HTML: the plot with its text alternative, the caption, and the numbers as a table.

    The texts are taken from `layout.meta` (see `widgets.figures.finish`); the caption replaces Plotly's own title,
    which does not wrap. All three are readable without JavaScript.
    """
    layout = dict(figure.get("layout") or {})
    meta = layout.pop("meta", None) or {}
    title = layout.pop("title", None) or {}
    height = int(layout.get("height") or 450)
    caption = meta.get("caption") or title.get("text", "")
    content = {"data": figure["data"], "layout": layout, "frames": figure.get("frames") or []}
    parts = [
        f"<figcaption>{escape(caption)}</figcaption>" if caption else "",
        f'<div class="om-plot" role="img" aria-label="{escape(meta.get("alt") or caption or "Figure")}"'
        f' style="min-height:{height}px"></div>',
        script_json(content),
        "<noscript><p>The drawing needs JavaScript, which is switched off here.</p></noscript>",
        _table(caption, meta["table"]) if "table" in meta else "",
    ]
    label = f' aria-label="{escape(caption)}"' if caption else ""
    return f'<figure class="om-figure om-plotly" role="group"{label}>{"".join(parts)}</figure>'


def _table(caption: str, table: dict[str, list[Any]]) -> str:
    head = "".join(f'<th scope="col">{escape(str(column))}</th>' for column in table["columns"])
    rows = "".join(f"<tr>{''.join(f'<td>{_cell(value)}</td>' for value in row)}</tr>" for row in table["rows"])
    return (
        "<details><summary>The same as a table</summary>"
        f'<div class="om-scroll" tabindex="0" role="region" aria-label="{escape(caption)} As a table.">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></details>"
    )


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return escape(f"{value:.6g}" if isinstance(value, float) else str(value))
