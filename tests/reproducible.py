"""Build the book from clean clones in two folders and compare every file: `make reproducible`.

EXCEPTIONS are the only differences allowed. What a page shows, its numbers, pictures and data must
be the same to the byte.
"""

import difflib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
PYTHON = Path(sys.executable)

# File name pattern → pattern of what is left out of the comparison, and why.
EXCEPTIONS = {
    r"\.buildinfo": (r"config: .*", "Sphinx's checksum of the settings, folder included"),
    r"environment\.pickle|.*\.doctree": (r"(?s).*", "Sphinx's own memory, not shown to readers"),
    r".*\.ipynb": (r'"model_id": "[0-9a-f]{32}"', "a widget's name for its kernel is random"),
}


def build(folder):
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    command = [str(PYTHON.parent / "jupyter-book"), "build", str(folder), "-W", "--keep-going"]
    done = subprocess.run(
        command,
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": str(folder / "src")},
    )
    if done.returncode:
        sys.exit(f"the book in {folder} does not build:\n{done.stderr[-3000:]}")
    html = folder / "_build" / "html"
    return {
        path.relative_to(html).as_posix(): path.read_bytes()
        for path in html.rglob("*")
        if path.is_file()
    }


def compared(name, content):
    for pattern, (left_out, _) in EXCEPTIONS.items():
        if re.fullmatch(pattern, Path(name).name):
            return re.sub(left_out.encode(), b"", content)
    return content


def main():
    with (
        tempfile.TemporaryDirectory() as one,
        tempfile.TemporaryDirectory(prefix="another place ") as other,
    ):
        first, second = build(Path(one) / "book"), build(Path(other) / "a longer name")
    problems = [
        f"only in one of the builds: {name}" for name in sorted(first.keys() ^ second.keys())
    ]
    for name in sorted(first.keys() & second.keys()):
        a, b = compared(name, first[name]), compared(name, second[name])
        if a != b:
            lines = difflib.unified_diff(
                *(re.split(r"(?<=>)|\n", x.decode("utf-8", "replace")) for x in (a, b)),
                n=0,
                lineterm="",
            )
            problems.append(
                f"{name} differs:\n  " + "\n  ".join(line[:200] for _, line in zip(range(8), lines))
            )
    print(*problems, sep="\n")
    allowed = "; ".join(why for _, why in EXCEPTIONS.values())
    print(f"{len(first)} files compared, {len(problems)} differ beyond the exceptions ({allowed})")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
