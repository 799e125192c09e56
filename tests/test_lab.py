"""Each chapter in a real JupyterLab: run all cells, move a control, read and set it from Python.

LAB_PYTHON may name the Python of another environment, for JupyterLab and the notebooks' kernels;
"make binder" does so.
"""

import json
import os
import shutil
import subprocess
import sys
import time

import pytest
from conftest import ROOT
from jupyter_client import BlockingKernelClient

NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))


def wait_for(condition, seconds, what):
    """The first true value of `condition()`; fails if there is none within the time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.2)
    pytest.fail(f"{what}: nothing after {seconds} s")


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab of our own on a copy of the notebooks: (address, the copy, runtime folder)."""
    home = tmp_path_factory.mktemp("lab")
    work, runtime = home / "work", home / "runtime"
    for folder in (work, runtime):
        folder.mkdir()
    for name in NOTEBOOKS:
        shutil.copy(ROOT / "notebooks" / name, work)
    own = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "IPYTHONDIR": "ipython",
    }
    command = [
        os.environ.get("LAB_PYTHON", sys.executable), "-m", "jupyterlab",
        "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0",
        "--IdentityProvider.token=", "--ServerApp.password=", "--ServerApp.disable_check_xsrf=True",
        f"--ServerApp.root_dir={work}", "--LabApp.extension_manager=readonly",
    ]  # fmt: skip
    with open(home / "log.txt", "wb") as log:
        server = subprocess.Popen(
            command,
            env=os.environ | {name: str(home / folder) for name, folder in own.items()},
            stdout=log,
            stderr=log,
            cwd=work,
        )

        def address():
            if server.poll() is not None:
                said = (home / "log.txt").read_text(encoding="utf-8")
                pytest.fail(f"JupyterLab ended at once:\n{said[-2000:]}")
            return [
                json.loads(path.read_text(encoding="utf-8"))["url"]
                for path in runtime.glob("jpserver-*.json")
            ]

        try:
            yield wait_for(address, 120, "JupyterLab starts")[0], work, runtime
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()


def ask(client, expression):
    """The value of a Python expression in the notebook's kernel."""
    reply = client.execute_interactive(
        "",
        user_expressions={"answer": f"__import__('json').dumps({expression})"},
        store_history=False,
        timeout=60,
    )
    answer = reply["content"]["user_expressions"]["answer"]
    assert answer["status"] == "ok", answer
    return json.loads(answer["data"]["text/plain"].strip("'"))


def from_jupyterlab(error):
    """Whether an uncaught error ran through JupyterLab's own scripts alone, and some of them."""
    frames = [line for line in (error.stack or "").splitlines() if line.strip().startswith("at ")]
    return bool(frames) and all("/static/lab/" in frame for frame in frames)


def saved_cells(path):
    """The code cells of the notebook as last saved; none while it is being written."""
    try:
        return [
            cell
            for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
            if cell["cell_type"] == "code"
        ]
    except json.JSONDecodeError:
        return []


@pytest.fixture(scope="module")
def reader(browser):
    """One reader for all chapters: JupyterLab's scripts, of many megabytes, are read once."""
    with browser.new_context(viewport={"width": 1500, "height": 1000}) as context:
        yield context


# One with each change; all on Binder's route, too. Their cells run with every change without it.
DAILY = "03_ldn_mechanism.ipynb"


@pytest.mark.parametrize(
    "notebook",
    [pytest.param(name, marks=[] if name == DAILY else pytest.mark.weekly) for name in NOTEBOOKS],
)
def test_chapter_in_jupyterlab(lab, reader, notebook):
    address, work, runtime = lab
    others = set(runtime.glob("kernel-*.json"))  # kernels of other chapters, which may linger
    page = reader.new_page()
    page.set_default_timeout(60_000)
    errors = []
    page.on(
        "pageerror",
        lambda error: errors.append(error.stack) if not from_jupyterlab(error) else None,
    )
    # jupyterlab-myst calls each link to a heading an error ("Linking ... to an implicit heading
    # reference").
    page.on(
        "console",
        lambda m: (
            errors.append(f"console: {m.text}")
            if m.type == "error" and "ldn" in m.text.lower() and not m.text.startswith("Linking ")
            else None
        ),
    )
    start = time.monotonic()
    # A workspace of its own, in which no other chapter is open.
    page.goto(f"{address}lab/workspaces/{notebook.removesuffix('.ipynb')}/tree/{notebook}")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    page.get_by_text("| Idle").wait_for()  # the status bar's word on the kernel

    assert page.locator(".Toastify__toast, .jp-Dialog").count() == 0, "a pop-up greets the reader"

    # Run all cells, from the menu as a reader would.
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()

    page.locator(".jp-OutputArea .ldn-figure svg").first.wait_for(timeout=120_000)
    print(
        f"\n{notebook}: first figure {time.monotonic() - start:.0f} s after its address is opened"
    )

    def all_run():
        page.keyboard.press("Control+s")
        page.wait_for_timeout(1000)
        cells = saved_cells(work / notebook)
        failed = [
            output
            for cell in cells
            for output in cell["outputs"]
            if output["output_type"] == "error"
        ]
        assert not failed, failed
        return cells and all(cell["execution_count"] for cell in cells)

    wait_for(all_run, 240, "all cells run")

    # The first control is alive: move it by keyboard.
    control = page.locator(".jp-OutputArea .ldn").first
    control.scroll_into_view_if_needed()
    slider = control.locator("input[type=range]").first
    name = slider.get_attribute("name")

    def shown():
        """The slider's value in words, and every drawn path."""
        paths = control.locator(".ldn-live path").evaluate_all(
            "all => all.map((path) => path.getAttribute('d'))"
        )
        return control.locator(".ldn-value").first.text_content(), paths

    wait_for(lambda: any(shown()[1]), 10, "the first control is drawn")
    before = shown()

    def at_rest():
        """How many cells there are, once a busy machine has drawn them all; else 0."""
        cells = page.locator(".jp-Cell").count()
        page.wait_for_timeout(500)
        return cells if page.locator(".jp-Cell").count() == cells else 0

    cells = wait_for(at_rest, 30, "all cells are drawn")
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    wait_for(
        lambda: shown()[0] != before[0] and shown()[1] != before[1],
        10,
        "value and curves follow the keyboard",
    )
    assert page.locator(".jp-Cell").count() == cells, (
        "the arrow key reached JupyterLab and folded cells away"
    )

    # Python sees the move.
    own = lambda: set(runtime.glob("kernel-*.json")) - others
    [kernel] = wait_for(own, 10, "a kernel's connection file")
    client = BlockingKernelClient(connection_file=str(kernel))
    client.load_connection_file()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        first = "[v for v in Out.values() if type(v).__name__ == 'Explorer'][0]"
        default = ask(
            client, f"next(c['value'] for c in {first}.spec['controls'] if c['name'] == {name!r})"
        )
        wait_for(
            lambda: ask(client, f"{first}.values[{name!r}]") < default,
            10,
            "the value in Python follows",
        )
        # And the page sees what Python sets.
        after = shown()
        client.execute_interactive(
            f"{first}.values = {first}.values | {{{name!r}: {default!r}}}",
            store_history=False,
            timeout=60,
        )
        wait_for(
            lambda: shown()[0] == before[0] and shown()[1] != after[1],
            10,
            "value and curves follow Python",
        )
    finally:
        client.stop_channels()
    if shots := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=os.path.join(shots, f"lab_{notebook[:2]}.png"))
    assert not errors
    page.close()
    name = kernel.stem.removeprefix("kernel-")
    assert reader.request.delete(f"{address}api/kernels/{name}").ok
