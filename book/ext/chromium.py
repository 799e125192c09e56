"""The Chromium or Chrome that prints the book and runs its tests.

As a program it sets one up where there is none, and says so first: the download of Playwright, the
library that drives it, or else, for root on Debian and Ubuntu, the system's package.
"""

import os
import shutil
import subprocess
import sys

# The first opens no window, and so a page for half the processor time.
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
DOWNLOAD = [sys.executable, "-m", "playwright", "install", "chromium"]
PACKAGE = [
    ["apt-get", "update"],
    ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"],
]
HELP = (
    'install Chromium, on Debian or Ubuntu with "apt-get install chromium", '
    "or set CHROMIUM to the path of a Chromium or Chrome"
)


def find_browser():
    """The path of the browser that CHROMIUM names; else of the first on the PATH, or Playwright's.

    Ends the program if there is none.
    """
    named = os.environ.get("CHROMIUM")
    found = next(filter(None, map(shutil.which, [named] if named else NAMES)), None)
    found = found or (None if named else downloaded())
    if not found:
        looked = named or f"{', '.join(NAMES)} and that of Playwright"
        sys.exit(f"no browser found (looked for {looked}): {HELP}")
    return found


def downloaded():
    """The path of the browser that Playwright has downloaded; None if it has not."""
    # In a process of its own: Playwright starts but once in each.
    ask = "from playwright.sync_api import sync_playwright as start\n"
    ask += "with start() as playwright: print(playwright.chromium.executable_path)"
    answer = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True)
    return shutil.which(answer.stdout.strip() or "nothing")


def working():
    """The path of a browser that starts here, or None: a downloaded one may lack libraries."""
    try:
        found = find_browser()
    except SystemExit:
        return None
    return None if subprocess.run([found, "--version"], capture_output=True).returncode else found


def ways():
    """What may give a browser here, in the order in which it is tried: (in words, commands)."""
    found = [("the one that Playwright downloads", [DOWNLOAD])]
    if shutil.which("apt-get") and os.geteuid() == 0:
        found.append(("the system's package", PACKAGE))
    return found


def set_up():
    """Find a browser that starts, or install one; its path. Ends the program if that fails."""
    if os.environ.get("CHROMIUM"):
        return find_browser()
    if found := working():
        return found
    for words, commands in ways():
        print(f"No Chromium or Chrome is here; installing {words}.", flush=True)
        done = all(subprocess.run(command).returncode == 0 for command in commands)
        if done and (found := working()):
            return found
    sys.exit(f"No browser could be set up: {HELP}.")


if __name__ == "__main__":
    set_up()
