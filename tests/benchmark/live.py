"""How long Python in the reader's browser takes from a click to the first result."""

import functools
import http.server
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from live_python import PATIENCE, Editor, Room, cell_of  # noqa: E402

CHAPTER, WORDS = "03_ldn_mechanism", "half_life_in_brain"
RATE = 20e6 / 8  # bytes a second
PIECE = 64 * 1024


class Line:
    """What one reader's line carries: all requests together no faster than RATE, and how much."""

    def __init__(self):
        self.carried, self.free, self.lock = 0, 0.0, threading.Lock()

    def carry(self, size):
        with self.lock:
            self.carried += size
            self.free = max(self.free, time.monotonic()) + size / RATE
            wait = self.free - time.monotonic()
        time.sleep(max(wait, 0))


def behind(line, handler):
    """A handler like that one whose answers come by the line."""

    class Slow(handler):
        def setup(self):
            super().setup()
            self.whole, self.wfile = self.wfile, self

        def write(self, data):
            for start in range(0, len(data), PIECE):
                piece = data[start : start + PIECE]
                line.carry(len(piece))
                self.whole.write(piece)

        def flush(self):
            self.whole.flush()

        @property
        def closed(self):
            return self.whole.closed

        def close(self):
            self.whole.close()

    return Slow


def in_the_page(room, address):
    page = room.page
    page.goto(f"{address}/notebooks/{CHAPTER}.html")
    start = time.monotonic()
    editor = Editor(page, cell_of(CHAPTER, WORDS))
    editor.run(editor.code.input_value().replace("34", "4"))
    assert editor.until("Done")
    return time.monotonic() - start


def in_the_notebook(room, address):
    """Its first cell imports, its second shows a control."""
    page = room.page
    page.goto(f"{address}/notebooks/{CHAPTER}.html")
    start = time.monotonic()
    page.click("a.ldn-lite")
    cells = page.locator(".jp-CodeCell")
    room.run(cells.nth(0))
    room.run(cells.nth(1)).locator(".ldn").first.wait_for(timeout=PATIENCE)
    return time.monotonic() - start


def measure(report, playwright, html, handler):
    """A first visit at RATE, and a second of that browser; `handler` serves compressed files."""
    report.heading(
        "Python in the browser",
        "Seconds from the click to the result of an edited cell of chapter 3 (aim: 8), and to the "
        "control of its notebook in JupyterLite (aim: 30): on a first visit at 20 Mbit/s and on "
        "the next; and the megabytes of the first that crossed the line, compressed. The aims are "
        "for two quiet processors.",
        "what", "first visit", "next visit", "MB",
    )  # fmt: skip
    ways = {"edited cell in the page": in_the_page, "notebook in JupyterLite": in_the_notebook}
    for name, way in ways.items():
        line = Line()
        slow = functools.partial(behind(line, handler), directory=str(html))
        with (
            tempfile.TemporaryDirectory() as profile,
            http.server.ThreadingHTTPServer(("127.0.0.1", 0), slow) as server,
        ):
            threading.Thread(target=server.serve_forever, daemon=True).start()
            address = f"http://127.0.0.1:{server.server_address[1]}"
            seconds = []
            for _ in range(2):
                room = Room(playwright, profile)
                seconds.append(way(room, address))
                room.context.close()
                if len(seconds) == 1:
                    carried = line.carried / 1e6
            server.shutdown()
        report.row(name, *(f"{s:.0f}" for s in seconds), f"{carried:.0f}")
