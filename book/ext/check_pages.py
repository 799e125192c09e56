"""Check that every page of _toc.yml was built, and say where to open the book.

Run at the repository's root after the build, which starts from an empty _build: what is there is
new.
"""

import sys
from pathlib import Path

from fingerprint import files
from sphinx_external_toc.parsing import FileItem, GlobItem, parse_toc_yaml


def pages(root):
    """The pages of the table of contents, in its order, without suffix, globs resolved."""
    site = parse_toc_yaml(root / "_toc.yml")

    def below(name):
        found = [name]
        for item in (item for tree in site[name].subtrees for item in tree.items):
            if isinstance(item, GlobItem):
                matches = sorted(
                    str(path.relative_to(root).with_suffix("")) for path in root.glob(f"{item}.md")
                )
                if not matches:
                    sys.exit(f"_toc.yml: no page matches {item}")
                found += matches
            elif isinstance(item, FileItem):
                found += below(str(item))
        return found

    return list(dict.fromkeys(below(site.root.docname)))


def newer(root, built):
    """The names of the book's sources that changed after `built`, a time in seconds."""
    sources = [root / "_config.yml", root / "_toc.yml"]
    for folder in ("src/helpers", "book", "notebooks"):
        sources += files(root / folder)
    sources = filter(Path.is_file, sources)
    return sorted(str(p.relative_to(root)) for p in sources if p.stat().st_mtime > built)


if __name__ == "__main__":
    root = Path.cwd()
    html = root / "_build" / "html"
    missing = [page for page in pages(root) if not (html / f"{page}.html").is_file()]
    if missing:
        sys.exit(f"The build left out {len(missing)} page(s): {', '.join(missing)}")
    address = (html / "index.html").as_uri()
    print(f"All {len(pages(root))} pages are built. Open {address} or run: make serve")
