"""Execute notebooks again when what they read has changed: data, widget code or pinned requirements."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

PUBLISH = Path(__file__).parent
_SUFFIXES = {".py", ".js", ".css", ".json", ".yaml", ".csv"}


def inputs(root: Path) -> str:
    """Return a hash of everything outside a notebook that its outputs depend on."""
    digest = hashlib.sha256()
    for folder in (root / "data", PUBLISH.parent):
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder)
            # This package draws pages, it does not run in notebooks.
            if path.suffix in _SUFFIXES and name.parts[0] != "publish":
                digest.update(f"{name}\0".encode() + path.read_bytes())
    digest.update((root / "requirements.txt").read_bytes())
    return digest.hexdigest()[:16]


def connect(app: Sphinx) -> None:
    """Connect to the build, after MyST-NB has made its configuration."""
    app.connect("builder-inited", _place, priority=900)
    app.connect("env-get-outdated", _outdated)


def _place(app: Sphinx) -> None:
    folder = Path(app.outdir).parent / ".jupyter_cache"
    now = inputs(Path(app.srcdir))
    if folder.is_dir():
        for old in folder.iterdir():
            if old.name != now and old.is_dir():
                shutil.rmtree(old)
    # On the environment and not in the configuration: a changed setting would make Sphinx read every page again.
    app.env.mystnb_config = app.env.mystnb_config.copy(execution_cache_path=str(folder / now))


def _outdated(app: Sphinx, env: BuildEnvironment, _added: set[str], _changed: set[str], _removed: set[str]
              ) -> Iterable[str]:  # fmt: skip
    now = inputs(Path(app.srcdir))
    if now == getattr(env, "execution_inputs", now):
        env.execution_inputs = now
        return []
    env.execution_inputs = now
    return [page for page in env.found_docs if env.doc2path(page).endswith(".ipynb")]
