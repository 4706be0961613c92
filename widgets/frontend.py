"""Join the small ES modules of `widgets/js` into the single module that anywidget hands to a page."""

from __future__ import annotations

import json
import re
from pathlib import Path

HERE = Path(__file__).parent
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./(?P<module>[a-z-]+)\.js";\n', re.MULTILINE)
_DATA = re.compile(r'^import (?P<name>\w+) from "\.\./(?P<file>[a-z]+\.json)" with \{ type: "json" \};\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(async |function|const|class|let))", re.MULTILINE)


def bundle(name: str) -> str:
    """Return the widget module `js/<name>.js` with everything it imports, as one module.

    A module that JupyterLab loads from a blob, or a page from disk, cannot import a relative one. The parts stay
    plain modules that tests import one by one; joining them only removes their import and export lines, so their
    top-level names must differ.

    Raises ValueError when an import or export is written in a form that this does not understand.
    """
    parts: dict[str, str] = {}
    _collect(name, parts)
    return "\n".join(parts.values())


def classic(name: str) -> str:
    """Return `js/<name>.js` with everything it imports as a classic script, whose names stay its own."""
    return f"(() => {{\n{bundle(name)}}})();\n"


def style(name: str) -> str:
    """Return the style sheet `css/<name>.css`."""
    return (HERE / "css" / f"{name}.css").read_text(encoding="utf8")


def _collect(name: str, parts: dict[str, str]) -> None:
    if name in parts:
        return
    text = (HERE / "js" / f"{name}.js").read_text(encoding="utf8")
    for match in _IMPORT.finditer(text):
        _collect(match["module"], parts)
    text = _DATA.sub(_inline, _IMPORT.sub("", text))
    text = _EXPORT.sub("", text)
    for line in text.splitlines():
        if line.startswith("import ") or (line.startswith("export ") and not line.startswith("export default ")):
            raise ValueError(f"{name}.js: write this import or export as the other modules do: {line}")
    parts[name] = f"// ---- {name}.js\n{text}"


def _inline(match: re.Match[str]) -> str:
    data = json.loads((HERE / match["file"]).read_text(encoding="utf8"))
    return f"const {match['name']} = {json.dumps(data, separators=(',', ':'))};\n"
