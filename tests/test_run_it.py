"""The Python of the page "How to run it" does what the page says, in this order, on the files that the book offers."""

import re
import shutil

import pytest
from conftest import HTML, ROOT

from helpers.simulate import daily, simulate

BLOCKS = re.findall(r"^```python\n(.*?)^```", (ROOT / "book" / "run_it.md").read_text(encoding="utf-8"), re.M | re.S)
FILE = "receptor_occupancy.sbml.xml"


def test_the_python_of_the_page_runs(tmp_path, monkeypatch, capsys):
    [offered] = HTML.glob(f"_downloads/*/{FILE}")
    shutil.copy(offered, tmp_path)
    monkeypatch.chdir(tmp_path)
    spoken, names = {}, {}
    for block in BLOCKS:
        exec(block, names)
        spoken[block.split("\n")[0]] = capsys.readouterr().out
    assert names["control"].values["dose"] == 3
    blocked = simulate("receptor_occupancy", daily(4.5, 14), [335])["mu_retained"].iloc[0]
    for simulator in ("import roadrunner", "import basico"):
        assert float(re.findall(r"0\.\d+", spoken[simulator])[-1]) == pytest.approx(blocked, abs=1e-5), simulator
    assert f"{blocked:.3f}" in (ROOT / "book" / "run_it.md").read_text(encoding="utf-8")
    # The exported file holds the schedule, where a number set afterwards in libRoadRunner would not be heeded.
    twice = names["roadrunner"].RoadRunner(str(tmp_path / "twice_daily.sbml.xml"))
    twice.integrator.relative_tolerance = 1e-9
    twice.timeCourseSelections = ["mu_retained"]
    expected = simulate("receptor_occupancy", daily(3, 14, 12), [335])["mu_retained"].iloc[0]
    assert twice.simulate(0, 335, 336)[-1][0] == pytest.approx(expected, abs=1e-5)
