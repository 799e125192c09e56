"""What tells one state of the book's files from another, whatever their dates."""

import hashlib


def fingerprint(paths):
    """A hash of the names and contents of these files and of all files below these folders."""
    found = hashlib.sha256()
    for file in sorted({file for path in paths for file in files(path)}):
        found.update(str(file).encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()


def files(path):
    """The file itself, or all files below a folder but what Python and other tools leave there."""
    if path.is_file():
        return [path]
    left = lambda part: part == "__pycache__" or part.startswith(".")
    found = [p for p in path.rglob("*") if not any(map(left, p.relative_to(path).parts))]
    return [p for p in found if p.is_file()]
