from pathlib import Path

import pytest

from widgets import frontend


def test_a_bundle_has_each_module_once_and_no_import_left() -> None:
    text = frontend.bundle("coder")
    assert text.count("// ---- score.js") == 1
    assert text.index("// ---- score.js") < text.index("// ---- coder.js")
    assert text.count("export default") == 1
    assert "\nimport " not in text


def test_an_import_that_would_be_lost_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "a.js").write_text('import b from "./b.js";\nexport default {};\n')
    monkeypatch.setattr(frontend, "HERE", tmp_path)
    with pytest.raises(ValueError, match=r"a\.js"):
        frontend.bundle("a")


def test_data_are_written_into_the_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "theme.json").write_text('{"ink": "#000"}')
    (tmp_path / "js" / "a.js").write_text(
        'import INK from "../theme.json" with { type: "json" };\nexport default INK;\n'
    )
    monkeypatch.setattr(frontend, "HERE", tmp_path)
    assert 'const INK = {"ink":"#000"};' in frontend.bundle("a")
