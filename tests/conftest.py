"""What several tests share: the built book, a server that only this machine reaches, a browser;
which tests need them (markers `book` and `browser`), and where the minutes of a run went."""

import codecs
import contextlib
import functools
import http.server
import os
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
HTML = ROOT / "_build" / "html"
sys.path.insert(0, str(ROOT / "book" / "ext"))
from check_pages import newer  # noqa: E402
from chromium import find_browser  # noqa: E402

# These read the built book when they are collected, to have a test for each page.
READ_THE_BOOK = {
    "test_accessibility.py",
    "test_citations.py",
    "test_code_links.py",
    "test_drawn_for_width.py",
    "test_engines.py",
    "test_figures.py",
    "test_glossary.py",
    "test_lite.py",
    "test_on_a_phone.py",
    "test_pages.py",
    "test_phone_tables.py",
    "test_progress.py",
    "test_published_pages.py",
    "test_reading_level.py",
    "test_security_policy.py",
    "test_slides.py",
    "test_steady_pages.py",
    "test_use_elsewhere.py",
}


def pytest_ignore_collect(collection_path, config):
    """Leave unread what would look for the book where none is wanted, as in "make quick"."""
    unwanted = "not book" in config.getoption("markexpr")
    return True if unwanted and collection_path.name in READ_THE_BOOK else None


@pytest.hookimpl(tryfirst=True)  # before tests are chosen by their markers, and sorted by group
def pytest_collection_modifyitems(items):
    for item in items:
        needs = set(getattr(item, "fixturenames", ()))
        if item.path.name in READ_THE_BOOK or "html" in needs:
            item.add_marker("book")
        if needs & {"browser", "engine"}:
            item.add_marker("browser")
        if item.path.suffix == ".ipynb":  # the cells of a notebook share a kernel
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


def pytest_runtest_setup(item):
    """Tests of a group share files or a port: refuse to run them in several processes at once."""
    group = item.get_closest_marker("xdist_group")
    if (
        group
        and "PYTEST_XDIST_WORKER" in os.environ
        and not item.nodeid.endswith(f"@{group.args[0]}")
    ):
        pytest.fail(
            f'the tests of group "{group.args[0]}" may run apart: use "--dist loadgroup", '
            "and versions of pytest and pytest-xdist that fit",
            pytrace=False,
        )


# Where the minutes went, beside what each part may take on two quiet processors

BUDGET = {"book": 2, "science": 6, "pages in Chromium": 5, "other browsers": 4}
BUDGET |= {"live Python": 5, "files": 3}
PARTS = {
    "test_engines.py": "other browsers",
    "test_lite.py": "live Python",
    "test_lab.py": "live Python",
    "test_pdf.py": "files",
    "test_take_along.py": "files",
}
BUILD = ROOT / "_build" / "seconds"
SECONDS, NUMBER = Counter(), Counter()


def part(report):
    """The part of the budget that a test belongs to."""
    file = report.nodeid.split("::")[0].rpartition("/")[2]
    science = file == "test_controls_agree.py"
    pages = {"book", "browser"} & set(report.keywords) and not science
    return PARTS.get(file, "pages in Chromium" if pages else "science")


def pytest_runtest_logreport(report):
    SECONDS[part(report)] += report.duration
    NUMBER[part(report)] += report.when == "call"


def pytest_terminal_summary(terminalreporter, config):
    skipped = terminalreporter.stats.get("skipped", [])
    missing = Counter(report.longrepr[2] for report in skipped)
    for why, number in missing.items():
        terminalreporter.write_line(f"{number} tests left out: {why.removeprefix('Skipped: ')}")
    if SECONDS.total() < 60:
        return
    processes = config.getoption("numprocesses", None) or 1
    spent = {name: seconds / 60 / processes for name, seconds in SECONDS.items()}
    if BUILD.is_file():
        spent["book"] = float(BUILD.read_text(encoding="utf-8")) / 60
    terminalreporter.section(f"minutes on {processes} processes, and the budget on two quiet ones")
    for name, budget in BUDGET.items():
        if name in spent:
            tests = f"{NUMBER[name]:5} tests" if name in NUMBER else ""
            terminalreporter.write_line(f"{name:20}{spent[name]:6.1f} of {budget:2} {tests}")
    total = f"{sum(spent.values()):6.1f} of {sum(BUDGET.values()):2}"
    terminalreporter.write_line(f"{'all':20}{total}")


# The built book


def built_pages():
    """The names of all built pages, as in "book/intro.html"; controls alone are none.

    Raises RuntimeError if there is no book, or an old one.
    """
    others = {"_static", "controls", "lite"}  # see test_use_elsewhere.py, test_lite.py
    pages = [path for path in HTML.rglob("*.html") if others.isdisjoint(path.parts)]
    pages = [path for path in pages if path != HTML / "index.html"]  # a copy: test_metadata.py
    if len(pages) < 2:
        raise RuntimeError(f'{HTML} holds no book: run "make book" first')
    built = min(page.stat().st_mtime for page in pages)
    changed = newer(ROOT, built)
    if changed:
        some = ", ".join(changed[:5])
        raise RuntimeError(f'the book was built before {some} changed: run "make book" first')
    return sorted(page.relative_to(HTML).as_posix() for page in pages)


def each(pages):
    """Parameters of a browser's test for these pages; those of models are all of one make, so that
    the first of them comes with each change and the others weekly."""
    models = [page for page in pages if "/models/" in page]
    return [pytest.param(p, marks=pytest.mark.weekly if p in models[1:] else ()) for p in pages]


def is_slides(page):
    """Whether a built page is the slides of a lesson, which repeat what other pages have."""
    return page.startswith("book/slides_")


def as_offered(table):
    """The bytes in which the book offers a file of the tables.

    A CSV begins with a mark, without which a spreadsheet would show Î² for β.
    """
    return codecs.BOM_UTF8 * (table.suffix == ".csv") + table.read_bytes()


@pytest.fixture(scope="session")
def html():
    """The folder of the built book."""
    built_pages()
    return HTML


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@contextlib.contextmanager
def served(folder, handler):
    """The address of a loopback server of the folder, without the final slash."""
    handler = functools.partial(handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture(scope="session")
def site(html):
    """The address of the built book, without the final slash."""
    with served(html, QuietHandler) as address:
        yield address


# No script within a page, none made of text; figures have styles of their own.
POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"


class StrictHandler(QuietHandler):
    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()


@pytest.fixture
def strict_site(html):
    """The address of the built book at a host that sends the policy."""
    with served(html, StrictHandler) as address:
        yield address


@pytest.fixture(scope="session")
def playwright():
    """Playwright itself; a process can start only one."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright):
    """A headless Chromium: the one named by CHROMIUM, or else the first on the PATH."""
    try:
        found = find_browser()
    except SystemExit as missing:
        pytest.fail(str(missing), pytrace=False)
    # No machine but this one has an address, so that nothing need stand in every request's way.
    alone = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    with playwright.chromium.launch(executable_path=found, args=[alone]) as chromium:
        yield chromium


# Evaluated in a page, it waits until what was pressed is drawn.
PAINTED = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"


def text(page):
    """A built page as it is on the disk."""
    return (HTML / page).read_text(encoding="utf-8")


@functools.cache
def parsed(page):
    """A built page, parsed once for all tests of a process; not to be changed."""
    return BeautifulSoup(text(page), "html.parser")


@pytest.fixture
def soup(html):
    """`parsed`, of a book that is there."""
    return parsed


class Visit:
    """A browser page that records everything a quiet page must not have.

    page: Playwright's page. complaints: errors and warnings of the console, uncaught errors,
    failed requests and every request to another machine (which finds none, see `browser`).
    """

    def __init__(self, browser, own, **options):
        self.complaints = []
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"uncaught error: {error}"))
        self.page.on("request", lambda request: self._request(request, own))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._response)

    def _failed(self, request):
        # The browser asks for its icon when it likes, and drops that where the reader goes on.
        if not (request.url.endswith("favicon.svg") and request.failure == "net::ERR_ABORTED"):
            self.complaints.append(f"request failed: {request.url[:200]}")

    def _request(self, request, own):
        if not request.url.startswith((own, "data:", "blob:", "about:")):
            self.complaints.append(f"third-party request: {request.url}")

    def _console(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(f"console {message.type}: {message.text}")

    def _response(self, response):
        if response.status >= 400:
            self.complaints.append(f"status {response.status}: {response.url}")

    def open(self, address, idle=False):
        """Open the address, wait until every control lives; returns the page.

        idle: wait until the network is, too, half a second longer.
        """
        self.page.goto(address, wait_until="load")
        if idle:
            self.page.wait_for_load_state("networkidle")
        asleep = self.page.locator("ldn-explorer:not([data-ready], [data-error])")
        asleep.first.wait_for(state="detached")
        faults = self.page.locator("ldn-explorer[data-error]").evaluate_all(
            "all => all.map((e) => `${e.id}: ${e.dataset.error}`)"
        )
        assert faults == []
        return self.page


@pytest.fixture
def visit(browser):
    """A function (own address, context options) → `Visit`; each is closed after the test."""
    visits = []

    def start(own, **options):
        visits.append(Visit(browser, own, **options))
        return visits[-1]

    yield start
    for one in visits:
        one.context.close()
