"""Measure what readers wait for: `make bench`, after `make book`. Writes _build/benchmark.md.

The page of the book is book/benchmark.md: `cp _build/benchmark.md book/` takes the new one over.

Numbers depend on the machine; the ratios of one run are what to compare. Words choose parts, as in
`python tests/benchmark engines growth`; the other tables are then those of the last run or, without
one, of the book's page, if that is of the same machine.
"""

import contextlib
import functools
import gzip
import http.server
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parents[2] / "book" / "ext"))
import live  # noqa: E402
import simulators  # noqa: E402
import widgets  # noqa: E402
from book_weight import minified_script, minified_style  # noqa: E402
from chromium import find_browser  # noqa: E402
from controls import builders  # noqa: E402
from report import Report  # noqa: E402

from helpers import explorer, export, models  # noqa: E402
from helpers.simulate import daily, simulate  # noqa: E402

ROOT = Path(__file__).parents[2]
HTML = ROOT / "_build" / "html"

# Time from an input event to just after the next painted frame.
PAINT = """async ([id, which]) => {
    const input = document.querySelectorAll(`#${id} input`)[which];
    const low = Number(input.min), width = Number(input.max) - low;
    const move = input.type === "checkbox" ? () => input.click() : (share) => {
        input.valueAsNumber = low + width * share;
        input.dispatchEvent(new Event("input", {bubbles: true}));
    };
    const painted = (done) => requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = done;
        channel.port2.postMessage(0);
    });
    const times = [];
    for (let i = 0; i < 25; i++) {
        await new Promise((done) => setTimeout(done, 20 + 13 * (i % 5)));
        const start = performance.now();
        move(i / 25);
        await new Promise(painted);
        times.push(performance.now() - start);
    }
    return times.slice(5);
}"""

ALIVE = """document.readyState === "complete" &&
    [...document.querySelectorAll("ldn-explorer")].every((e) => e.hasAttribute("data-ready"))"""

# When the page's paints happened and its last control came alive, ms after navigation started.
PAINTS = """
    window.paints = {};
    const watch = (type, keep) =>
        new PerformanceObserver((list) => list.getEntries().forEach(keep))
            .observe({type, buffered: true});
    watch("paint", (entry) => {
        if (entry.name === "first-contentful-paint") paints.first = entry.startTime;
    });
    watch("largest-contentful-paint", (entry) => (paints.largest = entry.startTime));
    new MutationObserver(() => (paints.live = performance.now()))
        .observe(document, {subtree: true, attributeFilter: ["data-ready"]});
"""


HEAD = """\
# Benchmark

What readers and modellers wait for, measured by `make bench`.
All numbers belong to one machine, other work on it included, and those of a table to one run; \
compare within a table.

Machine: {machine}."""


def main(chosen):
    if not HTML.is_dir():
        sys.exit('There is no book yet: run "make book" first.')
    report = Report()
    with serve(HTML) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser())
        machine = (
            f"{processor()}, {os.cpu_count()} processors, {platform.system()} "
            f"{platform.machine()}, Python {platform.python_version()}, "
            f"Chromium {browser.version.partition('.')[0]}"
        )
        parts = {
            "weights": lambda: weights(report),
            "controls": lambda: in_the_page(report, browser, address),
            "phone": lambda: on_a_slow_phone(report, browser, address),
            "widgets": lambda: widgets.compare(
                report,
                browser,
                address,
                serve,
                ("explore-feedback", builders()["ldn_mechanism.explore_feedback"]),
            ),
            "live": lambda: live.measure(report, playwright, HTML, Compressing),
            "solvers": lambda: solvers(report, browser),
            "engines": lambda: simulators.compare(report),
            "growth": lambda: simulators.grow(report),
            "chapters": lambda: chapters(report),
        }
        if not (HTML / "lite").is_dir():
            parts.pop("live")  # only after "make lite"
        if unknown := set(chosen) - set(parts):
            sys.exit(f"no part named {', '.join(unknown)}; there are {', '.join(parts)}")
        # Not over the book's page, which would make the built book older than its sources.
        made, page = ROOT / "_build" / "benchmark.md", ROOT / "book" / "benchmark.md"
        for name, part in parts.items():
            if not chosen or name in chosen:
                part()
                # At once, so that what was measured is kept should a later part fail.
                missing = report.write(made, HEAD.format(machine=machine), page)
        browser.close()
    if missing:
        print(f"The book's page is of another machine; still to be measured: {', '.join(missing)}.")
    print(f"To take it over: cp {made.relative_to(ROOT)} book/")


def processor():
    """The processor's name as the system knows it."""
    names = (
        re.findall(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
        if Path("/proc/cpuinfo").exists()
        else []
    )
    return names[0] if names else platform.processor() or "unknown processor"


def zipped(text):
    return len(gzip.compress(text.encode(), 9)) / 1000


def weights(report):
    models_of_all = map(export.javascript, map(models.load, models.names()))
    script = minified_script(explorer.script(*models_of_all))
    style = minified_style(explorer.STYLE.read_text(encoding="utf-8"))
    total, aim = zipped(script) + zipped(style), 40
    report.heading(
        "Weight",
        "Kilobytes, compressed. "
        "Script, style and libraries of the controls are loaded once for the book"
        + (": more than we aim at." if total > aim else "."),
        "what",
        "kB",
        "aim",
    )
    report.row("script, style and libraries of the controls", f"{total:.1f}", aim)
    for page in sorted((HTML / "notebooks").glob("*.html")):
        report.row(f"page {page.stem}", f"{zipped(page.read_text(encoding='utf-8')):.0f}", 120)
    sizes = {build().spec["id"]: zipped(build().html()) for build in builders().values()}
    for name, size in sorted(sizes.items(), key=lambda item: -item[1]):
        report.row(f"control {name}", f"{size:.1f}", 15)


class Compressing(http.server.SimpleHTTPRequestHandler):
    """Sends files compressed, as hosts do."""

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        body = zipped_file(path) if path.is_file() else b""
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # the reader has left
            self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@functools.cache
def zipped_file(path):
    return gzip.compress(path.read_bytes(), 6)


class serve:
    """A folder on a loopback port."""

    def __init__(self, folder):
        self.folder = folder

    def __enter__(self):
        handler = functools.partial(Compressing, directory=str(self.folder))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def __exit__(self, *_):
        self.server.shutdown()


def in_the_page(report, browser, address):
    report.heading(
        "Controls",
        "Milliseconds from a move of a control's slowest slider or switch to just after the next "
        "painted frame (aim: median 16, with a quarter of the processor 50), and seconds from the "
        "start of navigation until every control of the page is alive (aim: 0.6).",
        "chapter", "control", "alive",
        "median", "95th percentile", "median at a quarter", "95th at a quarter",
    )  # fmt: skip
    pages = [
        path
        for path in sorted((HTML / "notebooks").glob("*.html"))
        if "<ldn-explorer" in path.read_text(encoding="utf-8")
    ]
    for path in pages:
        live = []
        for _ in range(5):
            page = browser.new_page()
            page.goto(f"{address}/notebooks/{path.name}", wait_until="commit")
            page.wait_for_function(ALIVE)
            live.append(page.evaluate("performance.now()") / 1000)
            page.close()
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{address}/notebooks/{path.name}", wait_until="networkidle")
        throttle = page.context.new_cdp_session(page)
        ids = page.evaluate("[...document.querySelectorAll('ldn-explorer')].map((e) => e.id)")
        for control in ids:
            page.locator(f"#{control}").scroll_into_view_if_needed()
            inputs = page.locator(f"#{control} input").count()
            cells = []
            for slow in (1, 4):
                throttle.send("Emulation.setCPUThrottlingRate", {"rate": slow})
                runs = [page.evaluate(PAINT, [control, which]) for which in range(inputs)]
                worst = max(runs, key=statistics.median)
                cells += [f"{statistics.median(worst):.0f}", f"{np.percentile(worst, 95):.0f}"]
            report.row(
                int(path.stem[:2]),
                control.removeprefix("explore-"),
                f"{statistics.median(live):.2f}",
                *cells,
            )
        page.close()


def on_a_slow_phone(report, browser, address):
    report.heading(
        "Slow phone",
        "A first visit by slow 4G (latency 400 ms, 1.6 Mbit/s) with a quarter of the processor: "
        "seconds to the first and the largest paint (aim: 1.5) and to living controls (aim: 3).",
        "page", "first paint", "largest paint", "controls alive",
    )  # fmt: skip
    for path in [
        "book/intro.html",
        "book/claims.html",
        *(f"notebooks/{path.name}" for path in sorted((HTML / "notebooks").glob("*.html"))),
    ]:
        runs = []
        for _ in range(3):
            context = browser.new_context(
                viewport={"width": 360, "height": 740},
                device_scale_factor=2,
                is_mobile=True,
                has_touch=True,
            )
            page = context.new_page()
            phone = context.new_cdp_session(page)
            phone.send("Network.enable")
            phone.send(
                "Network.emulateNetworkConditions",
                {
                    "offline": False,
                    "latency": 400,
                    "downloadThroughput": 1.6e6 / 8,
                    "uploadThroughput": 0.75e6 / 8,
                },
            )
            phone.send("Emulation.setCPUThrottlingRate", {"rate": 4})
            page.add_init_script(PAINTS)
            page.goto(f"{address}/{path}", wait_until="commit")
            page.wait_for_function(
                f"paints.largest && {ALIVE}"
            )  # the browser reports a paint some time after it
            runs.append(page.evaluate("[paints.first, paints.largest, paints.live || 0]"))
            context.close()
        first, largest, live = (statistics.median(column) / 1000 for column in zip(*runs))
        report.row(
            Path(path).stem,
            f"{first:.2f}",
            f"{largest:.2f}",
            f"{live:.2f}" if live else "none there",
        )


def solvers(report, browser):
    """The same 28 daily doses in the browser and in scipy, at drawing tolerance."""
    page = browser.new_page()
    generated = export.javascript(models.load("opioid_feedback"))
    page.add_script_tag(content=explorer.script(generated))
    in_browser = page.evaluate(
        """() => {
            const model = LDN.models.opioid_feedback;
            const run = {dose: 4.5, every: 24, count: 28, until: 672, samples: 673, rtol: 1e-6};
            for (let i = 0; i < 20; i++) LDN.integrate(model, run);
            const start = performance.now();
            for (let i = 0; i < 50; i++) LDN.integrate(model, run);
            return (performance.now() - start) / 50;
        }"""
    )
    start = time.perf_counter()
    for _ in range(10):
        simulate("opioid_feedback", daily(4.5, 28), np.linspace(0, 672, 673), rtol=1e-6)
    in_python = (time.perf_counter() - start) / 10 * 1000
    report.heading(
        "Solvers",
        "28 daily doses of the model `opioid_feedback` at relative tolerance 1e-6, 673 samples.",
        "solver",
        "ms",
        "ratio",
    )
    report.row("the page's own", f"{in_browser:.2f}", 1)
    report.row("scipy, LSODA", f"{in_python:.1f}", f"{in_python / in_browser:.0f}")


def chapters(report):
    """Each notebook alone, then the whole book from clean, in a scratch copy."""
    report.heading(
        "Building",
        "Seconds to run each notebook from start to end, kernel included (aim: 20), "
        "and to build the whole book from clean (aim: 180).",
        "what",
        "seconds",
    )
    for path in tqdm(
        sorted((ROOT / "notebooks").glob("*.ipynb")),
        desc="notebooks",
        disable=not sys.stderr.isatty(),
    ):
        start = time.perf_counter()
        command = [
            sys.executable,
            "-m",
            "jupyter",
            "nbconvert",
            "--to",
            "notebook",
            "--execute",
            "--stdout",
            str(path),
        ]
        subprocess.run(command, check=True, capture_output=True)
        report.row(path.stem, f"{time.perf_counter() - start:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "clone", "--quiet", str(ROOT), folder], check=True)
        start = time.perf_counter()
        subprocess.run(
            [str(Path(sys.executable).parent / "jupyter-book"), "build", folder, "--quiet"],
            check=True,
            capture_output=True,
            env=os.environ | {"PYTHONPATH": f"{folder}/src"},
        )
        report.row("the whole book", f"{time.perf_counter() - start:.0f}")


if __name__ == "__main__":
    main(sys.argv[1:])
