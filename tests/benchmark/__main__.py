"""Measure what readers wait for: `make bench`, after `make book`.

Prints a table: input to paint and time to live of every control (as it is, and with the processor slowed four times),
the same on a slow phone, the weight of scripts and controls, the time of each notebook, and the browser's solver beside scipy's.
Numbers depend on the machine; the ratios of one run are what to compare.
"""

import contextlib
import functools
import gzip
import http.server
import os
import platform
import shutil
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).parent.parent))
from controls import builders  # noqa: E402

from helpers import explorer  # noqa: E402
from helpers.simulate import daily, simulate  # noqa: E402

ROOT = Path(__file__).parents[2]
HTML = ROOT / "_build" / "html"

# Time from an input event to just after the next painted frame; `move` false times the bare frame, as a yardstick.
PAINT = """async ([id, which, move]) => {
    const slider = document.querySelectorAll(`#${id} input[type=range]`)[which];
    const times = [];
    for (let i = 0; i < 60; i++) {
        await new Promise((done) => setTimeout(done, 20 + 13 * (i % 5)));
        const start = performance.now();
        if (move) {
            slider.valueAsNumber = Number(slider.min) + (Number(slider.max) - Number(slider.min)) * (i % 30) / 30;
            slider.dispatchEvent(new Event("input", {bubbles: true}));
        }
        await new Promise((done) => requestAnimationFrame(() => { const c = new MessageChannel(); c.port1.onmessage = done; c.port2.postMessage(0); }));
        times.push(performance.now() - start);
    }
    return times.slice(10);
}"""

# When the page's paints happened and its last control came alive, ms after navigation started.
PAINTS = """
    window.paints = {};
    const watch = (type, keep) => new PerformanceObserver((list) => list.getEntries().forEach(keep)).observe({type, buffered: true});
    watch("paint", (entry) => { if (entry.name === "first-contentful-paint") paints.first = entry.startTime; });
    watch("largest-contentful-paint", (entry) => (paints.largest = entry.startTime));
    new MutationObserver(() => (paints.live = performance.now())).observe(document, {subtree: true, attributeFilter: ["data-ready"]});
"""


def main():
    if not HTML.is_dir():
        sys.exit('There is no book yet: run "make book" first.')
    print(f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}\n")
    weights()
    with serve() as address, sync_playwright() as playwright:
        found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=found)
        in_the_page(browser, address)
        on_a_slow_phone(browser, address)
        solvers(browser)
        browser.close()
    notebooks()


def zipped(text):
    return len(gzip.compress(text.encode(), 9)) / 1000


def weights():
    shared = [*explorer.SCRIPTS, explorer.STYLE]
    total = sum(zipped(path.read_text(encoding="utf-8")) for path in shared)
    print(f"script, style and libraries of the control: {total:.1f} kB gzipped, once for the book (aim: 40)")
    for name, build in builders().items():
        print(f"  {name}: {zipped(build().html()):.1f} kB gzipped (aim: 15)")


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
    """The built book on a loopback port."""

    def __enter__(self):
        handler = functools.partial(Compressing, directory=str(HTML))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def __exit__(self, *_):
        self.server.shutdown()


def in_the_page(browser, address):
    pages = [path for path in sorted((HTML / "notebooks").glob("*.html")) if "<ldn-explorer" in path.read_text(encoding="utf-8")]
    for path in pages:
        live = []
        for _ in range(5):
            page = browser.new_page()
            page.goto(f"{address}/notebooks/{path.name}", wait_until="commit")
            page.wait_for_function("document.readyState === 'complete' && [...document.querySelectorAll('ldn-explorer')].every((e) => e.hasAttribute('data-ready'))")
            live.append(page.evaluate("performance.now()") / 1000)
            page.close()
        print(f"\n{path.name}: every control live {statistics.median(live):.2f} s after navigation starts (aim: 0.6)")
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{address}/notebooks/{path.name}", wait_until="networkidle")
        throttle = page.context.new_cdp_session(page)
        ids = page.evaluate("[...document.querySelectorAll('ldn-explorer')].map((e) => e.id)")
        for slow in (1, 4):
            throttle.send("Emulation.setCPUThrottlingRate", {"rate": slow})
            for control in ids:
                page.locator(f"#{control}").scroll_into_view_if_needed()
                bare = statistics.median(page.evaluate(PAINT, [control, 0, False]))
                sliders = page.locator(f"#{control} input[type=range]").count()
                runs = [page.evaluate(PAINT, [control, which, True]) for which in range(sliders)]
                worst = max(runs, key=statistics.median)
                middle, high = statistics.median(worst), np.percentile(worst, 95)
                print(f"  {control}, processor / {slow}: input to paint of its slowest slider {middle:.1f} ms median, {high:.1f} ms p95; {middle / bare:.1f} × a bare frame")
        page.close()


def on_a_slow_phone(browser, address):
    """Time to the first and the largest paint and to living controls: a first visit by slow 4G, with a quarter of the processor."""
    print()
    for path in ["book/intro.html", "book/claims.html", *(f"notebooks/{path.name}" for path in sorted((HTML / "notebooks").glob("*.html")))]:
        runs = []
        for _ in range(3):
            context = browser.new_context(viewport={"width": 360, "height": 740}, device_scale_factor=2, is_mobile=True, has_touch=True)
            page = context.new_page()
            phone = context.new_cdp_session(page)
            phone.send("Network.enable")
            phone.send("Network.emulateNetworkConditions", {"offline": False, "latency": 400, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8})
            phone.send("Emulation.setCPUThrottlingRate", {"rate": 4})
            page.add_init_script(PAINTS)
            page.goto(f"{address}/{path}", wait_until="commit")
            page.wait_for_function("document.readyState === 'complete' && [...document.querySelectorAll('ldn-explorer')].every((e) => e.hasAttribute('data-ready'))")
            runs.append(page.evaluate("[paints.first, paints.largest, paints.live || 0]"))
            context.close()
        first, largest, live = (statistics.median(column) / 1000 for column in zip(*runs))
        controls = f", controls live {live:.2f} s (aim: 3)" if live else ""
        print(f"{path} on a slow phone: first paint {first:.2f} s, largest {largest:.2f} s (aim: 1.5){controls}")


def solvers(browser):
    """The same 28 daily doses in the browser and in scipy, at drawing tolerance."""
    spec = builders()["ldn_mechanism.explore_feedback"]().spec
    page = browser.new_page()
    for script in explorer.SCRIPTS:
        page.add_script_tag(content=script.read_text(encoding="utf-8"))
    in_browser = page.evaluate(
        """(spec) => {
            const model = new Function("return " + spec.model)();
            const run = {dose: 4.5, every: 24, count: 28, until: 672, samples: 673, rtol: 1e-6};
            for (let i = 0; i < 20; i++) LDN.integrate(model, run);
            const start = performance.now();
            for (let i = 0; i < 50; i++) LDN.integrate(model, run);
            return (performance.now() - start) / 50;
        }""",
        spec,
    )
    start = time.perf_counter()
    for _ in range(10):
        simulate("opioid_feedback", daily(4.5, 28), np.linspace(0, 672, 673), rtol=1e-6)
    in_python = (time.perf_counter() - start) / 10 * 1000
    print(f"\n28 daily doses of opioid_feedback: browser {in_browser:.2f} ms, scipy {in_python:.1f} ms, ratio {in_python / in_browser:.0f}")


def notebooks():
    print()
    for path in tqdm(sorted((ROOT / "notebooks").glob("*.ipynb")), desc="notebooks", disable=not sys.stderr.isatty()):
        start = time.perf_counter()
        command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "notebook", "--execute", "--stdout", str(path)]
        subprocess.run(command, check=True, capture_output=True)
        print(f"{path.name}: {time.perf_counter() - start:.1f} s from start to end, kernel included (aim: 20)")


if __name__ == "__main__":
    main()
