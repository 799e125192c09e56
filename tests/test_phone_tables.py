"""Tables and fields on a phone: none has to be scrolled sideways, each cell of a card says its
column, and no field makes the page zoom."""

import pytest
from book_tables import TABLE, cards
from book_weight import minified_style
from conftest import each, parsed, text
from test_pages import PAGES, SLIDES

WITH_TABLES = [page for page in PAGES if page not in SLIDES and "<table" in text(page)]
# Tables that are wider than their room, with all that folds open.
SCROLLED = """() => {
    document.querySelectorAll("details").forEach((one) => {
        one.removeAttribute("name");
        one.open = true;
    });
    document.querySelectorAll(".solution").forEach((one) => one.classList.remove("toggle-hidden"));
    return [...document.querySelectorAll("article table")].filter((table) => {
        for (let box = table; box.tagName !== "ARTICLE"; box = box.parentElement)
            if (box.scrollWidth > box.clientWidth + 1) return true;
    }).map((table) => table.innerText.slice(0, 80));
}"""


# A phone zooms in on a field with smaller letters, and stays there.
SMALL = """() => [...document.querySelectorAll(
    "input:not([type=range], [type=checkbox], [type=hidden]), select, textarea",
)].filter((field) => parseFloat(getComputedStyle(field).fontSize) < 16)
    .map((field) => field.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("page", each([page for page in PAGES if page != "index.html"]))
def test_no_table_is_scrolled_and_no_field_zooms(visit, site, page):
    size = {"width": 360, "height": 800}
    shown = visit(site, viewport=size, has_touch=True, is_mobile=True).open(f"{site}/{page}")
    assert shown.evaluate(SMALL) == []
    assert shown.evaluate(SCROLLED) == []


@pytest.mark.parametrize("page", WITH_TABLES)
def test_a_card_says_what_its_table_says(page):
    for table in parsed(page).select("article table.ldn-cards"):
        assert table["role"] == "table" and table.tbody["role"] == "rowgroup"
        heads = [row.find_all(["th", "td"]) for row in table.thead.find_all("tr")]
        names = [
            " ".join(" ".join(c.get_text(" ") for c in column).split()) for column in zip(*heads)
        ]
        for row in table.tbody.find_all("tr"):
            cells = row.find_all(["th", "td"])
            assert [cell.get("data-label", "") for cell in cells] == names
            assert {cell["role"] for cell in cells} <= {"cell", "rowheader"}


NARROW = (("what", "kB"), ("a page", "50"))
WIDE = (("what", "amplification", "inflammation"), ("unstable", "5", "0.022"))
SENTENCE = (("what", "known", "source"), ("form", "no low-dose tablet is sold " * 3, "A"))


def table(cells, kind="table"):
    """A table (a match) of two rows, the first of which are headings."""
    rows = zip(("th", "td"), cells)
    head, body = ("".join(f"<{k}>{text}</{k}>" for text in row) for k, row in rows)
    return TABLE.search(
        f'<table class="{kind}"><thead><tr>{head}</tr></thead>'
        f"<tbody><tr>{body}</tr></tbody></table>"
    )


@pytest.mark.parametrize(
    ("cells", "kind", "wide"),
    [
        (NARROW, "table", False),
        (WIDE, "dataframe", True),
        (SENTENCE, "table", True),
        (NARROW, "ldn-cards", True),
        (WIDE, "ldn-table", False),
    ],
)
def test_a_wide_table_becomes_cards(cells, kind, wide):
    before = table(cells, kind)
    after = cards(before)
    assert (after != before[0]) == wide
    assert not wide or f'data-label="{cells[0][1]}">{cells[1][1]}<' in after


def test_the_name_of_an_index_joins_the_headings():
    rows = "<tr><th></th><th>amplification of it</th></tr><tr><th>inflammation</th><th></th></tr>"
    body = "<tr><th>a-word-as-wide-as-a-phone-is</th><td>5</td></tr>"
    found = TABLE.search(
        f'<table border="1" class="dataframe"><thead>{rows}</thead><tbody>{body}</tbody></table>'
    )
    after = cards(found)
    assert 'role="rowheader" data-label="inflammation"' in after
    assert 'role="cell" data-label="amplification of it">5<' in after and rows in after


def test_a_number_that_names_a_card_says_its_column():
    rows = "<tr><th>dose of it (mg)</th><th>a-word-as-wide-as-a-phone-is-shown</th></tr>"
    body = "<tr><th>4.5</th><td>5</td></tr>"
    after = cards(TABLE.search(f'<table class="ldn-cards"><thead>{rows}</thead>{body}</table>'))
    assert 'data-label="dose of it (mg)" data-number>4.5<' in after and after.count("number") == 1


def test_the_minifier_keeps_a_descendant():
    """Else tables of controls would keep the wide columns that a phone has no room for."""
    short = minified_style("@container ldn (max-width: 480px) { .a .b :is(th, td) { top: 0 } }")
    assert short == "@container ldn (max-width:480px){.a .b *:is(th,td){top:0}}"
