"""The package installs anywhere: the core alone, as pinned and in the oldest versions allowed.

Both environments are empty but for the wheel and what it asks for; nothing leads to the checkout.
"""

import functools
import json
import math
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HELPERS = ROOT / "src" / "helpers"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CORE = [Requirement(line) for line in PROJECT["dependencies"]]
EXTRAS = {
    name: [Requirement(line) for line in lines]
    for name, lines in PROJECT["optional-dependencies"].items()
}
# The lines of the lock without its heading and the package itself.
PINS, ITSELF = (
    [
        line
        for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
        if test(line)
    ]
    for test in (lambda line: line[0] not in "#-", lambda line: line.startswith("-e"))
)
# What the package is read for; beside that its folders hold tools of its authors.
INSTALLED = (".py", ".csv", ".bib", ".toml", ".css", ".js", ".txt")
# Python in the browser has these. Where Python has no wheels for them, the first it has.
OLDEST = {"numpy": "2.0.2", "scipy": "1.14.1", "pandas": "2.2.3", "matplotlib": "3.8.4"}
if sys.version_info >= (3, 13):
    OLDEST |= {"numpy": "2.1.0", "matplotlib": "3.9.2"}

# One wheel and two environments for all, filled from the package index.
pytestmark = [pytest.mark.xdist_group("package"), pytest.mark.network]


def uv(*arguments):
    """Run uv; returns what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "uv", "--quiet", *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built in a copy of what it is built from."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    shutil.copytree(
        ROOT / "src",
        source / "src",
        ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "node_modules"),
    )
    for path in (ROOT / "pyproject.toml", *ROOT.glob("LICENSE*")):
        shutil.copy(path, source)
    pins = source / "pins.txt"
    pins.write_text("\n".join(PINS), encoding="utf-8")
    uv("build", "--wheel", "--build-constraint", pins, "--out-dir", built, source)
    [path] = built.glob("*.whl")
    return path


def oldest(folder):
    """The lines of a lock of the core in the oldest versions that pyproject.toml allows."""
    direct = {canonicalize_name(requirement.name) for requirement in CORE}
    others = folder / "others.txt"  # what the core does not ask for itself stays as pinned
    others.write_text(
        "\n".join(pin for pin in PINS if canonicalize_name(pin.split("==")[0]) not in direct),
        encoding="utf-8",
    )
    options = ("--resolution", "lowest-direct", "--only-binary", ":all:", "--no-annotate")
    return uv("pip", "compile", *options, "--constraint", others, ROOT / "pyproject.toml")


@pytest.fixture(scope="module")
def found(wheel, tmp_path_factory):
    """A function: "pinned" or "oldest" → what use_the_core.py found in that environment."""

    @functools.cache
    def use(name):
        folder = tmp_path_factory.mktemp(name)
        lock, environment = folder / "lock.txt", folder / "environment"
        versions = "\n".join(PINS) if name == "pinned" else oldest(folder)
        lock.write_text(versions, encoding="utf-8")
        uv("venv", "--python", sys.executable, environment)
        options = ("--only-binary", ":all:", "--constraint", lock, "--python", environment)
        uv("pip", "install", *options, wheel)
        python = environment / Path(sys.executable).relative_to(sys.prefix)
        # -I: neither this folder nor PYTHONPATH is where it looks for modules.
        done = subprocess.run(
            [python, "-I", "-W", "ignore", ROOT / "tests" / "use_the_core.py"],
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, f"{name}: {done.stderr}"
        return json.loads(done.stdout) | {"environment": str(environment)}

    return use


OLD = pytest.mark.weekly  # one environment with each change is enough
both = pytest.mark.parametrize("name", ["pinned", pytest.param("oldest", marks=OLD)])


def test_the_wheel_holds_all_that_is_read(wheel):
    """Code, tables, bibliography, self-checks, the control's files, licences; no more."""
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        licences = {name.split("/")[-1] for name in archive.namelist() if "/licenses/" in name}
    expected = {
        path.relative_to(ROOT / "src").as_posix()
        for path in HELPERS.rglob("*")
        if (path.suffix in INSTALLED or path.name == "datapackage.json")
        and path.name != "ruff.toml"
        and "node_modules" not in path.parts
    }
    assert names == expected
    assert licences == {path.name for path in ROOT.glob("LICENSE*")}


@both
def test_nothing_but_the_core_is_there(found, name):
    """What runs is the installed package, and neither jupyter, sphinx nor antimony is there."""
    assert found(name)["folder"].startswith(found(name)["environment"])
    assert found(name)["extras"] == []


@OLD
def test_the_oldest_versions_are_the_oldest(found):
    versions = {canonicalize_name(k): v for k, v in found("oldest")["versions"].items()}
    lowest = {
        canonicalize_name(requirement.name): bound.version
        for requirement in CORE
        for bound in requirement.specifier
        if bound.operator == ">="
    }
    assert len(lowest) == len(CORE)
    assert {name: versions[name] for name in lowest} == lowest | OLDEST
    pinned = {canonicalize_name(k): v for k, v in found("pinned")["versions"].items()}
    assert {f"{name}=={pinned[name]}" for name in lowest} <= set(PINS)


@both
def test_all_modules_load_and_none_loads_what_is_slow(found, name):
    """Nor does a module reach for what lies in an extra."""
    assert {module.replace(".", "/") for module in found(name)["modules"]} == {
        path.relative_to(ROOT / "src").with_suffix("").as_posix().removesuffix("/__init__")
        for path in HELPERS.rglob("*.py")
        if path.parent != HELPERS or path.name != "__init__.py"
    }
    assert found(name)["slow"] == []


@both
def test_figures_controls_and_sources_are_drawn(found, name):
    for figure in found(name)["figures"].values():
        assert 'role="img" aria-label=' in figure["html"]
        assert figure["html"].count("<svg ") == 2  # for a phone, for the column
    control = found(name)["control"]
    assert control["html"].startswith("<ldn-explorer") and "<svg role=" in control["html"]
    assert "LDN.models.receptor_occupancy=" in control["script"]
    assert "4.5 mg, about 45% of mu, 29% of kappa" in control["shown"]
    assert found(name)["source"].endswith(">Lee 1988</a>")


@both
def test_what_needs_an_extra_says_which(found, name):
    for message in found(name)["refused"]:
        assert re.fullmatch(
            r'pint is not there; install it by: pip install "ldn-book-helpers\[sbml\]"', message
        )


@OLD
def test_old_versions_give_the_same_numbers(found):
    """Numbers to one part in a million, words and equations as they are; pictures may differ."""
    pinned, oldest = found("pinned"), found("oldest")
    for name in ("model", "source", "equations", "pooled", "trial", "sensitivity"):
        same(pinned[name], oldest[name], name)
    assert pinned["control"]["shown"] == oldest["control"]["shown"]
    for name, figure in pinned["figures"].items():
        assert figure["data"], name
        same(figure["data"], oldest["figures"][name]["data"], name)


def same(one, other, where):
    """Fail, naming the place, unless both are equal, numbers to one part in a million."""
    assert type(one) is type(other), where
    if isinstance(one, dict):
        assert one.keys() == other.keys(), where
        for key in one:
            same(one[key], other[key], f"{where}, {key}")
    elif isinstance(one, list):
        assert len(one) == len(other), where
        for i, (a, b) in enumerate(zip(one, other)):
            same(a, b, f"{where} [{i}]")
    elif isinstance(one, float):
        close = math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-12)
        assert close or math.isnan(one) and math.isnan(other), f"{where}: {one} and {other}"
    else:
        assert one == other, where


def test_only_the_lock_pins():
    """Ranges in pyproject.toml, each with an end; exact versions, all within them, in the lock."""
    for requirement in [*CORE, *EXTRAS["book"], *EXTRAS["sbml"]]:
        operators = [bound.operator for bound in requirement.specifier]
        assert sorted(operators) == ["<", ">="], requirement
        name = canonicalize_name(requirement.name)
        [version] = [pin.split("==")[1] for pin in PINS if pin.split("==")[0] == name]
        assert requirement.specifier.contains(version), requirement
    assert ITSELF == ["-e .[book,sbml]"]
    assert all(re.match(r"[a-z0-9-]+==[^ ]+( ; .+)?$", pin) for pin in PINS)
