"""Run the notebooks of a folder anew and store their outputs: `python -m widgets.publish.notebooks FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient


def run(path: Path) -> None:
    """Execute a notebook from a fresh kernel, in order, and write it back without widget state or timings.

    The state of a widget holds its whole front end and random ids; the build makes it anew.
    """
    notebook = nbformat.read(path, as_version=4)
    here = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=120, record_timing=False, resources=here).execute()
    notebook.metadata.pop("widgets", None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    nbformat.write(notebook, path)


def main(folder: str) -> None:
    """Run every notebook below a folder and name each."""
    for path in sorted(Path(folder).rglob("*.ipynb")):
        if ".ipynb_checkpoints" not in path.parts:
            print(f"== {path}", flush=True)
            run(path)


if __name__ == "__main__":
    main(*sys.argv[1:])
