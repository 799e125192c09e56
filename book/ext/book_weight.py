"""Light pages: one small stylesheet, two scripts, and the data of figures in files of their own.

The theme and its extensions bring a dozen stylesheets, nine tenths of which no page uses, and as
many scripts. After the build, what the pages can use of the styles is written to one file, in the
same order; the book's own stay whole. What no page loads goes. The scripts that all pages load are
joined, for on a slow line each costs a round trip: the book's own in one file, those of the theme
in another, so that an error there cannot stop a control. Both are minified; comments with licences
stay.
"""

import re
import shutil
import zlib
from pathlib import Path
from urllib.parse import unquote_to_bytes

import rcssmin
import rjsmin
import tinycss2
from sphinx.errors import ExtensionError

from helpers import explorer

STYLE = "_static/pages.css"
OWN, THEME = "_static/pages.js", "_static/theme.js"
FIRST = "_static/first.js"  # before the first paint, see there
DATA_FOLDER = "_downloads"
# What the theme copies and no page loads, a quarter of the book: the icons of Font Awesome.
IDLE = "scripts/fontawesome.js", "scripts/fontawesome.js.LICENSE.txt", "vendor/fontawesome"
SHEET = re.compile(r'<link[^>]*rel="stylesheet"[^>]*>\s*')
SCRIPT = re.compile(r'<script[^>]*\bsrc="(?:\.\./)*(_static/[^"?]+)[^>]*></script>\s*')
ADDRESS = re.compile(r'href="(?:\.\./)*([^"?]+)')
BLOCKING = re.compile(r"<script (?=[^>]*\bsrc=)(?![^>]*\bdefer\b)")
# Scripts within a page, which a host may forbid: first.js and book.js do what these did.
INLINE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*json)[^>]*>(.*?)</script>\s*", re.S)
DONE_FIRST = re.compile(
    r"dataset\.mode|toggleHint|toggleOpenOnPrint|togglebuttonSelector|searchInput"
)
# What the theme has buttons do; book.js does it in place of such attributes.
HANDLER = re.compile(r'(<[a-z][^<>]*?)\s+on[a-z]+="([^"]*)"')
DONE_BY_BOOK = ("window.print()", "toggleFullScreen()")
DATA = re.compile(r'<a download="([\w.-]+)" href="data:text/csv;charset=utf-8,([^"]*)"')


def words(html, scripts):
    """All classes, ids and element names of the pages, and every word in the scripts."""
    tags = "".join(re.findall(r"<[a-zA-Z][^>]*>", html))
    names = " ".join(re.findall(r'(?:class|id)="([^"]*)"', tags)).split()
    return {*names, *re.findall(r"<([a-zA-Z][\w-]*)", tags), *re.findall(r"[\w-]+", scripts)}


def used(selector, known):
    """Whether all names of a selector (without commas) are known.

    What stands in :is() and :not() is not looked at.
    """
    before = None
    for token in selector:
        if token.type == "hash" and token.value not in known:
            return False
        if token.type == "ident" and before != ":" and token.value not in known:
            return False
        before = token.value if token.type == "literal" else None
    return True


def split(tokens):
    """The parts of a list of tokens between commas."""
    parts = [[]]
    for token in tokens:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def needed(rules, known):
    """The text of the rules, without those that match nothing known."""
    text = []
    for rule in rules:
        if rule.type == "qualified-rule":
            kept = [part for part in split(rule.prelude) if used(part, known)]
            if kept:
                selectors = ",".join(tinycss2.serialize(part).strip() for part in kept)
                text.append(f"{selectors}{{{tinycss2.serialize(rule.content).strip()}}}")
        elif rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports"):
            rules = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            inside = needed(rules, known)
            if inside:
                text.append(f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inside}}}")
        # Icons are masks: no font is ever used.
        elif rule.type == "at-rule" and rule.lower_at_keyword != "font-face":
            text.append(rule.serialize())
    return "\n".join(text)


def whole(path):
    """The text of a stylesheet, with those that it imports in their place."""
    imported = lambda found: (path.parent / found[1]).read_text(encoding="utf-8")
    return re.sub(r'@import "([^"]+)";', imported, path.read_text(encoding="utf-8"))


def style(html, sheets, own, known):
    """One stylesheet for all `sheets`, paths below `html`; those named in `own` stay whole."""
    text = []
    for sheet in sheets:
        path = html / sheet
        css = whole(path)
        if path.name in own:
            text.append(css)
            continue
        rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
        text.append(needed(rules, known))
    return minified_style("\n".join(text))


def minified_style(text):
    """A stylesheet as readers get it."""
    # The minifier takes the first rule in @container for a declaration, and would join ".a :is".
    text = re.sub(r"(?<=[\w)\]]) (?=:(?:is|not|where|has)\()", " *", text)
    return rcssmin.cssmin(text, keep_bang_comments=True)


def minified_script(text):
    """A script as readers get it. Maps to sources, which no page brings along, go with comments."""
    return rjsmin.jsmin(text, keep_bang_comments=True)


def joined(html, scripts):
    """Scripts as one, minified, each with its name."""
    texts = {name: (html / name).read_text(encoding="utf-8") for name in scripts}
    return "".join(f"/* {name} */\n{minified_script(text)}\n;\n" for name, text in texts.items())


def without_inline(text, path):
    """The page without the scripts within it; ExtensionError for one that nothing replaces."""
    for script in INLINE.findall(text):
        if not DONE_FIRST.search(script):
            raise ExtensionError(f"{path}: a script within the page: {script.strip()[:200]}")
    for _, script in HANDLER.findall(text):
        if script not in DONE_BY_BOOK:
            raise ExtensionError(f"{path}: a script within an attribute: {script[:200]}")
    return HANDLER.sub(r"\1", INLINE.sub("", text))


def version(text):
    """What tells this text from another, so that no reader's cache gives an old one for it."""
    return f"{zlib.crc32(text.encode()):08x}"


def lighten(app, error):
    """Write the stylesheet, the scripts and the data files, and have every page refer to them."""
    if error or app.builder.format != "html":
        return
    html = Path(app.outdir)
    pages = {
        path: path.read_text(encoding="utf-8")
        for path in html.rglob("*.html")
        if "_static" not in path.relative_to(html).parts
    }
    pages = {path: text for path, text in pages.items() if SHEET.search(text)}
    # Pages that an earlier build wrote have the one stylesheet already.
    lists = {
        tuple(ADDRESS.search(link)[1] for link in SHEET.findall(text)) for text in pages.values()
    } - {(STYLE,)}
    if not lists:
        return
    sheets = max(lists, key=len)
    if any(set(some) - set(sheets) for some in lists):
        raise ExtensionError(
            f"pages differ in their stylesheets, expected the same in all: {sorted(lists)}"
        )
    for name in IDLE:
        path = html / "_static" / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for path in (html / "_static").rglob("*.map"):  # of scripts that are minified anew
        path.unlink()
    own = {explorer.STYLE.name, *(name for name, _ in app.config.html_css_files)}
    scripts = "".join(
        path.read_text(encoding="utf-8")
        for path in (html / "_static").rglob("*.js")
        if "locales" not in path.parts
    )
    css = style(html, sheets, own, words("".join(pages.values()), scripts))
    (html / STYLE).write_text(css, encoding="utf-8")

    loaded = [SCRIPT.findall(text) for text in pages.values() if f"{OWN}?" not in text]
    shared = [name for name in loaded[0] if all(name in others for others in loaded)]
    ours = {Path(path).name for path in app.config.html_static_path}
    bundles = {
        OWN: joined(html, (s for s in shared if Path(s).name in ours)),
        THEME: joined(html, (s for s in shared if Path(s).name not in ours)),
    }
    for name, text in bundles.items():
        (html / name).write_text(text, encoding="utf-8")
    first = html / FIRST
    first.write_text(minified_script(first.read_text(encoding="utf-8")), encoding="utf-8")
    first_version = version(first.read_text(encoding="utf-8"))
    versions = {name: version(text) for name, text in {STYLE: css, **bundles}.items()}

    saved = {}
    for path, text in pages.items():
        root = "../" * (len(path.relative_to(html).parts) - 1)
        first = SHEET.search(text).start()
        link = f'<link rel="stylesheet" href="{root}{STYLE}?v={versions[STYLE]}" />\n'
        text = text[:first] + link + SHEET.sub("", text[first:])
        if f"{OWN}?" in text:
            for name in bundles:
                text = re.sub(rf"{name}\?v=\w+", f"{name}?v={versions[name]}", text)
        else:
            first = SCRIPT.search(text).start()
            tags = "".join(
                f'<script defer="defer" src="{root}{name}?v={versions[name]}"></script>\n'
                for name in bundles
            )
            text = (
                text[:first]
                + tags
                + SCRIPT.sub(lambda tag: "" if tag[1] in shared else tag[0], text[first:])
            )
        text = BLOCKING.sub('<script defer="defer" ', without_inline(text, path))
        if FIRST not in text:
            script = f'<script src="{root}{FIRST}?v={first_version}"></script>\n'
            text = text.replace("<link ", script + "<link ", 1)
        for name, data in DATA.findall(text):
            if saved.setdefault(name, data) != data:
                raise ExtensionError(
                    f"two downloads of the book are named {name!r}, with different content"
                )
        path.write_text(
            DATA.sub(rf'<a download="\1" href="{root}{DATA_FOLDER}/\1"', text), encoding="utf-8"
        )
    (html / DATA_FOLDER).mkdir(exist_ok=True)
    for name, data in saved.items():
        (html / DATA_FOLDER / name).write_bytes(unquote_to_bytes(data))


def setup(app):
    # The theme writes its colours of code then, too.
    app.connect("build-finished", lighten, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
