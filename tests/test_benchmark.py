"""The benchmark can be run, and the book's page of it knows every control."""

import re
import subprocess
import sys

from conftest import ROOT
from controls import builders


def test_the_benchmark_takes_its_own_parts():
    """Not a module of the tests that has the same name. In a process of its own: here, other tests
    may have loaded that one."""
    code = """if True:
        import runpy
        benchmark = runpy.run_path("tests/benchmark", run_name="benchmark")
        for name in ("live", "simulators", "widgets"):
            assert "benchmark" in benchmark[name].__file__, benchmark[name].__file__
    """
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr


def test_the_page_weighs_every_control():
    page = (ROOT / "book/benchmark.md").read_text(encoding="utf-8")
    weighed = re.findall(r"^\| control (explore-[\w-]+) \|", page, re.M)
    controls = [name.split(".")[1].replace("_", "-") for name in builders()]
    assert sorted(weighed) == sorted(controls)
