"""The whole built book as one zip: `make zip`, after `make book`.

Unpacked anywhere, index.html opens it; nothing in it needs a server or a network. Run at the
repository's root.
"""

import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from make_lite import without
from take_along import FOLDER, NAME, PAGE, built, offer, offering, place

LEFT_OUT = {FOLDER, "lite"}  # files to take along; what needs a server: no page leads there
DATE = 1980, 1, 1, 0, 0, 0  # the same book gives the same file


def pack(html, path):
    """Write the zip of the folder `html`, all in a folder of its own."""
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=9) as packed:
        for file in sorted(html.rglob("*")):
            name = file.relative_to(html)
            if not file.is_file() or name.parts[0] in LEFT_OUT or name.name == ".buildinfo":
                continue
            content = file.read_bytes()
            if name.as_posix() == PAGE:
                content = offering(without(content.decode()), []).encode()
            elif name.match("notebooks/*.html"):  # likewise
                content = without(content.decode()).encode()
            entry = ZipInfo(f"{NAME}/{name.as_posix()}", DATE)
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o644 << 16
            packed.writestr(entry, content)


def main():
    html = built(Path.cwd())
    pack(html, place(html, ".zip"))
    offer(html)


if __name__ == "__main__":
    sys.exit(main())
