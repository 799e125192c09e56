"""Python in the reader's browser as a reader uses it: in JupyterLite and in a chapter's page."""

import json
import re
import sys

from conftest import ROOT

sys.path.insert(0, str(ROOT / "book" / "ext"))
import make_lite  # noqa: E402
from chromium import find_browser  # noqa: E402

# In milliseconds: on a busy machine Python in the browser takes minutes to load.
PATIENCE = 400_000


class Room:
    """A browser with storage of its own that reaches no machine but this one."""

    def __init__(self, playwright, profile):
        self.context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=find_browser(),
            args=["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
            viewport={"width": 1280, "height": 900},
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.foreign, self.service_workers = [], []
        self.context.on("request", self._look)
        self.context.on("serviceworker", lambda found: self.service_workers.append(found))

    def _look(self, request):
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            self.foreign.append(request.url)

    def run(self, cell, changed=None):
        """Run a cell, after `changed` has taken the place of its text; returns its output."""
        idle = self.page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")
        idle.wait_for(state="attached", timeout=PATIENCE)
        prompt = cell.locator(".jp-InputPrompt")
        before = prompt.inner_text()
        if changed:
            cell.locator(".cm-content").click()
            self.page.keyboard.press("Control+A")
            self.page.keyboard.insert_text(changed)
        else:
            prompt.click()
        for _ in range(5):
            self.page.keyboard.press("Control+Enter")
            prompt.filter(has_not_text=before).wait_for()
            self.wait()
            # A kernel that says it is idle while it still starts forgets what it was asked.
            if re.match(r"\[\d+\]", prompt.inner_text()):
                break
        else:
            raise AssertionError(f"never run: {cell.inner_text()}")
        assert not cell.locator("[data-mime-type*=error]").count(), cell.inner_text()
        return cell.locator(".jp-OutputArea")

    def wait(self, longest=PATIENCE):
        """Until no cell runs or waits."""
        self.page.wait_for_function(
            """() => ![...document.querySelectorAll(".jp-InputPrompt")]
                .some((prompt) => prompt.textContent.includes("*"))""",
            timeout=longest,
        )


class Editor:
    """The editor of one cell of a page, or of an exercise."""

    def __init__(self, page, place, exercise=False):
        box = ".exercise" if exercise else ".cell"
        self.place = page.locator(f'{box} .ldn-edit[data-cell="{place}"]')
        self.place.locator("button").first.click()
        self.code = self.place.locator("textarea")
        self.status = self.place.locator("[role=status]")
        self.output = self.place.locator("xpath=..").locator(".cell_output")

    def press(self, name):
        self.place.get_by_role("button", name=name, exact=True).click()

    def until(self, *begins):
        """Wait until the status line begins with one of these words; returns it."""
        words = "|".join(map(re.escape, begins))
        self.status.filter(has_text=re.compile(f"^({words})")).wait_for(timeout=PATIENCE)
        return self.status.inner_text()

    def run(self, code=None):
        """Run it, changed to `code`; returns what the page then shows in its place."""
        if code is not None:
            self.code.fill(code)
        self.press("Run")
        self.until("Done", "It stopped with an error", "Python could not", "Nothing has come")
        return self.output


def cell_of(name, words):
    """The place in a notebook of the cell whose code holds the words."""
    path = ROOT / "notebooks" / f"{name}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    [place] = [i for i in make_lite.visible(path) if words in "".join(cells[i]["source"])]
    return place
