"""The whole book as one PDF, with its code and without: `make pdf`, after `make book`.

The articles of all pages, in the order of _toc.yml, become one document that Chromium prints:
only so do links from chapter to chapter work in the PDF. Then it is known on which page each
heading stands; Chromium prints the list of contents again, with these numbers, and the new pages
take the place of the old. Controls give way to their still pictures.
Run at the repository's root; needs Playwright and a Chromium or Chrome, as the tests do.
"""

import re
from html import escape
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote, urlsplit

import pikepdf
import yaml
from bs4 import BeautifulSoup
from check_pages import pages
from chromium import find_browser
from playwright.sync_api import sync_playwright
from take_along import built, offer, place

# The editions: how the file's name ends -> whether the code of figures and numbers is in it.
EDITIONS = {".pdf": False, "-with-code.pdf": True}
# What a reader of the plain edition does without; exercises and their solutions keep their code.
CODE = ".cell_input:not(#try-it-yourself *, .solution *)"

# Attributes that name ids, or hold them as url(#id).
REFERENCES = ("for", "headers", "aria-labelledby", "aria-describedby", "aria-controls")
DOCUMENT = """\
<!DOCTYPE html>
<html lang="en" data-theme="light">
<head>
<meta charset="utf-8">
<title>{title}</title>
<link rel="stylesheet" href="../html/_static/pages.css">
<style>
@page :first {{ @bottom-center {{ content: none; }} }}
section.ldn-page, nav.ldn-contents {{ break-before: page; }}
nav.ldn-contents ul {{ list-style: none; margin: 0; padding: 0; }}
nav.ldn-contents li {{ display: flex; justify-content: space-between; gap: 1rem; }}
nav.ldn-contents li.ldn-part {{ padding-left: 1.5rem; font-size: 0.9em; }}
nav.ldn-contents li span {{ font-variant-numeric: tabular-nums; }}
header.ldn-title {{ padding-top: 60mm; text-align: center; }}
header.ldn-title p:first-child {{ font-size: 2.2rem; line-height: 1.25; }}
</style>
</head>
<body>
<main class="bd-main"><div class="bd-content"><article class="bd-article">
<header class="ldn-title"><p>{title}</p><p>An executable book</p><p>{author}, {year}</p>
<p>{edition}</p>
<p>Text, figures and tables: CC BY 4.0. Code: MIT.</p>
<p>This book explains science; it is not medical advice.</p></header>
<nav class="ldn-contents" aria-label="Contents"><p><strong>Contents</strong></p><ul>
{contents}
</ul></nav>
{body}
</article></div></main>
</body>
</html>
"""

# Where a number will stand in the list of contents.
UNKNOWN = "000"
# What the numbers do not change is not printed again; places to which links lead stay.
ONLY_CONTENTS = """(numbers) => {
  document.querySelectorAll("nav.ldn-contents li span").forEach((span, i) => {
    span.textContent = numbers[i];
  });
  document.querySelectorAll("nav.ldn-contents ~ div").forEach((page) => page.replaceChildren());
}"""


def anchor(page, id=""):
    """The id that `id` of a page, or the page itself, has in the one document."""
    return re.sub(r"[^\w-]", "-", page) + (f"--{id}" if id else "")


def still(soup):
    """Take from a page what nobody can use without scripts: controls give way to their pictures."""
    for control in soup.find_all("ldn-explorer"):
        control.find("script").decompose()
        control.select_one(".ldn-fallback")["id"] = control["id"]  # where links to the control lead
        control.unwrap()
    # What nobody can use on paper: inputs, files to download, code that the page folds away.
    for dead in soup.select(
        "script, button, form, input, a.headerlink, .ldn-sources a[download], a.ldn-code, "
        ".ldn-screen, .ldn-files, .ldn-colab, p:has(> a[download]), .ldn-start, .ldn-bare, "
        ".ldn-edit, section#download, details.hide"
    ):
        dead.decompose()
    for fold in soup.find_all("details"):
        fold["open"] = ""
        del fold["name"]  # else only one of its group may be open


def unfold(soup):
    """Show the code that a page folds away."""
    for fold in soup.select("details.hide"):
        fold["class"].remove("hide")
        fold.summary.decompose()


def article(html, page, known, code):
    """The article of a page, with unique ids and links in the document; `known` are all pages.

    code: whether the code of its figures and numbers is in it. Returns the lines of the article in
    the list of contents, each (id, heading, whether it is a part of the page), and the HTML.
    """
    soup = BeautifulSoup((html / f"{page}.html").read_text(encoding="utf-8"), "html.parser").find(
        "article"
    )
    if code:
        unfold(soup)
    else:
        for cell in soup.select(CODE):
            cell.decompose()
    still(soup)
    for tag in soup.find_all(True):
        if tag.get("id"):
            tag["id"] = anchor(page, tag["id"])
        for name in REFERENCES:
            if tag.get(name):
                tag[name] = " ".join(
                    anchor(page, id) for id in tag.get_attribute_list(name)[0].split()
                )
        for name, value in tag.attrs.items():
            if isinstance(value, str) and "url(#" in value:
                tag[name] = value.replace("url(#", f"url(#{anchor(page)}--")
        for name in ("href", "xlink:href"):
            if tag.get(name):
                link(tag, name, page, known)
    section = soup.find("section")
    section["class"] = ["ldn-page"]
    wrapped = soup.new_tag("div", id=anchor(page))
    section.wrap(wrapped)
    lines = [(anchor(page), words(soup.find("h1")), False)]
    if page.startswith("notebooks/"):
        parts = soup.select("section.ldn-page > section:has(> h2)")
        lines += [(part["id"], words(part.h2), True) for part in parts]
    return lines, soup.decode_contents()


def words(heading):
    return " ".join(heading.get_text().split())


def link(tag, name, page, known, to=lambda page, id: f"#{anchor(page, id)}"):
    """Lead a link to its place, which `to` gives for a page and an id of it; one to a file becomes
    plain text.
    """
    parts = urlsplit(tag[name])
    if parts.scheme or parts.netloc:
        return
    target = (
        normpath(join(dirname(page), unquote(parts.path))).removesuffix(".html")
        if parts.path
        else page
    )
    if target in known:
        # A link to a control may name its settings, which a picture has not.
        tag[name] = to(target, unquote(parts.fragment).partition("?")[0])
    elif tag.name == "a":
        tag.unwrap()


def list_of(lines):
    """The list of contents as HTML, of lines as `article` gives them."""
    return "\n".join(
        f'<li{" class=ldn-part" * part}><a href="#{id}">{escape(title)}</a>'
        f"<span>{UNKNOWN}</span></li>"
        for id, title, part in lines
    )


def numbers(pdf, ids):
    """The numbers of the pages on which those ids stand."""
    pages = {page.objgen: i for i, page in enumerate(pdf.pages, start=1)}
    return [pages[pdf.Root.Dests[f"/{id}"][0].objgen] for id in ids]


def finish(pdf, contents, headings, config):
    """Take over the pages of the list of contents; name the bookmarks, for which Chromium runs the
    lines of a heading together, title, author and language. contents: the pages with numbers.
    """
    for old, new in zip(pdf.pages, contents.pages):
        # Links and what a screen reader needs are of the page, and know nothing of the digits.
        for name in ("/Contents", "/Resources"):
            old.obj[name] = pdf.copy_foreign(contents.make_indirect(new.obj[name]))

    def rename(bookmark):
        while bookmark is not None:
            bookmark.Title = next(titles)
            rename(bookmark.get("/First"))
            bookmark = bookmark.get("/Next")

    titles = iter(headings)
    rename(pdf.Root.Outlines.First)
    pdf.Root.PageMode = pikepdf.Name.UseOutlines
    pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
    with pdf.open_metadata() as about:
        about["dc:title"], about["dc:creator"] = config["title"], [config["author"]]
        about["dc:language"] = ["en"]


def printed(page, path, **settings):
    page.pdf(
        path=path,
        format="A4",  # of the sheet, which leaves it open
        prefer_css_page_size=True,
        print_background=True,
        tagged=True,
        **settings,
    )
    return pikepdf.open(path)


def make(browser, html, folder, ending, config):
    """Make the edition of that ending of `EDITIONS`; folder: of the files on the way."""
    root, code = Path.cwd(), EDITIONS[ending]
    names = pages(root)
    articles = [article(html, name, names, code) for name in names]
    lines = [line for found, _ in articles for line in found]
    text = DOCUMENT.format(
        title=escape(config["title"]),
        author=escape(config["author"]),
        year=config["copyright"],
        edition="With the code of figures and numbers" if code else "Without the code of figures",
        contents=list_of(lines),
        body="\n".join(body for _, body in articles),
    )
    document = folder / f"book{ending.removesuffix('pdf')}html"
    document.write_text(text, encoding="utf-8")
    page = browser.new_page()
    page.goto(document.as_uri(), wait_until="load")
    with printed(page, folder / f"book{ending}", outline=True) as pdf:
        headings = page.locator(":is(h1, h2, h3, h4, h5, h6)").all_text_contents()
        page.evaluate(ONLY_CONTENTS, numbers(pdf, [id for id, _, _ in lines]))
        with printed(page, folder / "contents.pdf") as contents:
            finish(pdf, contents, [" ".join(words.split()) for words in headings], config)
            pdf.save(
                place(html, ending),
                object_stream_mode=pikepdf.ObjectStreamMode.generate,  # halves the file
                recompress_flate=True,
            )
    page.close()


def main():
    html, folder = built(Path.cwd()), Path("_build", "pdf").absolute()
    folder.mkdir(exist_ok=True)
    found = find_browser()
    config = yaml.safe_load(Path("_config.yml").read_text(encoding="utf-8"))
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=found) as browser,
    ):
        for ending in EDITIONS:
            make(browser, html, folder, ending, config)
    offer(html)


if __name__ == "__main__":
    main()
