"""Offer the whole built site as one zip, so that it can be read offline."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util import logging

LOGGER = logging.getLogger(__name__)
NAME = "opening-minds.zip"
_OFFER = re.compile(rb'<p class="om-offline">.*?</p>', re.DOTALL)
_INSIDE = b'<p class="om-offline">You are reading the offline copy.</p>'
_DAY = (1980, 1, 1, 0, 0, 0)  # one date for every file: the same site gives the same zip


def offer(up: str) -> str:
    """Return the link to the zip for a page that is `up` from the site's root."""
    return (
        f'<p class="om-offline"><a href="{up}{NAME}" download>Download this handbook to read it offline</a> '
        f"(a zip file: unpack it and open <code>index.html</code>; exercises and figures work too).</p>"
    )


def connect(app: Sphinx) -> None:
    """Write the zip when everything else is written."""
    app.connect("build-finished", _finish, priority=999)


def _finish(app: Sphinx, exception: Exception | None) -> None:
    if not exception and app.builder.format == "html":
        written = write(Path(app.outdir))
        LOGGER.info("offline copy: %s %s", NAME, "written" if written else "is up to date")


def write(site: Path) -> bool:
    """Write the zip into the site's root; return False when the one that is there holds the same files."""
    files = {str(path.relative_to(site)): path.read_bytes() for path in _files(site)}
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
    mark = digest.hexdigest().encode()
    target = site / NAME
    if target.is_file() and zipfile.is_zipfile(target):
        with zipfile.ZipFile(target) as old:
            if old.comment == mark:
                return False
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in files.items():
            info = zipfile.ZipInfo(f"opening-minds/{name}", _DAY)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            new.writestr(info, _OFFER.sub(_INSIDE, content) if name.endswith(".html") else content)
        new.comment = mark
    return True


def _files(site: Path) -> Iterable[Path]:
    for path in sorted(site.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(site).parts)
        if path.is_file() and path.name != NAME and not hidden:
            yield path
