"""What pages remember of self-checks and exercises: kept in the browser, sent nowhere."""

import pytest
from conftest import HTML, parsed
from test_accessibility import violations
from test_pages import CHAPTERS

PAGE = CHAPTERS[-1]
# Storage that is there and refuses, as in a browser told to keep nothing.
BLOCKED = """Object.defineProperty(window, "localStorage", {
    configurable: true,
    get() { throw new DOMException("no", "SecurityError"); },
})"""


@pytest.fixture
def reader(site, visit):
    """A visit whose complaints are checked at the end."""
    one = visit(site)
    yield one
    assert one.complaints == []


def answer(page, number, right=True):
    return (
        page.locator(".ldn-check > li")
        .nth(number)
        .locator("details[data-right]" if right else "details:not([data-right])")
        .first.locator("summary")
    )


def status(page):
    return page.locator(".ldn-kept [role=status]").inner_text()


def mark(page, chapter=PAGE):
    """What the sidebar says beside the chapter, also to a screen reader; None without a mark."""
    here = page.url.endswith(chapter)
    link = page.locator(
        ".bd-docs-nav li.current > a"
        if here
        else f'.bd-docs-nav a[href$="{chapter.split("/")[1]}"]'
    ).first
    found = link.locator(".ldn-mark")
    return found.text_content() if found.count() else None


@pytest.mark.parametrize("page", CHAPTERS)
def test_the_plain_page_says_what_there_is(page):
    """Each chapter has its line under the title; without the script it says how much there is."""
    soup = parsed(page)
    [line] = soup.select("h1 ~ .ldn-start")
    count = {tag["data-count"]: tag.get_text() for tag in line.select("[data-count]")}
    questions, exercises = soup.select(".ldn-check > li"), soup.select(".exercise")
    assert count == {
        "questions": f"{len(questions)} questions",
        "exercises": f"{len(exercises)} with solutions",
    }
    assert len(questions) == 5 and len(exercises) == len(soup.select(".solution.dropdown")) >= 3
    for question in questions:
        [right] = question.select("details[data-right]")
        assert right.find("strong").get_text() == "✓ Yes."


def test_progress_by_mouse_survives_and_is_cleared(reader, site):
    page = reader.open(f"{site}/{PAGE}")
    assert (
        mark(page) is None
        and status(page) == "Self-check: 0 of 5 answered. Exercises: 0 of 3 solutions opened."
    )
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    answer(page, 0, right=False).click()
    assert "0 of 5" in status(page), "a wrong answer counts as none"
    answer(page, 0).click()
    answer(page, 0).click()
    answer(page, 0).click()
    answer(page, 3).click()
    page.locator(".solution > .admonition-title").first.click(position={"x": 400, "y": 10})
    assert status(page) == "Self-check: 2 of 5 answered. Exercises: 1 of 3 solutions opened."
    line = page.locator(".ldn-start").inner_text()
    assert "Self-check: 2 of 5 answered" in line and "Exercises: 1 of 3 solutions opened" in line
    assert (
        page.locator(".ldn-check .ldn-done").count() == 2
        and page.locator(".exercise .ldn-done").count() == 1
    )
    assert mark(page) == "✓ 3 of 8 questions and exercises done"
    assert not asked, "something was sent"

    page.reload(wait_until="load")
    page.wait_for_load_state("networkidle")
    assert mark(page) == "✓ 3 of 8 questions and exercises done" and "2 of 5" in status(page)
    for other in ("book/intro.html", CHAPTERS[0]):
        reader.open(f"{site}/{other}")
        assert mark(page) == "✓ 3 of 8 questions and exercises done"
    assert "0 of 5" in status(page) and mark(page, CHAPTERS[0]) is None

    page.get_by_role("button", name="Clear my progress").click()
    assert mark(page) is None
    reader.open(f"{site}/{PAGE}")
    assert (
        mark(page) is None and "0 of 5" in status(page) and page.locator(".ldn-done").count() == 0
    )


def test_progress_by_keyboard(reader, site):
    page = reader.open(f"{site}/{PAGE}")
    answer(page, 1).focus()
    page.keyboard.press("Enter")
    page.locator(".solution .toggle-button").first.focus()
    page.keyboard.press("Space")
    assert mark(page).startswith("✓ 2 of 8")
    clear = page.get_by_role("button", name="Clear my progress")
    clear.focus()
    page.keyboard.press("Enter")
    assert mark(page) is None and clear.evaluate("b => b === document.activeElement")


def test_a_solution_leads_back_to_its_exercise(reader, site):
    """The link in its title does that and no more: no error, nothing opened, nothing counted."""
    page = reader.open(f"{site}/{PAGE}")
    link = page.locator(".solution > .admonition-title a").first
    link.click()
    assert page.url.endswith(link.get_attribute("href"))
    assert page.locator(".solution.toggle-hidden").count() == 3 and "0 of 3" in status(page)


def test_every_question_and_solution_counts(reader, site):
    """In each chapter all of them can be done, and nothing but them."""
    for chapter in CHAPTERS:
        page = reader.open(f"{site}/{chapter}")
        for number in range(page.locator(".ldn-check > li").count()):
            answer(page, number).click()
        for button in page.locator(".solution .toggle-button").all():
            button.click()
        done, total = mark(page, chapter).split()[1:4:2]
        assert done == total and int(total) >= 8, chapter
    assert page.locator(".bd-docs-nav .ldn-mark").count() == len(CHAPTERS)


def test_without_storage(visit, site):
    one = visit(site)
    one.context.add_init_script(BLOCKED)
    page = one.open(f"{site}/{PAGE}")
    answer(page, 0).click()
    answer(page, 1).click()
    assert "2 of 5" in status(page) and mark(page).startswith("✓ 2 of 8")
    assert "Your browser keeps nothing" in page.locator(".ldn-kept").inner_text()
    page.get_by_role("button", name="Clear my progress").click()
    assert "0 of 5" in status(page) and mark(page) is None
    assert one.complaints == []


@pytest.mark.parametrize(
    "damaged",
    ["{", "null", "7", '"x"', '{"07_final_thoughts": 3}', '{"07_final_thoughts": {"done": "x"}}'],
)
def test_damaged_storage(reader, site, damaged):
    page = reader.open(f"{site}/search.html")
    page.evaluate("text => localStorage.setItem('ldn-book-progress', text)", damaged)
    reader.open(f"{site}/{PAGE}")
    assert "0 of 5" in status(page)
    answer(page, 0).click()
    page.reload(wait_until="load")
    page.wait_for_load_state("networkidle")
    assert "1 of 5" in status(page)


def test_as_files(visit):
    one = visit("file://")
    page = one.open((HTML / PAGE).as_uri())
    answer(page, 0).click()
    one.open((HTML / "book/intro.html").as_uri())
    assert mark(page).startswith("✓ 1 of 8")
    one.open((HTML / PAGE).as_uri())
    page.get_by_role("button", name="Clear my progress").click()
    assert mark(page) is None and one.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_and_print(visit, site, scheme):
    page = visit(site, color_scheme=scheme).open(f"{site}/{PAGE}")
    answer(page, 0).click()
    page.locator(".solution .toggle-button").first.click()
    for part in (".ldn-start", ".ldn-kept", ".ldn-done", ".ldn-mark", ".ldn-code"):
        assert not violations(page, part), part
    page.emulate_media(media="print")
    for part in (".ldn-start", ".ldn-kept", ".ldn-done", ".ldn-mark", ".ldn-code"):
        assert page.locator(f"{part}:visible").count() == 0, part
