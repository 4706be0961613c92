"""JupyterLab in a real browser: the reader's presses reach Python, and Python presses the buttons."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import nbformat
import pytest
from playwright.sync_api import Browser, expect

CELLS = [
    "from widgets.coder import TranscriptCoder\ncoder = TranscriptCoder('unread-message')\ncoder",
    "print('rows', coder.to_frame()[['unit', 'value']].to_numpy().tolist())",
    "coder.codes = {'LAST': {'component': 'none'}}",
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start JupyterLab on a folder with one notebook and yield its address."""
    from widgets.coder import TranscriptCoder

    last = list(TranscriptCoder("unread-message").key)[-1]
    folder = tmp_path_factory.mktemp("lab")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c.replace("LAST", last)) for c in CELLS])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, folder / "try.ipynb")
    notebook.cells = [nbformat.v4.new_code_cell("from widgets.ladder import Ladder\nLadder()")]
    nbformat.write(notebook, folder / "ladder.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {name: str(folder / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1"]
    command += [
        f"--ServerApp.port={port}",
        "--IdentityProvider.token=",
        "--LabApp.news_url=None",
        f"--notebook-dir={folder}",
    ]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | own)
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{address}/api/status", timeout=1)
                break
            except OSError:
                assert server.poll() is None, (folder / "log").read_text()
                time.sleep(0.2)
        yield address
        server.terminate()
        server.wait(20)


def test_python_and_the_page_see_the_same_codes(lab: str, browser: Browser) -> None:
    page = browser.new_context(viewport={"width": 1280, "height": 1600}).new_page()
    outside: list[str] = []
    page.on("request", lambda r: None if r.url.startswith((lab, "blob:", "data:", "ws:")) else outside.append(r.url))
    page.goto(f"{lab}/lab/tree/try.ipynb?reset")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=60_000)
    page.evaluate("() => new Promise(done => setTimeout(done, 1500))")  # the kernel connects

    def run(cell: int) -> None:
        page.locator(".jp-CodeCell .jp-InputArea-editor").nth(cell).click()
        page.keyboard.press("Control+Enter")

    run(0)
    coder = page.locator(".om-coder").first
    coder.wait_for(timeout=60_000)
    button = coder.locator("button[data-column=component]").first
    unit, value = button.get_attribute("data-unit"), button.get_attribute("data-value")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    run(1)
    output = page.locator(".jp-CodeCell").nth(1).locator(".jp-OutputArea-output")
    expect(output).to_contain_text("rows", timeout=30_000)
    assert json.loads(output.inner_text().split("rows")[1].replace("'", '"')) == [[unit, value]]

    # A shortcut acts on the coder, not on the notebook: "a" would insert a cell in JupyterLab's command mode.
    cells = page.locator(".jp-CodeCell").count()
    button.focus()
    page.keyboard.press("a")
    expect(coder.locator(f"button[data-unit={unit}][data-value=AF]")).to_have_attribute("aria-pressed", "true")
    assert page.locator(".jp-CodeCell").count() == cells

    run(2)
    none = coder.locator("button[data-value=none]").last
    expect(none).to_have_attribute("aria-pressed", "true", timeout=30_000)
    assert outside == []


def test_the_ladder_loads_its_parts_from_the_kernel(lab: str, browser: Browser) -> None:
    page = browser.new_context(viewport={"width": 1280, "height": 1600}).new_page()
    outside: list[str] = []
    page.on("request", lambda r: None if r.url.startswith((lab, "blob:", "data:", "ws:")) else outside.append(r.url))
    page.goto(f"{lab}/lab/tree/ladder.ipynb?reset")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=60_000)
    page.evaluate("() => new Promise(done => setTimeout(done, 1500))")  # the kernel connects
    page.locator(".jp-CodeCell .jp-InputArea-editor").first.click()
    page.keyboard.press("Control+Enter")
    ladder = page.locator(".om-ladder").first
    ladder.wait_for(timeout=60_000)
    address = page.url
    ladder.locator("[data-step=pairs]").click()
    ladder.locator(".om-pairs [data-action]").first.wait_for(timeout=30_000)
    ladder.locator("[data-step=orientation]").click()
    ladder.locator("[data-action=first-excerpt]").click()
    ladder.locator(".om-coder button[data-value]").first.wait_for(timeout=30_000)
    assert page.url == address
    assert outside == []
