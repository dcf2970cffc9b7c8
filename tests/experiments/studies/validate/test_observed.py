"""`knockon validate data=FILE`: which files it reads, which it refuses, and whether windows are counted to the day."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import arm

from experiments.analysis.forecasts import Window
from experiments.cli import main
from experiments.config.history import SHIPPED_HISTORY
from experiments.engine.block import build_model
from experiments.errors import InputError
from experiments.studies.validate.observed import read_lines, read_observed, with_shipped_history
from experiments.studies.validate.observed_scores import run_windows
from sim.record.outcomes import BY_NAME, labels
from sim.worlds import Worlds

START, DAYS = date(2020, 9, 30), 120
ROWS = {"site": ["embassy", "convoys"], "member": ["italy"]}
HEADER = "series,start,end,value,low,high"
OCTOBER = "attacks,2020-10-01,2020-10-31,14,10,18"


def file_of(tmp_path: Path, *lines: str, header: str = HEADER) -> Path:
    file = tmp_path / "observed.csv"
    file.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return file


def read(tmp_path: Path, *lines: str, header: str = HEADER):
    file = file_of(tmp_path, *lines, header=header)
    return read_observed(file, read_lines(file), START, DAYS, ROWS)


def test_windows_are_read_and_those_before_the_run_are_history(tmp_path: Path) -> None:
    observed = read(
        tmp_path, "attacks,2020-09-01,2020-09-30,21,,", OCTOBER, "attacks_by_site.embassy,2020-10-01,2020-10-07,2,,"
    )
    assert observed.windows[0] == Window("attacks", date(2020, 10, 1), date(2020, 10, 31), 14.0, 10.0, 18.0)
    assert observed.windows[1].low == observed.windows[1].high == 2.0
    assert [window.value for window in observed.history] == [21.0]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("atacks,2020-10-01,2020-10-31,14,,", r"line 2: series='atacks' is no outcome; did you mean attacks"),
        (
            "attacks_by_site,2020-10-01,2020-10-31,14,,",
            r"names no site; write attacks_by_site.NAME with one of embassy, convoys",
        ),
        ("attacks_by_site.embasy,2020-10-01,2020-10-31,1,,", r"did you mean embassy"),
        ("attacks.embassy,2020-10-01,2020-10-31,14,,", r"attacks is a single number"),
        ("resurgence_day,2020-10-01,2020-10-31,14,,", r"a day, not a count"),
        ("islamic_state_attacks_last_month,2020-10-01,2020-10-31,14,,", r"running sum of 30 days"),
        ("attacks,01.10.2020,2020-10-31,14,,", r"line 2: start='01.10.2020' is not a date such as"),
        ("attacks,2020-10-31,2020-10-01,14,,", r"end=2020-10-01 lies before start=2020-10-31"),
        ("attacks,2020-10-01,2020-10-31,many,,", r"value='many' is not a number"),
        ("attacks,2020-10-01,2020-10-31,inf,,", r"not a finite number"),
        ("attacks,2020-10-01,2020-10-31,-12,,", r"value=-12 is not from 0 to 1,000,000 .attacks."),
        ("attacks,2020-10-01,2020-10-31,12.5,,", r"value=12.5 is not a whole number: attacks is a count .attacks."),
        ("attacks,2020-10-01,2020-10-31,999999999999,,", r"value=999999999999 is not from 0 to 1,000,000"),
        ("attacks,2020-10-01,2020-10-31,12,-1,13", r"low=-1 is not from 0"),
        ("members_present,2020-10-01,2020-10-31,12.5,,", r"a count .members."),
        ("enablers,2020-10-01,2020-10-31,1.5,,", r"value=1.5 is not from 0 to 1 .share."),
        ("attacks_per_exposure,2020-10-01,2020-10-31,-1,,", r"value=-1 is not from 0"),
        ("attacks,2020-10-01,2020-10-31,14,,,9", r"line 2 has 7 cells, more than the 6 columns: put a text with a comma"),
        ('attacks,2020-10-01,2020-10-31,"14,,', r"is not a readable CSV table in UTF-8 \(unexpected end of data\)"),
        ("attacks,2020-10-01,2020-10-31,14,15,18", r"does not lie between low=15 and high=18"),
        ("attacks,2020-09-15,2020-10-15,14,,", r"begins before the run, which starts on 2020-09-30"),
        ("attacks,2021-01-01,2021-01-31,14,,", r"ends after the run, whose last day is 2021-01-27; raise ensemble.days"),
        ("attacks,2020-08-01,2020-08-31,14,,", r"no window lies in the run"),
    ],
)
def test_what_cannot_be_used_is_one_line(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(tmp_path, line)


@pytest.mark.parametrize("line", ["incident_hazard,2020-10-01,2020-10-31,0.1,,", "stance,2020-10-01,2020-10-31,-0.5,,"])
def test_expected_events_and_indices_need_not_be_whole(tmp_path: Path, line: str) -> None:
    assert len(read(tmp_path, line).windows) == 1


def test_commas_that_a_spreadsheet_leaves_shift_no_column(tmp_path: Path) -> None:
    assert read(tmp_path, OCTOBER + ",,", ",,,,,,", header=HEADER + ",,").windows == read(tmp_path, OCTOBER).windows
    assert read(tmp_path, OCTOBER + ",,").windows == read(tmp_path, OCTOBER).windows


def test_lines_are_numbered_as_an_editor_numbers_them(tmp_path: Path) -> None:
    november = "attacks,2020-11-01,2020-11-30,7,,"
    with pytest.raises(InputError, match="line 6: value='many' is not a number"):
        read(tmp_path, "", f'{OCTOBER},"a note', 'of two lines"', "", november.replace("7", "many"), header=HEADER + ",note")


def test_overlapping_windows_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="windows of attacks overlap"):
        read(tmp_path, OCTOBER, "attacks,2020-10-31,2020-11-30,14,,")


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("series,start,end,valu,low,high", r"no column 'value'; did you mean valu\?"),
        ("series,start,end,value,value,high", r"has 2 columns 'value': keep one and rename the others"),
        ("series,start,end,value,low,top", r"one of the columns low and high"),
    ],
)
def test_wrong_columns_are_named(tmp_path: Path, header: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(tmp_path, OCTOBER, header=header)


def test_a_file_that_is_not_there_or_empty(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        read_lines(tmp_path / "none.csv")
    with pytest.raises(InputError, match="has no rows"):
        read(tmp_path)


def test_series_without_a_past_of_their_own_get_the_shipped_one(tmp_path: Path) -> None:
    shipped = pd.read_csv(SHIPPED_HISTORY)
    observed = with_shipped_history(read(tmp_path, OCTOBER), START)
    assert [window.value for window in observed.history] == shipped[shipped["series"] == "attacks"]["value"].tolist()
    own = with_shipped_history(read(tmp_path, OCTOBER, "attacks,2020-09-01,2020-09-29,5,,"), START)
    assert [window.value for window in own.history] == [5.0]


def test_the_shipped_past_is_that_of_the_patterns() -> None:
    shipped = pd.read_csv(SHIPPED_HISTORY).groupby("series")["value"].sum()
    assert shipped["attacks"] == 80
    assert set(shipped.index) <= set(BY_NAME)


def test_windows_are_counted_to_the_day_in_every_world() -> None:
    """Daily values of one run, added by hand, against windows run in two blocks."""
    chosen = arm("stay", "ensemble.worlds=6", "ensemble.days=40", "compute.block=4")
    spans = {
        "attacks": (date(2020, 10, 3), date(2020, 10, 20)),
        "attacks_by_site.convoys": (date(2020, 9, 30), date(2020, 10, 30)),
        "attacks_by_governorate.baghdad": (date(2020, 10, 3), date(2020, 10, 20)),
        "members_present": (date(2020, 10, 1), date(2020, 10, 31)),
    }
    windows = [Window(series, start, end, 0.0, 0.0, 0.0) for series, (start, end) in spans.items()]
    counted = run_windows(chosen, windows)["value"].values
    model, names = build_model(chosen, Worlds(0, 6)), labels(build_model(chosen, Worlds(0, 2)))
    by_hand = np.zeros((6, 4))
    for day in range(32):
        model.run(1)
        if 3 <= day <= 20:
            by_hand[:, 0] += BY_NAME["attacks"].read(model)[0]
        if day <= 30:
            by_hand[:, 1] += BY_NAME["attacks_by_site"].read(model)[names["site"].index("convoys")]
        if day in (2, 20):
            baghdad = BY_NAME["attacks_by_governorate"].read(model)[names["governorate"].index("baghdad")]
            by_hand[:, 2] += baghdad if day == 20 else -baghdad
        by_hand[:, 3] = BY_NAME["members_present"].read(model)[0]
    assert np.allclose(counted, by_hand)
    assert counted[:, 0].max() > 0


def call(tmp_path: Path, *arguments: str) -> int:
    """Call the job in this process; return its exit code."""
    try:
        main(["validate", *arguments, "ensemble.worlds=24", "compute=serial", f"results={tmp_path / 'results'}"])
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.mark.promised
@pytest.mark.slow
def test_the_job_scores_and_writes_what_it_was_made_with(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = file_of(tmp_path, OCTOBER, "members_present,2020-10-31,2020-10-31,29,,")
    assert call(tmp_path, f"data={file}", "scenario=us_pullout") == 0
    printed = capsys.readouterr().out
    assert "negative binomial" in printed
    assert "members_present has no baseline" in printed
    (folder,) = (tmp_path / "results").glob("validate-data-*")
    assert {path.name for path in folder.rglob("*.*")} == {
        "windows.csv", "scores.csv", "arms.csv", "asked.json", "observed.pdf", "observed.png", "observed.svg", "observed.txt"
    }  # fmt: skip
    assert list(pd.read_csv(folder / "arms.csv")["arm"]) == ["us_pullout"]
    assert str(tmp_path) not in (folder / "asked.json").read_text(encoding="utf-8")
    windows = pd.read_csv(folder / "tables" / "windows.csv")
    model = windows[(windows["forecast"] == "model") & (windows["series"] == "attacks")].iloc[0]
    assert model["q05"] <= model["median"] <= model["q95"]
    assert model["crps"] > 0.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["data=none.csv"], "data=none.csv: there is no such file"),
        (["-m", "data=none.csv", "scenario=stay,us_pullout"], "scores one arm"),
    ],
)
def test_a_wrong_call_is_one_line_and_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert call(tmp_path, *arguments) == 2
    error = capsys.readouterr().err.strip().splitlines()
    assert message in error[-1]
    assert not (tmp_path / "results").exists()


def test_a_file_is_looked_for_before_anything_is_computed(knockon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.studies.runner.compose", lambda *_, **__: pytest.fail("the arm is composed first"))
    answer = knockon("validate", "data=nothere.csv", "ensemble.start=history")
    assert (answer.code, answer.err) == (2, "knockon: data=nothere.csv: there is no such file\n")


def test_data_is_no_setting_of_other_jobs(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["run", "+data=observed.csv", "ensemble=quick"])
    assert "data='observed.csv' is no setting" in capsys.readouterr().err
