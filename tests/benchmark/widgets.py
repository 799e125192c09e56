"""The book's control beside the usual ways to have a slider on a page or in JupyterLab, in one run.

- html-manager: the same widget on a page made by `ipywidgets.embed`, with the scripts that it loads
  (npm, versions below);
- `interact` on a live kernel: an ipywidgets slider that redraws a matplotlib picture in JupyterLab.
"""

import gzip
import json
import os
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

import nbformat
from ipywidgets.embed import dependency_state, embed_data

NPM = {"@jupyter-widgets/html-manager": "1.0.15", "requirejs": "2.3.8"}
ANYWIDGET = Path(sys.prefix) / "share" / "jupyter" / "nbextensions" / "anywidget" / "index.js"

# Time from a move of a slider to the frame in which one of the lines of the picture has changed.
MOVE_TO_PAINT = """async ([slider, lines]) => {
    const input = document.querySelector(slider);
    const low = Number(input.min), width = Number(input.max) - low;
    const drawn = () =>
        [...document.querySelectorAll(lines)].map((line) => line.getAttribute("d")).join();
    const times = [];
    for (let i = 0; i < 25; i++) {
        const before = drawn();
        const start = performance.now();
        input.valueAsNumber = low + width * ((i * 7) % 23 + 1) / 25;
        input.dispatchEvent(new Event("input", {bubbles: true}));
        await new Promise((done, failed) => {
            const look = () => {
                if (drawn() !== before) done();
                else if (performance.now() > start + 10000) failed("a move that draws nothing");
                else requestAnimationFrame(look);
            };
            requestAnimationFrame(look);
        });
        times.push(performance.now() - start);
        await new Promise((done) => setTimeout(done, 60));
    }
    return times.slice(5);
}"""

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>html-manager</title>
<script src="require.js"></script>
<script>require.config({paths: {anywidget: "anywidget"}});</script>
<script src="embed-amd.js"></script>
<script type="application/vnd.jupyter.widget-state+json">STATE</script></head>
<body><script type="application/vnd.jupyter.widget-view+json">VIEW</script></body></html>"""

INTERACT = """import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import FloatSlider, interact
from helpers.simulate import daily, simulate

@interact(dose=FloatSlider(4.5, min=0.1, max=50, step=0.1))
def show(dose):
    frame = simulate("opioid_feedback", daily(dose, 7), np.linspace(0, 168, 505), rtol=1e-6)
    plt.plot(frame.index, frame["signal"])
    plt.show()
"""


def compare(report, browser, address, serve, control):
    """Rows for the control (id, builder): weight, time to live, and time from input to paint."""
    report.heading(
        "Beside other ways",
        f"The control `{control[0]}` in this book, the same widget through html-manager, and a "
        "plain `interact` on a live kernel. Input to paint: median of 20 moves.",
        "way", "scripts and data", "live after", "input to paint",
    )  # fmt: skip
    report.row("this book, no kernel", *in_the_book(browser, address, *control))
    if not shutil.which("npm"):
        report.row("html-manager, no kernel", "not measured: npm is missing", "", "")
    else:
        report.row("html-manager, no kernel", *html_manager(browser, serve, control[1]))
    report.row("ipywidgets interact, live kernel", *live_kernel(browser))


def paint(page, slider, lines):
    return f"{statistics.median(page.evaluate(MOVE_TO_PAINT, [slider, lines])):.0f} ms"


def in_the_book(browser, address, id, build):
    page = browser.new_page()
    # The book joins these scripts with its others, see book_weight.py.
    control = build()
    weight = sum(len(gzip.compress(part.encode(), 6)) for part in (control.html(), control._esm))
    page.goto(f"{address}/notebooks/03_ldn_mechanism.html", wait_until="commit")
    page.wait_for_selector(f"#{id}[data-ready]", state="attached")
    live = page.evaluate("performance.now()")
    page.wait_for_load_state("networkidle")
    found = (
        f"{weight / 1000:.0f} kB",
        f"{live / 1000:.2f} s",
        paint(page, f"#{id} input[type=range]", f"#{id} .ldn-live path"),
    )
    page.close()
    return found


def html_manager(browser, serve, build):
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for name, version in NPM.items():
            subprocess.run(
                ["npm", "pack", "--silent", f"{name}@{version}"],
                cwd=folder,
                check=True,
                capture_output=True,
            )
        for archive in folder.glob("*.tgz"):
            with tarfile.open(archive) as files:
                for member in ("package/dist/embed-amd.js", "package/require.js"):
                    if member in files.getnames():
                        (folder / Path(member).name).write_bytes(files.extractfile(member).read())
        shutil.copy(ANYWIDGET, folder / "anywidget.js")
        widget = build()
        # Its own state only: other parts of the benchmark have made widgets, too.
        data = embed_data(views=[widget], state=dependency_state([widget], drop_defaults=False))
        text = PAGE.replace(
            "STATE", json.dumps(data["manager_state"]).replace("</", "<\\/")
        ).replace("VIEW", json.dumps(data["view_specs"][0]))
        (folder / "index.html").write_text(text, encoding="utf-8")
        weight = sum(
            len(gzip.compress((folder / name).read_bytes(), 6))
            for name in ("require.js", "embed-amd.js", "anywidget.js", "index.html")
        )
        with serve(folder) as address:
            page = browser.new_page()
            page.goto(f"{address}/index.html", wait_until="commit")
            page.wait_for_selector(".ldn-live path", state="attached")
            live = page.evaluate("performance.now()")
            found = (
                f"{weight / 1000:.0f} kB",
                f"{live / 1000:.2f} s",
                paint(page, "input[type=range]", ".ldn-live path"),
            )
            page.close()
            return found


def live_kernel(browser):
    """JupyterLab on a notebook of one cell; its slider is moved by the arrow key."""
    with tempfile.TemporaryDirectory() as home:
        home = Path(home)
        (home / "work").mkdir()
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(INTERACT)],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        )
        nbformat.write(notebook, home / "work" / "interact.ipynb")
        (home / "config" / "labconfig").mkdir(parents=True)
        (home / "config" / "labconfig" / "page_config.json").write_text(
            '{"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": true}}',
            encoding="utf-8",
        )
        own = {
            f"JUPYTER_{name}_DIR": str(home / name.lower())
            for name in ("CONFIG", "DATA", "RUNTIME")
        }
        command = [
            sys.executable,
            "-m",
            "jupyterlab",
            "--no-browser",
            "--allow-root",
            "--ip=127.0.0.1",
            "--port=0",
            "--IdentityProvider.token=",
            f"--ServerApp.root_dir={home / 'work'}",
        ]
        server = subprocess.Popen(
            command, env=os.environ | own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            while not (files := list((home / "runtime").glob("jpserver-*.json"))):
                time.sleep(0.2)
            address = json.loads(files[0].read_text(encoding="utf-8"))["url"]
            page = browser.new_page(viewport={"width": 1400, "height": 1000})
            page.set_default_timeout(90_000)
            start = time.perf_counter()
            page.goto(f"{address}lab/tree/interact.ipynb")
            page.get_by_text("| Idle").wait_for()
            page.get_by_role("menuitem", name="Run", exact=True).click()
            page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
            page.locator(".jp-OutputArea img").first.wait_for()
            live = time.perf_counter() - start
            page.wait_for_timeout(1500)
            times = []
            handle = page.locator(".noUi-handle").first
            handle.focus()
            for i in range(20):
                before = page.locator(".jp-OutputArea img").first.get_attribute("src")
                started = page.evaluate("performance.now()")
                page.keyboard.press("ArrowRight" if i % 2 else "ArrowLeft")
                page.wait_for_function(
                    """(before) => {
                        const image = document.querySelector(".jp-OutputArea img");
                        return image && image.src !== before;
                    }""",
                    arg=before,
                    polling="raf",
                )
                times.append(page.evaluate("performance.now()") - started)
            page.close()
            return "JupyterLab and a kernel", f"{live:.1f} s", f"{statistics.median(times):.0f} ms"
        finally:
            server.terminate()
            server.wait(20)
