"""Firefox, WebKit and an old Chromium, driven alike: what tests/test_engines.py needs and no more.

Firefox listens to Mozilla's own library, for Debian has no driver of it; WebKit is WebKitGTK, which
its package's driver starts; Chromium 87 is part of Qt, see old_chromium.py. All read pages as
strangers' hosts serve them, see `WatchedHandler`.
"""

import base64
import contextlib
import glob
import importlib.util
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from conftest import StrictHandler
from PIL import Image
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

SIZE = 1280, 1000  # of the window, px
PATIENCE = 60  # s until a page and its controls must be there, also on a busy machine

# Stands before all other scripts of a page, and keeps what a quiet page must not have; and how high
# all that stands in for a control is, just before the control replaces it.
WATCH = """
window.complaints = [];
addEventListener("error", (event) => complaints.push(
    event.message || `not loaded: ${event.target.src || event.target.href}`), true);
addEventListener("unhandledrejection", (event) => complaints.push(String(event.reason)));
addEventListener("securitypolicyviolation",
    (event) => complaints.push(`${event.violatedDirective}: ${event.blockedURI}`));
for (const kind of ["error", "warn"]) {
    const say = console[kind];
    console[kind] = (...words) => {
        complaints.push(`console ${kind}: ${words.join(" ")}`);
        say.apply(console, words);
    };
}
window.heights = () => Object.fromEntries([...document.querySelectorAll("ldn-explorer")].map(
    (control) => [control.id, control.getBoundingClientRect().height]));
const define = customElements.define;
customElements.define = function (...given) {
    // Without its style a page was not painted yet: nothing that a reader sees can move.
    if (given[0] === "ldn-explorer") window.before = document.styleSheets.length ? heights() : null;
    return define.apply(this, given);
};
"""
# No browser's window is as narrow as a phone.
FRAME = '<!doctype html><title>A frame</title><style>iframe { border: 0 }</style><iframe id="book">'


class WatchedHandler(StrictHandler):
    """Serves the book under the policy, with `WATCH` in every page."""

    def do_GET(self):
        path = self.path.partition("?")[0]
        file = Path(self.translate_path(path))
        if path == "/watch.js":
            self.answer(WATCH, "text/javascript")
        elif path == "/frame.html":
            self.answer(FRAME, "text/html")
        elif file.suffix == ".html" and file.is_file():
            text = file.read_text(encoding="utf-8")
            watched = text.replace("<head>", '<head><script src="/watch.js"></script>', 1)
            self.answer(watched, "text/html")
        else:
            super().do_GET()

    def answer(self, text, kind):
        content = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class Engine:
    """What both can do. Scripts are the bodies of functions, elements are named by selectors."""

    def until(self, script, *arguments):
        """Wait until the script gives something; returns it. AssertionError if it never does."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if found := self.run(script, *arguments):
                return found
            time.sleep(0.05)
        raise AssertionError(f"{self.name}: never came true: {script}, {arguments}")

    def open(self, address):
        """Open the address and wait until every control of the page lives."""
        self.visit("about:blank")  # a new place on the same page would not load it again
        self.visit(address)
        self.until(
            "return document.readyState === 'complete' && "
            "[...document.querySelectorAll('ldn-explorer')].every("
            "(e) => 'ready' in e.dataset || e.dataset.error)"
        )


class Firefox(Engine):
    name = "Firefox"
    brought = "apt-get install firefox-esr"

    @staticmethod
    def found():
        """The path of Firefox; None if it, or what drives it on Linux alone, is not here."""
        if not importlib.util.find_spec("marionette_driver"):
            return None
        return shutil.which("firefox-esr") or shutil.which("firefox")

    def __init__(self, folder):
        from marionette_driver import marionette  # here, for other systems have none

        self._library = marionette
        prefs = {
            "browser.download.folderList": 2,
            "browser.download.dir": str(folder),
            # Else the list of downloads opens when one is done, and takes the next keys.
            "browser.download.alwaysOpenPanel": False,
            "ui.systemUsesDarkTheme": 0,
        }
        with socket.socket() as free:  # so that two runs of the tests do not meet
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.browser = marionette.Marionette(
            bin=self.found(),
            port=port,
            headless=True,
            app_args=["-remote-allow-system-access"],  # to set a preference between pages
            prefs=prefs,
            startup_timeout=300,
            gecko_log=str(folder / "gecko.log"),
        )
        self.browser.start_session()
        self.browser.timeout.script = PATIENCE
        self.browser.set_window_rect(width=SIZE[0], height=SIZE[1])

    @contextlib.contextmanager
    def preferring(self, name, value):
        """Meanwhile, pages that are opened find this preference of Firefox."""
        before = self.browser.get_pref(name)
        self.browser.set_pref(name, value)
        yield
        self.browser.set_pref(name, before)

    def visit(self, address):
        self.browser.navigate(address)

    def run(self, script, *arguments):
        return self.browser.execute_script(script, arguments, sandbox=None)

    def wait_for(self, script, *arguments):
        """What the script hands to its last argument, a function, sooner or later."""
        return self.browser.execute_async_script(script, arguments, sandbox=None)

    def enter(self, selector):
        """Go into a frame; None: back to the page."""
        self.browser.switch_to_frame(selector and self._find(selector))

    def _find(self, selector):
        return self.browser.find_element("css selector", selector)

    def press(self, selector, keys):
        self._find(selector).send_keys(keys)

    def drag(self, x, y, *stops):
        hand = self._library.ActionSequence(
            self.browser, "pointer", "mouse", {"pointerType": "mouse"}
        )
        hand.pointer_move(round(x), round(y)).pointer_down()
        for stop in stops:
            hand.pointer_move(round(stop), round(y), duration=20)
        hand.pointer_up().perform()

    def close(self):
        self.browser.quit()
        self.browser.cleanup()


class WebKit(Engine):
    name = "WebKit"
    brought = "apt-get install webkit2gtk-driver xvfb"

    @staticmethod
    def found():
        """The path of WebKitGTK's browser; None if it, its driver or a display is not here."""
        needed = all(map(shutil.which, ("WebKitWebDriver", "Xvfb")))
        browsers = sorted(glob.glob("/usr/lib*/*/webkit2gtk-4.*/MiniBrowser"))
        return browsers[-1] if needed and browsers else None

    def __init__(self, folder):
        command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1400x1100x24"]
        quiet = {"stderr": subprocess.DEVNULL, "text": True}
        self.display = subprocess.Popen(command, stdout=subprocess.PIPE, **quiet)
        # Its own sandbox does not start for root; it sees only pages of this machine here.
        alone = {"WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1", "HOME": str(folder)}
        # Without a graphics card, layers cost more than they save: half the processor time.
        alone["WEBKIT_DISABLE_COMPOSITING_MODE"] = "1"
        number = self.display.stdout.readline().strip()
        service = Service(
            shutil.which("WebKitWebDriver"), env=os.environ | alone | {"DISPLAY": f":{number}"}
        )
        options = Options()
        options.binary_location = self.found()
        options.add_argument("--automation")
        self.browser = webdriver.WebKitGTK(options=options, service=service)
        self.browser.set_script_timeout(PATIENCE)
        self.browser.set_window_size(*SIZE)

    def visit(self, address):
        self.browser.get(address)

    def run(self, script, *arguments):
        return self.browser.execute_script(script, *arguments)

    def wait_for(self, script, *arguments):
        """What the script hands to its last argument, a function, sooner or later."""
        return self.browser.execute_async_script(script, *arguments)

    def enter(self, selector):
        """Go into a frame; None: back to the page."""
        if selector is None:
            self.browser.switch_to.default_content()
        else:
            self.browser.switch_to.frame(self._find(selector))

    def _find(self, selector):
        return self.browser.find_element("css selector", selector)

    def press(self, selector, keys):
        self._find(selector).send_keys(keys)

    def drag(self, x, y, *stops):
        chain = ActionChains(self.browser, duration=20)
        hand = chain.w3c_actions.pointer_action
        hand.move_to_location(round(x), round(y)).pointer_down()
        for stop in stops:
            hand.move_to_location(round(stop), round(y))
        hand.pointer_up()
        chain.w3c_actions.perform()

    def close(self):
        self.browser.quit()
        self.display.terminate()
        self.display.wait()


class OldChromium(Engine):
    name = "Chromium 87"
    brought = "pip install -r tests/requirements.txt"  # on Linux, for x86_64 alone
    KEYS = {
        Keys.ENTER: "Return",
        Keys.HOME: "Home",
        Keys.END: "End",
        Keys.ARROW_LEFT: "Left",
        Keys.ARROW_RIGHT: "Right",
        Keys.ARROW_UP: "Up",
        Keys.ARROW_DOWN: "Down",
    }

    @staticmethod
    def found():
        """Where Qt's browser is; None if it is not here."""
        return importlib.util.find_spec("PyQt5") and importlib.util.find_spec(
            "PyQt5.QtWebEngineWidgets"
        )

    def __init__(self, folder):
        alone = {
            "QT_QPA_PLATFORM": "offscreen",
            "QT_QUICK_BACKEND": "software",
            "QTWEBENGINE_DISABLE_SANDBOX": "1",  # as in WebKit
            "XDG_RUNTIME_DIR": str(folder),
            "HOME": str(folder),
        }
        self.said = (folder / "chromium.log").open("w+")
        self.browser = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("old_chromium.py"), *map(str, SIZE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.said,
            text=True,
            env=os.environ | alone,
        )

    def _ask(self, *command):
        try:
            print(json.dumps(command), file=self.browser.stdin, flush=True)
            return json.loads(self.browser.stdout.readline())
        except (BrokenPipeError, json.JSONDecodeError):
            self.said.seek(0)
            raise AssertionError(f"{self.name} ended: {self.said.read()}") from None

    def visit(self, address):
        self._ask("visit", address)

    def run(self, script, *arguments):
        tried = f"try {{ return {{found: (() => {{ {script} }})()}} }}"
        whole = f"(function () {{ {tried} catch (e) {{ return {{error: String(e)}} }} }})"
        given = ", ".join(map(json.dumps, arguments))
        answer = json.loads(self._ask("run", f"JSON.stringify({whole}({given}))"))
        assert "error" not in answer, f"{self.name}: {answer['error']} in {script}"
        return answer.get("found")

    def wait_for(self, script, *arguments):
        """What the script hands to its last argument, a function, sooner or later."""
        done = "window.answer = null; const done = (found) => (window.answer = [found]);"
        self.run(f"{done} (function () {{ {script} }})(...arguments, done);", *arguments)
        return self.until("return window.answer")[0]

    def press(self, selector, keys):
        self.run("document.querySelector(arguments[0]).focus()", selector)
        for key in keys:
            self._ask("press", self.KEYS.get(key, key))

    def look(self):
        """What the window shows, as a picture of Pillow."""
        return Image.open(io.BytesIO(base64.b64decode(self._ask("look")))).convert("RGB")

    def close(self):
        self.browser.stdin.close()
        self.browser.wait()
        self.said.close()


ENGINES = {engine.name: engine for engine in (Firefox, WebKit, OldChromium)}
