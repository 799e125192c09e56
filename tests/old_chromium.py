"""Chromium 87, the oldest that the book promises, as Qt carries it; engines.py starts this program.

Each line of its input is a command, of its output the answer, both JSON: ["visit", address] → null,
["run", script] → what it gives, ["press", key or letter] → null, ["look"] → a PNG in base64.
"""

import base64
import json
import sys

from PyQt5.QtCore import QBuffer, QSocketNotifier, Qt, QUrl
from PyQt5.QtTest import QTest
from PyQt5.QtWebEngineWidgets import QWebEngineView
from PyQt5.QtWidgets import QApplication


class Window(QWebEngineView):
    """One window, which does one thing after the other."""

    def __init__(self, width, height):
        super().__init__()
        self.visiting = False
        self.loadFinished.connect(self.visited)
        self.input = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Read)
        self.input.activated.connect(self.obey)
        self.resize(width, height)
        self.show()

    def obey(self):
        line = sys.stdin.readline()
        if not line:
            QApplication.quit()
            return
        command, *given = json.loads(line)
        getattr(self, command)(*given)

    def answer(self, found=None):
        print(json.dumps(found), flush=True)

    def visit(self, address):
        self.visiting = True
        self.load(QUrl(address))

    def visited(self):
        if self.visiting:  # not where a page goes on by itself
            self.visiting = False
            self.answer()

    def run(self, script):
        self.page().runJavaScript(script, self.answer)

    def press(self, key):
        QTest.keyClick(self.focusProxy(), key if len(key) == 1 else getattr(Qt, f"Key_{key}"))
        self.answer()

    def look(self):
        picture = QBuffer()
        self.grab().save(picture, "PNG")
        self.answer(base64.b64encode(bytes(picture.data())).decode())


application = QApplication(sys.argv[:1])
window = Window(*map(int, sys.argv[1:]))
application.exec()
