"""The benchmark can be run, and the book's page of it knows every control."""

import re
import runpy
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


def test_one_table_measured_anew_loses_no_other(tmp_path):
    """Those of the last run are kept, or else the page's; none of another machine."""
    report = runpy.run_path(ROOT / "tests/benchmark/report.py")["Report"]()
    made, page = tmp_path / "made.md", tmp_path / "page.md"
    page.write_text("# B\n\nHead\n\n## One\n\n| 1 |\n\n## Two\n\n| 2 |\n", encoding="utf-8")
    report.heading("Two", "Text.", "what")
    report.row(3)
    two = "## Two\n\nText.\n\n| what |\n| --- |\n| 3 |\n"
    assert report.write(made, "# B\n\nHead", page) == []
    assert made.read_text(encoding="utf-8") == f"# B\n\nHead\n\n## One\n\n| 1 |\n\n{two}"
    made.write_text(f"# B\n\nHead\n\n## One\n\n| 9 |\n\n{two}", encoding="utf-8")
    assert report.write(made, "# B\n\nHead", page) == []
    assert "| 9 |" in made.read_text(encoding="utf-8")
    assert report.write(made, "# B\n\nOther", page) == ["One"]
    assert made.read_text(encoding="utf-8") == f"# B\n\nOther\n\n{two}"


def test_the_page_weighs_every_control():
    page = (ROOT / "book/benchmark.md").read_text(encoding="utf-8")
    weighed = re.findall(r"^\| control (explore-[\w-]+) \|", page, re.M)
    controls = [name.split(".")[1].replace("_", "-") for name in builders()]
    assert sorted(weighed) == sorted(controls)
