"""Put a widget on a bare page with a model of its own, to test it with excerpts that the book does not have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from widgets import frontend
from widgets.coder import TranscriptCoder

TEA = """\
id: tea
title: Tea
setting: therapist-client
level: 1
content_label: None needed.
summary: Two people and a kettle.
source: fictional
author: A. Nonym
licence: CC BY 4.0
key_status: provisional
key_version: 1
lenses: [components]
speakers:
  - {id: t, name: Tara, role: adult, is: therapist}
  - {id: c, name: Cy, role: client, is: client}
units:
  - id: u1
    speaker: t
    text: "Wait. What was in the cup?"
    key:
      component:
        value: AF-r
        reason: It asks what was there.
        why_not: {FO: "More than attention is asked for."}
        split: {AF-r: 0.7, FO: 0.3}
  - id: u2
    speaker: c
    text: Tea.
"""
"""A small excerpt with one ambiguous unit, as its file holds it."""

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Coder</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="coder.css">
<main><h1>Coder</h1><div id="here"></div></main>
<script type="module">
import widget from "./coder.js";
const state = await (await fetch("state.json")).json();
const listeners = [];
const model = {
  get: (name) => state[name],
  set: (name, value) => {
    const changes = typeof name === "object" ? name : { [name]: value };
    Object.assign(state, changes);
    for (const [on, f] of [...listeners]) if (on.slice("change:".length) in changes) f();
  },
  save_changes() {}, send() {},
  on: (name, f) => listeners.push([name, f]),
  off: (name, f) => listeners.splice(0, listeners.length, ...listeners.filter(([n, g]) => n !== name || g !== f)),
};
globalThis.model = model;
const el = document.getElementById("here");
const start = performance.now();
await widget.render({ model, el, signal: new AbortController().signal });
globalThis.mounted = performance.now() - start;
</script></html>"""


def state_of(coder: TranscriptCoder) -> dict[str, Any]:
    """Return the traits that the front end reads."""
    names = ("excerpt", "lens", "key", "mode", "codes", "seen", "coder", "round", "published", "repository")
    return {name: getattr(coder, name) for name in names}


def many_units(folder: Path, n: int, texts: tuple[str, ...] = ("Look there.", "Where?")) -> TranscriptCoder:
    """Return a coder for an excerpt of n units in which adult and client take turns."""
    head = TEA[: TEA.index("  - id: u1")].replace("id: tea", "id: many").replace("title: Tea", "title: Many")
    codes = ["FO", "AF-p", "AF-r", "EX-p", "RW-e", "RG", "none"]
    units = []
    for i in range(n):
        unit = f"  - id: u{i}\n    speaker: {'tc'[i % 2]}\n    text: {json.dumps(texts[i % len(texts)])}\n"
        if i % 2 == 0:
            unit += f"    key:\n      component: {{value: {codes[i // 2 % 7]}, reason: It says so in the unit.}}\n"
        units.append(unit)
    path = folder / "many.yaml"
    path.write_text(head + "".join(units), encoding="utf8")
    return TranscriptCoder(path)


def write_page(folder: Path, coder: TranscriptCoder) -> Path:
    """Write the page, the joined module and the state into a folder; return the folder."""
    (folder / "index.html").write_text(PAGE, encoding="utf8")
    (folder / "coder.js").write_text(frontend.bundle("coder"), encoding="utf8")
    (folder / "coder.css").write_text(frontend.style("coder"), encoding="utf8")
    (folder / "state.json").write_text(json.dumps(state_of(coder)), encoding="utf8")
    return folder
