"""Print sizes and times of the published chapter beside the same chapter published the usual way.

`make bench`. The rival is this book's chapter built by Jupyter Book with its defaults: html-manager, require.js and
anywidget as the CDNs serve them, from copies on this machine, so that no network is timed. Both are opened in turn in
one run; medians and ratios are printed, since machines differ.
"""

from __future__ import annotations

import contextlib
import functools
import gzip
import http.server
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import anywidget
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import CHROMIUM_ARGS, ROOT
from tests.harness import many_units, write_page

SITE = ROOT / "_build" / "html"
WORK = ROOT / "_build" / "bench"
CHAPTER = "book/misc/the-misc-tree.html"
PRACTICE = "book/practice/practice.html#excerpt=unread-message&lens=components"
RUNS = 7
NPM = {"requirejs": "2.3.4", "@jupyter-widgets/html-manager": "1.0.6"}
RIVAL_CONFIG = """title: Rival
execute: {execute_notebooks: cache, timeout: 120}
only_build_toc_files: true
bibtex_bibfiles: [references.bib]
parse: {myst_enable_extensions: [colon_fence, dollarmath, attrs_inline, deflist]}
sphinx:
  local_extensions: {rival: .}
  config: {bibtex_default_style: honest, bibtex_reference_style: honest}
"""
RIVAL_EXTENSION = """def setup(app):
    from widgets.publish import bibliography, claims, pages
    for part in (claims, pages, bibliography):
        part.connect(app)
"""


class Site(http.server.SimpleHTTPRequestHandler):
    """Serves a folder gzipped, as most servers do, and `/cdn/NAME@VERSION/FILE` from npm's copies."""

    protocol_version = "HTTP/1.1"
    gzipped: dict[Path, bytes] = {}  # noqa: RUF012 - shared on purpose: each file is compressed once

    def __init__(self, *args: object, modules: Path, **kwargs: object) -> None:
        self.modules = modules
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    def log_message(self, *args: object) -> None: ...

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):  # a page was closed while something was on its way
            super().handle()

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        name = unquote(urlsplit(self.path).path)
        if match := re.match(r"/cdn/(@?[^@]+)@[^/]+/(.*)", name):
            path = self.modules / match[1] / match[2]
            if match[1] == "anywidget":
                path = Path(anywidget.__file__).parent / "nbextension" / "index.js"
        if path.is_dir():
            path /= "index.html"
        if not path.is_file():
            return self.send_error(404)
        body = self.gzipped.setdefault(path, gzip.compress(path.read_bytes(), 6))
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return None


@contextlib.contextmanager
def serving(folder: Path, modules: Path) -> Iterator[str]:
    """Serve a folder and yield its address."""
    handler = functools.partial(Site, directory=str(folder), modules=modules)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def cpu_of(command: list[str], folder: Path) -> tuple[float, float]:
    """Run a command; return its CPU seconds and wall seconds. Its output is shown only when it fails."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": "."})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.perf_counter() - start


def build(folder: Path, *options: str) -> tuple[float, float]:
    """Build the book in a folder."""
    return cpu_of([str(Path(sys.executable).with_name("jupyter-book")), "build", ".", "-q", *options], folder)


def rival() -> tuple[Path, Path] | None:
    """Build the chapter the usual way; return its site and npm's modules, or nothing where npm is missing."""
    if not shutil.which("npm"):
        print("npm is not here: the rival's files cannot be fetched, so only our own numbers are printed.")
        return None
    folder = WORK / "rival"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "book" / "misc" / "the-misc-tree.ipynb", folder)
    shutil.copy(ROOT / "book" / "references.bib", folder)
    shutil.copytree(ROOT / "data", folder / "data")
    (folder / "_config.yml").write_text(RIVAL_CONFIG)
    (folder / "_toc.yml").write_text("format: jb-book\nroot: the-misc-tree\n")
    (folder / "rival.py").write_text(RIVAL_EXTENSION)
    build(folder)
    (WORK / "npm").mkdir(exist_ok=True)
    (WORK / "npm" / "package.json").write_text("{}")
    packages = [f"{name}@{version}" for name, version in NPM.items()]
    cpu_of(["npm", "install", "--silent", "--no-audit", "--no-fund", *packages], WORK / "npm")
    page = folder / "_build" / "html" / "the-misc-tree.html"
    text = page.read_text(encoding="utf8")
    text = re.sub(r"https://cdnjs[^\"]+require\.min\.js", "/cdn/requirejs@2.3.4/require.js", text)
    text = text.replace("https://cdn.jsdelivr.net/npm/", "/cdn/")
    text = re.sub(r' (integrity|crossorigin)="[^"]*"', "", text)
    page.write_text(text, encoding="utf8")
    return folder / "_build" / "html", WORK / "npm" / "node_modules"


def whole_library() -> Path:
    """Copy the site with a Practice page that loads every excerpt, lens and drill at once; return the copy."""
    folder = WORK / "whole"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(SITE, folder, ignore=shutil.ignore_patterns("*.zip"))
    parts = sorted((folder / "_static" / "parts").rglob("*.js"))
    tags = "".join(f'<script defer src="../../{part.relative_to(folder)}"></script>' for part in parts)
    page = folder / PRACTICE.partition("#")[0]
    page.write_text(page.read_text(encoding="utf8").replace("</head>", f"{tags}</head>"), encoding="utf8")
    return folder


def opened(browser: Browser, address: str) -> dict[str, float]:
    """Open a page cold on a processor made 4 times slower; return bytes, requests and milliseconds."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    session = context.new_cdp_session(page)
    for domain in ("Network", "Performance"):
        session.send(f"{domain}.enable")
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    ready = {"bytes": 0.0, "requests": 0.0}
    counting, ahead = [True], set()

    def asked(event: dict) -> None:
        if "plotly" in event["request"]["url"]:  # fetched after the page has loaded, for plots that come later
            ahead.add(event["requestId"])

    def loaded(event: dict) -> None:
        if counting[0] and event["requestId"] not in ahead:
            ready["bytes"] += event["encodedDataLength"]
            ready["requests"] += 1

    session.on("Network.requestWillBeSent", asked)
    session.on("Network.loadingFinished", loaded)
    start = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator(".om-coder button[data-value]").first.wait_for(state="attached", timeout=120_000)
    ready["ready ms"] = 1000 * (time.perf_counter() - start)
    counting[0] = False
    metrics = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
    ready["main thread ms"] = 1000 * metrics["TaskDuration"]
    context.close()
    return ready


def timed(page: Page, action: str) -> float:
    """Return the milliseconds from an action until the next frame is painted."""
    return page.evaluate(
        f"""() => new Promise((done) => {{
            const start = performance.now();
            {action};
            requestAnimationFrame(() => {{ const c = new MessageChannel();
                c.port1.onmessage = () => done(performance.now() - start); c.port2.postMessage(0); }});
        }})"""
    )


def coder_times(browser: Browser, n: int) -> dict[str, float]:
    """Return click to paint, and feedback before plots, for an excerpt of n units of which half are coded."""
    with tempfile.TemporaryDirectory() as name, serving(Path(name), Path(name)) as address:
        coder = many_units(Path(name), n)
        coder.codes = {unit: {"component": entry["component"]["value"]} for unit, entry in coder.key.items()}
        write_page(Path(name), coder)
        clicks, feedback, mounted = [], [], []
        for _ in range(RUNS):
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            page = context.new_page()
            page.goto(address)
            page.locator(".om-coder").wait_for()
            mounted.append(page.evaluate("mounted"))
            for value in ("EX", "FO"):
                clicks.append(
                    timed(page, f"document.querySelector('button[data-unit=u0][data-value={value}]').click()")
                )
            page.evaluate("document.querySelector('[data-action=mode-blind]').click()")
            feedback.append(timed(page, "document.querySelector('[data-action=reveal]').click()"))
            context.close()
    return {
        "mount ms": statistics.median(mounted),
        "click to paint ms": statistics.median(clicks),
        "feedback ms": statistics.median(feedback),
    }


def builds() -> None:
    """Print CPU seconds of building: everything, without execution, and with one page touched."""
    with tempfile.TemporaryDirectory() as name:
        book = Path(name)
        for item in ("book", "data", "_config.yml", "_toc.yml", "requirements.txt"):
            (shutil.copytree if (ROOT / item).is_dir() else shutil.copy)(ROOT / item, book / item)
        pages = len(re.findall(r"^\s*- file:|^root:", (book / "_toc.yml").read_text(), re.MULTILINE))
        cold = build(book, "--path-output", ".")
        shutil.rmtree(book / "_build" / "html")
        shutil.rmtree(book / "_build" / ".doctrees")
        warm = build(book, "--path-output", ".")
        page = book / "book" / "glossary.md"
        page.write_text(page.read_text(encoding="utf8") + "\n", encoding="utf8")
        touched = build(book, "--path-output", ".")
        same = build(book, "--path-output", ".")
    print(f"\nBuilding {pages} pages                 CPU s   wall s")
    for what, (cpu, wall) in {
        "clean, notebooks executed": cold,
        "clean, from the execution cache": warm,
        "one page touched": touched,
        "nothing touched": same,
    }.items():
        print(f"  {what:34} {cpu:6.1f}   {wall:6.1f}")
    print(f"  without execution: {1000 * (warm[0] - same[0]) / pages:.0f} ms of CPU a page beyond an idle build")


def table(title: str, columns: dict[str, dict[str, float]]) -> None:
    """Print rows of numbers with a column a competitor; a ratio where there are two."""
    names = list(columns)
    print(f"\n{title:24}" + "".join(f"{name:>16}" for name in names) + ("           ratio" if len(names) == 2 else ""))
    for row in columns[names[0]]:
        values = [columns[name][row] for name in names]
        line = f"  {row:22}" + "".join(f"{value:16,.1f}" for value in values)
        print(line + (f"{values[1] / values[0]:16.2f}" if len(names) == 2 else ""))


def in_turn(actions: dict[str, Callable[[], dict[str, float]]]) -> dict[str, dict[str, float]]:
    """Run the actions A B A B ... and return the median of every number of each."""
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in actions}
    for _ in range(RUNS):
        for name, action in actions.items():
            runs[name].append(action())
    return {
        name: {row: statistics.median(run[row] for run in found) for row in found[0]} for name, found in runs.items()
    }


def main() -> None:
    """Run everything."""
    WORK.mkdir(parents=True, exist_ok=True)
    other = rival()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM"), args=CHROMIUM_ARGS)
        print(f"Chromium {browser.version}, {os.cpu_count()} processors; medians of {RUNS} runs in turn")
        with contextlib.ExitStack() as stack:
            ours = stack.enter_context(serving(SITE, WORK))
            actions = {"ours": lambda: opened(browser, f"{ours}/{CHAPTER}")}
            if other:
                theirs = stack.enter_context(serving(*other))
                actions["html-manager"] = lambda: opened(browser, f"{theirs}/the-misc-tree.html")
            table("Chapter until the coder is ready, 4x slower CPU", in_turn(actions))
        with serving(SITE, WORK) as ours, serving(whole_library(), WORK) as whole:
            sites = {"one excerpt": ours, "whole library": whole}
            actions = {name: functools.partial(opened, browser, f"{site}/{PRACTICE}") for name, site in sites.items()}
            table("Practice until an excerpt is ready, 4x slower CPU", in_turn(actions))
        table("The coder, by units", {str(n): coder_times(browser, n) for n in (20, 200, 2000)})
        browser.close()
    builds()


if __name__ == "__main__":
    main()
