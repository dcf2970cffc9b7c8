"""`knockon benchmark`: its tables, its JSON, its figure, its exit code."""

import getpass
import json
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hydra.core.global_hydra import GlobalHydra

from experiments.cli import main
from experiments.errors import BAD_INPUT
from sim.day import DAY

SMALL = ("benchmark=quick", "benchmark.blocks=[8,32]", "benchmark.repetitions=2", "ensemble.days=20", "compute.block=32")


def knockon(*arguments: str) -> int:
    """Call the job in this process; return its exit code."""
    GlobalHydra.instance().clear()
    try:
        main(["benchmark", *arguments])
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.mark.slow
def test_it_prints_tables_and_writes_json_and_a_figure(capsys: pytest.CaptureFixture[str]) -> None:
    assert knockon(*SMALL, "figure=slides") == 0
    told = capsys.readouterr().out
    assert all(words in told for words in ("times the draws", "coalition.decide", "uniforms are drawn", "Tables:  results"))
    (folder,) = Path("results").glob("benchmark-*")
    assert sorted(path.name for path in folder.iterdir()) == ["arms.csv", "asked.json", "figures-slides", "tables"]
    assert {path.suffix for path in (folder / "figures-slides").iterdir()} == {".pdf", ".png", ".svg", ".txt"}
    text = (folder / "asked.json").read_text(encoding="utf-8")
    tables = {part: pd.read_csv(folder / "tables" / f"{part}.csv").to_dict("records") for part in ("blocks", "stages")}
    check_schema({**json.loads(text)["found"], **tables})
    private = {str(Path.cwd()), str(Path.home()), platform.node(), getpass.getuser()}
    assert [name for name in private if len(name) > 4 and name in text] == []


def check_schema(content: Mapping[str, Any]) -> None:
    """Check what the JSON has, and that what belongs together fits together."""
    assert {
        "machine",
        "clock",
        "overrides",
        "scenario",
        "key",
        "days",
        "seed",
        "uncertainty",
        "record",
        "block",
        "repetitions",
    } < set(content)
    assert {"processor", "cores", "load", "system", "python", "versions"} == set(content["machine"])
    assert {"mesa", "numpy", "numba"} < set(content["machine"]["versions"])
    assert (content["scenario"], content["days"], content["block"], content["repetitions"]) == ("us_pullout", 20, 32, 2)
    assert [row["block"] for row in content["blocks"]] == [8, 32]
    assert len(content["stages"]) == len(DAY) + 4
    for measured in (*content["blocks"], *content["stages"]):
        for name in [name for name in measured if f"{name}_low" in measured]:
            assert 0.0 <= measured[f"{name}_low"] <= measured[name] <= measured[f"{name}_high"]
    for measured in content["blocks"]:
        floor, days = measured["floor_milliseconds_per_world_year_low"], measured["milliseconds_per_world_year_high"]
        assert 1.0 < measured["ratio_low"] <= measured["ratio_high"] <= days / floor * (1 + 1e-4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("benchmark.blocks=[0]",), "benchmark.blocks[0]=0 is not a whole number from 1 to 8192"),
        (("benchmark=fast",), "default"),
        (("compute=dask",), "compute=serial or compute=local"),
        (("-m", "scenario=stay,us_pullout"), "leave out -m"),
    ],
)
def test_bad_input_is_one_line(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str) -> None:
    assert knockon(*arguments) == BAD_INPUT
    told = capsys.readouterr()
    assert message in told.err
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert not Path("results").exists()


def test_a_folder_that_cannot_be_written_is_known_before_anything_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    Path("results").write_text("a file", encoding="utf-8")
    assert knockon(*SMALL) == BAD_INPUT
    assert capsys.readouterr().err == "knockon: results=results: results is a file, not a folder\n"
