"""The whole book as one PDF: `make pdf`, after `make book`.

The articles of all pages, in the order of _toc.yml, become one document that Chromium prints once:
only so do links from chapter to chapter work in the PDF. Controls give way to their still pictures.
Run at the repository's root; needs Playwright and a Chromium or Chrome, as the tests do.
"""

import re
from html import escape
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote, urlsplit

import yaml
from bs4 import BeautifulSoup
from check_pages import pages
from chromium import find_browser
from playwright.sync_api import sync_playwright
from pypdf import PdfWriter
from pypdf.generic import NameObject, TextStringObject
from take_along import built, offer, place

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
header.ldn-title {{ padding-top: 60mm; text-align: center; }}
header.ldn-title p:first-child {{ font-size: 2.2rem; line-height: 1.25; }}
nav.ldn-contents li {{ margin: 0.1rem 0; }}
</style>
</head>
<body>
<main class="bd-main"><div class="bd-content"><article class="bd-article">
<header class="ldn-title"><p>{title}</p><p>An executable book</p><p>{author}, {year}</p>
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
        ".ldn-screen, .ldn-files, p:has(> a[download]), .ldn-start, .ldn-bare, .ldn-edit, "
        "section#download, details.hide"
    ):
        dead.decompose()
    for fold in soup.find_all("details"):
        fold["open"] = ""
        del fold["name"]  # else only one of its group may be open


def article(html, page, known):
    """The article of a page, with unique ids and links in the document; `known` are all pages."""
    soup = BeautifulSoup((html / f"{page}.html").read_text(encoding="utf-8"), "html.parser").find(
        "article"
    )
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
    return soup.find("h1").get_text().strip(), soup.decode_contents()


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


def finish(pdf, headings, config):
    """Write the author, and headings into the bookmarks: Chromium runs their lines together."""
    writer = PdfWriter(clone_from=pdf)

    def rename(bookmark):
        while bookmark is not None:
            bookmark = bookmark.get_object()
            bookmark[NameObject("/Title")] = TextStringObject(" ".join(next(titles).split()))
            rename(bookmark.get("/First"))
            bookmark = bookmark.get("/Next")

    titles = iter(headings)
    rename(writer.root_object["/Outlines"]["/First"])
    writer.add_metadata({"/Title": config["title"], "/Author": config["author"]})
    writer.write(pdf)


def main():
    root = Path.cwd()
    html, folder = built(root), root / "_build" / "pdf"
    names = pages(root)
    found = find_browser()
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    articles = {name: article(html, name, names) for name in names}
    text = DOCUMENT.format(
        title=escape(config["title"]),
        author=escape(config["author"]),
        year=config["copyright"],
        contents="\n".join(
            f'<li><a href="#{anchor(name)}">{escape(title)}</a></li>'
            for name, (title, _) in articles.items()
        ),
        body="\n".join(body for _, body in articles.values()),
    )
    folder.mkdir(exist_ok=True)
    document, pdf = folder / "book.html", place(html, "pdf")
    document.write_text(text, encoding="utf-8")
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=found) as browser,
    ):
        page = browser.new_page()
        page.goto(document.as_uri(), wait_until="load")
        page.pdf(
            path=pdf,
            format="A4",  # of the sheet, which leaves it open
            prefer_css_page_size=True,
            print_background=True,
            outline=True,
            tagged=True,
        )
        headings = page.locator(":is(h1, h2, h3, h4, h5, h6)").all_text_contents()
    finish(pdf, headings, config)
    offer(html)


if __name__ == "__main__":
    main()
