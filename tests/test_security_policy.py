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


def test_controls_live_where_text_may_not_become_a_script(visit, strict_site):
    seen = visit(strict_site)
    shown = seen.open(f"{strict_site}/{PAGE}")  # fails if a control is not ready
    controls = shown.locator("ldn-explorer[data-ready]").all()
    assert len(controls) == 4
    for control in controls:
        line = control.locator(".ldn-live > path.ldn-line").first
        before = control.locator(".ldn-value").first.inner_text(), line.get_attribute("d")
        control.locator("input[type=range]").first.press("End")
        control.evaluate("() => new Promise((drawn) => requestAnimationFrame(drawn))")
        after = control.locator(".ldn-value").first.inner_text(), line.get_attribute("d")
        assert before[0] != after[0] and before[1] != after[1]
        assert control.locator(".ldn-stuck").count() == 0
    assert not seen.complaints
    # The policy is in force.
    with pytest.raises(Exception, match="unsafe-eval"):
        shown.evaluate("() => { new Function('return 1')(); }")
