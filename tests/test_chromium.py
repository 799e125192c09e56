"""Setting up a browser: what is tried, in which order, and what is said, in worlds of fakes."""

import subprocess
from types import SimpleNamespace

import chromium
import pytest

PLAYWRIGHT, SYSTEM = "/cache/chrome", "/usr/bin/chromium"


class World:
    """A machine: browsers that are there and start, commands that bring one, commands that ran."""

    def __init__(self, monkeypatch):
        self.on_path, self.downloaded, self.broken = set(), None, set()
        self.brings, self.ran = {}, []
        monkeypatch.delenv("CHROMIUM", raising=False)
        monkeypatch.setattr(chromium, "downloaded", lambda: self.downloaded)
        monkeypatch.setattr(chromium.os, "geteuid", lambda: self.user, raising=False)
        monkeypatch.setattr(chromium.shutil, "which", self.which)
        monkeypatch.setattr(chromium.subprocess, "run", self.run)
        self.user = 0

    def which(self, name):
        return next((path for path in self.on_path if name in (path, path.split("/")[-1])), None)

    def run(self, command, **options):
        if command[1:] == ["--version"]:
            return SimpleNamespace(returncode=int(command[0] in self.broken))
        self.ran.append(command)
        act = self.brings.get(tuple(command))
        if act:
            act()
        return SimpleNamespace(returncode=0 if act else 1)


@pytest.fixture
def world(monkeypatch):
    return World(monkeypatch)


def test_nothing_is_installed_where_one_is(world, capsys):
    world.on_path = {SYSTEM}
    assert chromium.set_up() == SYSTEM
    assert world.ran == [] and capsys.readouterr().out == ""


def test_one_that_was_named_is_taken_and_no_other(world, monkeypatch):
    world.on_path = {SYSTEM, "/opt/chrome"}
    monkeypatch.setenv("CHROMIUM", "/opt/chrome")
    assert chromium.set_up() == "/opt/chrome"
    monkeypatch.setenv("CHROMIUM", "/no/such")
    with pytest.raises(SystemExit, match="looked for /no/such"):
        chromium.set_up()
    assert world.ran == []


def test_first_the_library_s_own_download(world, capsys):
    world.brings[tuple(chromium.DOWNLOAD)] = lambda: setattr(world, "downloaded", PLAYWRIGHT)
    assert chromium.set_up() == PLAYWRIGHT
    assert world.ran == [chromium.DOWNLOAD]
    said = capsys.readouterr().out
    assert said == "No Chromium or Chrome is here; installing the one that Playwright downloads.\n"


@pytest.mark.parametrize("fault", ["no network", "libraries are missing"])
def test_then_the_system_s_package(world, capsys, fault):
    world.on_path = {"/usr/bin/apt-get"}
    if fault == "libraries are missing":
        world.brings[tuple(chromium.DOWNLOAD)] = lambda: setattr(world, "downloaded", PLAYWRIGHT)
        world.broken = {PLAYWRIGHT}
    update, install = chromium.PACKAGE
    world.brings[tuple(update)] = lambda: None
    world.brings[tuple(install)] = lambda: world.on_path.add(SYSTEM)
    assert chromium.set_up() == SYSTEM
    assert world.ran == [chromium.DOWNLOAD, update, install]
    assert "installing the system's package" in capsys.readouterr().out


@pytest.mark.parametrize("why", ["no apt-get", "not root", "it fails"])
def test_else_one_line_says_what_to_install(world, why):
    world.on_path = set() if why == "no apt-get" else {"/usr/bin/apt-get"}
    world.user = 1000 if why == "not root" else 0
    with pytest.raises(SystemExit) as end:
        chromium.set_up()
    assert "\n" not in str(end.value) and '"apt-get install chromium"' in str(end.value)
    assert (chromium.PACKAGE[0] in world.ran) == (why == "it fails")


def test_no_browser_fails_a_run_that_wants_one(world):
    with pytest.raises(SystemExit, match="no browser found .*: install Chromium"):
        chromium.find_browser()


def test_the_command_that_downloads_is_one():
    """Playwright knows it; asked only what it would do, since that needs no network."""
    command = [*chromium.DOWNLOAD, "--dry-run"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert done.returncode == 0 and "Install location" in done.stdout, done.stderr
