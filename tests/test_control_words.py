"""What a control says: words that fit a phone, and labels that cover nothing drawn and no word."""

import json

import pytest
from controls import builders

from helpers import explorer, export, models

WIDTHS = (360, 390, 1280)
MOST_WORDS = 40  # of the words under the picture
SHOW = """async (text) => {
    const main = document.querySelector("main");
    main.replaceChildren();
    for (const [spec, values] of JSON.parse(text)) {
        const place = main.appendChild(document.createElement("div"));
        place.id = spec.id;
        await new Promise((onDrawn) => LDN.mount(place, spec, { values, onDrawn }));
    }
}"""
# What covers what: every two texts of a picture, and every label on a curve, a dot or a box.
COVERED = """() => {
    const meet = (a, b) =>
        a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    const wrong = [];
    for (const svg of document.querySelectorAll(".ldn-chart > svg")) {
        const { id } = svg.closest("main > div");
        const title = svg.querySelector("title").textContent;
        const say = (what) => wrong.push(`${id}, ${title}: ${what}`);
        const frame = svg.getBoundingClientRect(); // a unit of the picture is a px
        const texts = [...svg.querySelectorAll("text")].map((text) => {
            const { left, right, top, bottom } = text.getBoundingClientRect();
            const label = text.matches(`.ldn-rule-text, .ldn-bar-text, .ldn-fog-text,
                .ldn-block-text, .ldn-arrow > text`);
            const says = `“${text.textContent}”`;
            // Letters do not fill the height of their line.
            return { says, label, left, right, top: top + 2, bottom: bottom - 2 };
        });
        texts.forEach((a, i) => {
            for (const b of texts.slice(i + 1)) if (meet(a, b)) say(`${a.says} on ${b.says}`);
        });
        const labels = texts.filter(({ label }) => label);
        for (const { says, left, right } of labels) {
            if (left < frame.left || right > frame.right) say(`${says} leaves the picture`);
        }
        const named = (text) => labels.filter(({ says }) => says === `“${text.textContent}”`);
        const onMap = [...svg.querySelectorAll(".ldn-arrow > text")].flatMap(named);
        for (const box of svg.querySelectorAll(".ldn-box, .ldn-study")) {
            const words = box.matches(".ldn-box") ? onMap : labels;
            const place = box.getBoundingClientRect();
            for (const label of words) {
                if (meet(label, place)) say(`${label.says} on a ${box.tagName}`);
            }
        }
        for (const dots of svg.querySelectorAll(".ldn-dots, .ldn-ring")) {
            const r = parseFloat(getComputedStyle(dots).strokeWidth) / 2;
            for (const [, x, y] of dots.getAttribute("d").matchAll(/M([\\d.]+),([\\d.]+)/g)) {
                const [left, top] = [frame.left + Number(x), frame.top + Number(y)];
                const dot = { left: left - r, right: left + r, top: top - r, bottom: top + r };
                for (const label of labels) if (meet(label, dot)) say(`${label.says} on a dot`);
            }
        }
        const kinds = ".ldn-line, .ldn-points, .ldn-errors, .ldn-shaft, .ldn-barb";
        const curves = `.ldn-live :is(${kinds})[d^=M]`;
        for (const path of labels.length ? svg.querySelectorAll(curves) : []) {
            const hit = new Set();
            const length = path.getTotalLength();
            for (let at = 0; at <= length; at += 5) {
                const { x, y } = path.getPointAtLength(at);
                const [left, top] = [frame.left + x, frame.top + y];
                const point = { left, right: left, top, bottom: top };
                for (const label of labels) if (meet(label, point)) hit.add(label.says);
            }
            for (const says of hit) say(`${says} on a curve`);
        }
    }
    return wrong;
}"""
LONG = """(most) => [...document.querySelectorAll("main > div")].flatMap((control) => {
    const wrong = [];
    const text = (parent, selector) => parent.querySelector(selector).textContent;
    const words = text(control, ".ldn-status");
    if (words.split(" ").length > most) wrong.push(`${control.id}: ${words}`);
    for (const panel of control.querySelectorAll(".ldn-panel")) {
        const title = document.createRange();
        title.selectNodeContents(panel.querySelector(".ldn-panel-title"));
        const rows = new Set([...title.getClientRects()].map(({ top }) => top));
        const named = ".ldn-key:not(.ldn-key-ghost)";
        const keys = new Set([...panel.querySelectorAll(named)].map((key) => key.offsetTop));
        const name = `${control.id}, ${text(panel, ".ldn-panel-title")}`;
        if (rows.size > 2) wrong.push(`${name}: title of ${rows.size} lines`);
        if (keys.size > 2) wrong.push(`${name}: legend of ${keys.size} lines`);
    }
    return wrong;
})"""


@pytest.fixture(scope="module")
def specs():
    return [builder().spec for builder in builders().values()]


@pytest.fixture(scope="module")
def page(browser, specs):
    page = browser.new_page()
    page.set_content("<!doctype html><style>body { margin: 16px }</style><main></main>")
    page.add_style_tag(content=explorer.STYLE.read_text(encoding="utf-8"))
    names = sorted({spec["model_name"] for spec in specs if spec["model_name"]})
    generated = [export.javascript(models.load(name)) for name in names]
    page.add_script_tag(content=explorer.script(*generated))
    yield page
    page.close()


def test_hints_are_short(specs):
    for spec in specs:
        sentences = spec["hint"].replace("? ", ". ").split(". ")
        assert len(sentences) <= 2, f"{spec['id']}: {spec['hint']}"


def test_words_fit_and_cover_nothing(page, specs):
    """At the default settings and at every preset, on two phones and a desk."""
    settings = [(spec, [{}, *(preset["values"] for preset in spec["presets"])]) for spec in specs]
    wrong = set()
    for k in range(max(len(each) for _, each in settings)):
        shown = [(spec, each[k]) for spec, each in settings if k < len(each)]
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate(SHOW, json.dumps(shown))
            wrong |= {f"{width} px, {what}" for what in page.evaluate(COVERED)}
            if width == 390:
                wrong |= set(page.evaluate(LONG, MOST_WORDS))
    assert not wrong, "\n".join(sorted(wrong))
