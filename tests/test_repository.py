"""What must hold for the files of the repository themselves."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

TRACKED = [
    ROOT / name
    for name in subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.splitlines()
]
NOTEBOOKS = [path for path in TRACKED if path.suffix == ".ipynb"]
FLOORS = {
    "documents": 0, "frontend": 0, "codebook": 1, "excerpts": 2, "codings": 2, "agreement": 2, "figures": 3,
    "sequences": 3, "diagnosis": 3, "exchange": 3, "practice": 3, "drills": 3, "rehearsal": 4, "evidence": 4,
    "reading": 4, "coder": 4, "tree": 4, "questions": 5, "policy": 1, "library": 5, "ladder": 6, "publish": 7,
}  # fmt: skip


def pinned(name: str) -> dict[str, str]:
    """Return package -> version of a requirements file."""
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))


PERMISSIVE = re.compile(
    r"\b(MIT|BSD|Apache|MPL|Mozilla|PSF|Python Software|ISC|HPND|Zope|Public Domain|Unlicense)\b"
    r"|Redistribution and use in source and binary forms|Permission is hereby granted, free of charge"
)
# Packages whose metadata name no licence, with the one that their source carries.
LICENCE_ELSEWHERE = {"pympi-ling": "MIT"}


def test_what_the_book_runs_on_is_permissively_licensed() -> None:
    for name in pinned("requirements.txt"):
        try:
            meta = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # for another platform
        named = [meta.get("License-Expression") or meta.get("License") or "", *meta.get_all("Classifier", [])]
        text = " ".join([*named, LICENCE_ELSEWHERE.get(name, "")])[:4000]
        free = PERMISSIVE.search(text)
        assert free, f"{name} names no permissive licence: {text[:200]}"


def test_gpl_oracles_stay_out_of_what_readers_install() -> None:
    assert "krippendorff" not in pinned("requirements.txt")
    assert "krippendorff" in pinned("requirements-test.txt")


def test_everything_is_pinned() -> None:
    for name in ("requirements.txt", "requirements-test.txt"):
        for line in (ROOT / name).read_text().splitlines():
            assert not line or line.startswith(("#", "-e .", "-r requirements.txt")) or "==" in line, f"{name}: {line}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_committed_run_small_and_readable(path: Path) -> None:
    notebook = json.loads(path.read_text(encoding="utf8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert path.stat().st_size < 300_000
    assert "widgets" not in notebook["metadata"], "store it without widget state: make notebooks"
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1)), (
        "run it in order: make notebooks"
    )
    lines = sorted(len("".join(cell["source"]).splitlines()) for cell in cells)
    assert len(cells) <= 15
    assert lines[-1] <= 20
    assert lines[len(lines) // 2] <= 4


def test_each_floor_of_the_package_imports_only_those_below() -> None:
    for path in (ROOT / "widgets").glob("*.py"):
        if path.stem == "__init__":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
            names = []
            if isinstance(node, ast.ImportFrom) and node.module == "widgets":
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("widgets."):
                names = [(node.module or "").split(".")[1]]
            for name in names:
                assert FLOORS[name] < FLOORS[path.stem], f"{path.name} imports {name}"


def test_no_machine_and_no_registry_is_named() -> None:
    for path in TRACKED:
        if path.suffix in (".png", ".svg") or not path.is_file() or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf8")
        found = re.search(
            r"/root/|/home/\w|/Users/\w|/work/|registry\.npmjs|pypi\.org/simple|files\.pythonhosted", text
        )
        assert not found, f"{path.relative_to(ROOT)}: {found}"


def test_the_version_is_the_same_everywhere() -> None:
    version = importlib.metadata.version("opening-minds")
    assert f'version = "{version}"' in (ROOT / "pyproject.toml").read_text()
    assert re.search(rf'^version: "?{re.escape(version)}"?$', (ROOT / "CITATION.cff").read_text(), re.MULTILINE)
    assert version in (ROOT / "CHANGELOG.md").read_text()
