"""A host may forbid scripts to make scripts of text: a page with controls works all the same."""

import functools
import http.server
import threading

import pytest
from conftest import QuietHandler

PAGE = "notebooks/03_ldn_mechanism.html"
# The theme has scripts within its pages, and figures have styles.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:"
)


class StrictHandler(QuietHandler):
    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()


@pytest.fixture
def strict_site(html):
    """The address of the built book on a loopback server that sends the policy."""
    handler = functools.partial(StrictHandler, directory=str(html))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def drawn(control):
    paths = control.locator(".ldn-live > path")
    return paths.evaluate_all("all => all.map((path) => path.getAttribute('d'))")


def test_controls_live_where_text_may_not_become_a_script(visit, strict_site):
    seen = visit(strict_site)
    shown = seen.open(f"{strict_site}/{PAGE}")  # fails if a control is not ready
    controls = shown.locator("ldn-explorer[data-ready]").all()
    assert len(controls) == 4
    for control in controls:
        before = drawn(control)
        control.locator("input[type=range]").first.press("End")
        control.evaluate("() => new Promise((done) => requestAnimationFrame(done))")
        assert drawn(control) != before
        assert control.locator(".ldn-stuck").count() == 0
    assert not seen.complaints
    # The policy is in force; not so for what the tests' own tool evaluates, hence the pause.
    refused = """() => new Promise((done) => setTimeout(() => {
        try { done(new Function("return 'made'")()); } catch (error) { done(error.name); }
    }))"""
    assert shown.evaluate(refused) == "EvalError"
