"""Runs the cells of a chapter for edit-worker.js, which gives and takes JSON.

A cell always meets what the cells before it leave, as if the notebook had been run down to it: what
a later cell defined, or an earlier try, is gone. Of the cells before, only the statements run on
which it rests; chapter 3 takes a minute or more as a whole. And only the packages are loaded for
which an import asks: all begins anew once they are there.
"""

import base64
import io
import json
import os
import sys
from importlib.machinery import PathFinder

# Before what reads them is loaded.
os.environ |= {"MPLBACKEND": "agg", "TQDM_DISABLE": "1"}

from IPython.core.displayhook import DisplayHook  # noqa: E402
from IPython.core.interactiveshell import InteractiveShell  # noqa: E402
from IPython.utils.capture import capture_output  # noqa: E402
from needed import slice_of  # noqa: E402


class Hook(DisplayHook):
    """What the last line of a cell gives is shown like all else, unless it ends in a semicolon."""

    silent = False

    def quiet(self):
        return self.silent

    def write_output_prompt(self):
        pass

    def write_format_data(self, format_dict, md_dict=None):
        self.shell.display_pub.publish(format_dict, md_dict)


class Shell(InteractiveShell):
    """Leaves errors to `said`."""

    displayhook_class = Hook

    def showtraceback(self, *given, **named):
        pass

    showsyntaxerror = showtraceback


class Asked:
    """Is asked for a module that is not there, and notes which package would have it."""

    def __init__(self):
        self.packages = {}  # top name of what is imported -> package that is not loaded
        self.now = set()

    def find_spec(self, name, path=None, target=None):
        if name in self.packages:
            self.now.add(name)

    def taken(self):
        """The packages asked for since the last time; each is told once."""
        names, self.now = sorted(self.now), set()
        return [self.packages.pop(name) for name in names]


shell = Shell.instance()
asked = Asked()
# Before those of Pyodide, which end the import and say what could be loaded.
sys.meta_path.insert(sys.meta_path.index(PathFinder) + 1, asked)
done = []  # texts that have run, and left the names that are there
kept = {(): dict(shell.user_ns)}  # the names after such texts


def restore(texts):
    done[:] = texts
    shell.user_ns.clear()
    shell.user_ns.update(kept[tuple(texts)])


def still_to_run(given):
    """The texts that must still be run before the reader's `code`, as JSON."""
    cells, code = json.loads(given)
    try:
        texts = slice_of(cells, code)
    except SyntaxError:  # told when it is run
        texts = []
    known = max(n for n in range(len(texts) + 1) if tuple(texts[:n]) in kept)
    restore(texts[:known])
    return json.dumps(texts[known:])


def said(error, text):
    """An error in words: the line of the cell, then what went wrong."""
    if isinstance(error, SyntaxError):
        number = error.lineno
    else:
        lines, trace = [], error.__traceback__
        while trace:
            if trace.tb_frame.f_globals is shell.user_ns:
                lines.append((trace.tb_frame.f_code.co_filename, trace.tb_lineno))
            trace = trace.tb_next
        own = lines[0][0] if lines else None
        number = next((line for file, line in reversed(lines) if file == own), None)
    listed = text.split("\n")
    where = f"Line {number}: {listed[number - 1].strip()}\n" if number else ""
    words = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{where}{type(error).__name__}: {words}"


def drawn():
    """The pictures that pyplot holds, as in a notebook; it forgets them."""
    if not (pyplot := sys.modules.get("matplotlib.pyplot")):
        return []
    found = []
    for number in pyplot.get_fignums():
        file = io.BytesIO()
        pyplot.figure(number).savefig(file, format="png", bbox_inches="tight", facecolor="w")
        found.append({"image/png": base64.b64encode(file.getvalue()).decode()})
    pyplot.close("all")
    return found


def know(given):
    """Take the packages that could be loaded, {top name of what is imported: package}, as JSON."""
    [asked.packages] = json.loads(given)
    return "null"


def result(text):
    shell.displayhook.silent = text.rstrip().endswith(";")
    asked.now.clear()
    with capture_output() as seen:
        ran = shell.run_cell(text)
    error = ran.error_before_exec or ran.error_in_exec
    # Also where nothing stopped: what shows an object goes on without, and so does some code.
    if missing := asked.taken():
        drawn()
        # What it changed in place before it stopped must not be changed twice.
        for texts in [*kept][1:]:
            del kept[texts]
        return {"missing": missing, "error": None}
    printed = [{"text/plain": words} for words in (seen.stdout, seen.stderr) if words]
    shown = [output.data for output in seen.outputs]
    return {"outputs": printed + shown + drawn(), "error": said(error, text) if error else None}


def run_before(given):
    [text] = json.loads(given)
    found = result(text)
    if not (found["error"] or "missing" in found):
        done.append(text)
        kept[tuple(done)] = dict(shell.user_ns)
    return json.dumps(found)


def run(given):
    [text] = json.loads(given)
    found = result(text)
    if "missing" not in found:
        restore(list(done))
    return json.dumps(found)
