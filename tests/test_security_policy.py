"""What a host, or the frame of another site, may forbid: pages and controls work all the same."""

from conftest import PAINTED
from test_pages import CONTROLS

PAGE = "notebooks/03_ldn_mechanism.html"
THERE = [id for page, id in CONTROLS if page == PAGE]


def drawn(control):
    paths = control.locator(".ldn-live > path")
    return paths.evaluate_all("all => all.map((path) => path.getAttribute('d'))")


def test_controls_live_where_only_files_may_be_scripts(visit, strict_site):
    seen = visit(strict_site)
    shown = seen.open(f"{strict_site}/{PAGE}")  # fails if a control is not ready
    controls = shown.locator("ldn-explorer[data-ready]").all()
    assert len(controls) == len(THERE)
    for control in controls:
        before = drawn(control)
        control.locator("input[type=range]").first.press("End")
        control.evaluate(PAINTED)
        assert drawn(control) != before
        assert control.locator(".ldn-stuck").count() == 0
    assert not seen.complaints
    # The policy is in force; not so for what the tests' own tool evaluates, hence the pause.
    refused = """() => new Promise((done) => setTimeout(() => {
        try { done(new Function("return 'made'")()); } catch (error) { done(error.name); }
    }))"""
    assert shown.evaluate(refused) == "EvalError"


def test_a_frame_that_refuses_storage_loses_memory_alone(visit, site):
    """As a learning platform, or a reader who blocks cookies, has it."""
    seen = visit(site, viewport={"width": 420, "height": 820})
    frame = f'<iframe sandbox="allow-scripts" width="400" height="800" src="{site}/{PAGE}">'
    seen.page.set_content(frame)
    inside = seen.page.frame_locator("iframe")
    inside.locator("ldn-explorer[data-ready]").nth(len(THERE) - 1).wait_for()
    control = inside.locator("ldn-explorer").first
    before = drawn(control)
    control.locator("input[type=range]").first.press("End")
    control.evaluate(PAINTED)
    assert drawn(control) != before
    inside.get_by_role("button", name="plain").click()
    assert not inside.locator(".cell_input pre >> visible=true").count()
    assert inside.locator(".copybtn").count() and inside.locator(".toggle-button").count()
    inside.locator(".primary-toggle").click()
    assert inside.locator("dialog[open]").count()
    # What first.js put in its place: else storage was not refused, and this shows nothing.
    stub = "() => !!Object.getOwnPropertyDescriptor(window, 'localStorage').value"
    assert control.evaluate(stub)
    assert not seen.complaints
