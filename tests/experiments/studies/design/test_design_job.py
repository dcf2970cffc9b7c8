"""A design of the analyst: the worlds have its values, and other programs can read the table."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import Answer, is_one_line
from SALib.analyze import delta

RESTRAINT, PEERS, START = "militias.effect_of_restraint", "coalition.effect_of_peer_exits", "policies.full_pullout.start"
SMALL = ("ensemble.days=30", "compute=serial")


def written(answer: Answer) -> tuple[Path, pd.DataFrame, pd.DataFrame]:
    assert answer.code == 0, answer.err
    (folder,) = Path("results").glob("design-*")
    return folder, *(pd.read_csv(folder / "tables" / f"{name}.csv") for name in ("rows", "worlds"))


def test_a_file_gives_every_world_its_row(knockon: Callable[..., Answer]) -> None:
    asked = pd.DataFrame(
        {
            RESTRAINT: [1.1, 1.5, 1.9, 1.5],
            START: [14, 20, 20, 25],
            "switches.displacement": ["low", "high", "low", "high"],
            PEERS: 1.0,
        }
    )
    asked.to_csv("points.csv", index=False)
    given = ("design=points.csv", "scenario=us_pullout", "design.relative_to=as_of_30_september", "design.worlds_per_row=2")
    folder, rows, worlds = written(knockon("design", *given, *SMALL, "design.outcomes=[lead_troops,attacks]"))
    varied = [RESTRAINT, START, "switches.displacement"]
    pd.testing.assert_frame_equal(rows[varied], asked[varied], check_dtype=False)
    assert list(worlds["row"]) == [0, 0, 1, 1, 2, 2, 3, 3]
    assert list(worlds["world"]) == list(range(8))
    assert worlds.loc[worlds["row"] == 2, RESTRAINT].to_numpy() == pytest.approx([1.9, 1.9])
    troops = rows["lead_troops_difference"].to_numpy()
    assert np.isfinite(troops).all()
    assert (troops != 0.0).any(), "the pullout begins within the month"
    assert rows["attacks"].to_numpy() == pytest.approx(worlds.groupby("row")["attacks"].mean().to_numpy())
    assert (pd.read_csv(folder / "arms.csv")["worlds"] == 8).all()


def test_a_sample_covers_the_prior_and_salib_takes_it(knockon: Callable[..., Answer]) -> None:
    over = f"design.over=[{RESTRAINT},switches.displacement]"
    folder, rows, worlds = written(
        knockon("design", "design=lhs", "design.rows=40", over, "design.worlds_per_row=1", *SMALL, "design.outcomes=[attacks]")
    )
    assert len(worlds) == 40
    assert rows[RESTRAINT].nunique() == 40
    assert rows["switches.displacement"].value_counts().to_dict() == {"low": 20, "high": 20}, "half of a Latin hypercube each"
    problem = json.loads((folder / "problem.json").read_text())
    assert problem["names"] == [RESTRAINT, "switches.displacement"]
    assert problem["bounds"][0] == pytest.approx([rows[RESTRAINT].min(), rows[RESTRAINT].max()], rel=1e-4)
    inputs = rows[problem["names"]].assign(**{"switches.displacement": rows["switches.displacement"].eq("high").astype(float)})
    found = delta.analyze(problem, inputs.to_numpy(float), rows["attacks"].to_numpy(float), seed=1)
    assert np.isfinite(found["S1"]).all()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("design=lhs",), "design.over=[...] says which numbers vary"),
        (("design=sobl", f"design.over=[{RESTRAINT}]"), "design=sobl is no design: give lhs, sobol, or a file"),
        (("design=sobol", "design.rows=100", f"design.over=[{RESTRAINT}]"), "design.rows=100 is no power of 2"),
        (("design=lhs", "design.over=[militias.effect_of_restrain]"), "did you mean militias.effect_of_restraint"),
        (("design=none.csv",), "design=none.csv: there is no such file"),
        (("design=bad.csv",), "design=bad.csv, row 2: militias.effect_of_restraint='much' is not a number"),
        (("design=bad.csv", f"design.over=[{PEERS}]"), "the columns of the file name the numbers that vary"),
        (("design=variants.csv",), "switches.displacement=middling is none of low, high"),
        (("design=unknown.csv",), "militias.effect_of_restrain is no parameter, switch or policy"),
        (("design=same.csv",), "no column has two values"),
        (
            ("design=lhs", f"design.over=[{RESTRAINT}]", "ensemble.worlds=9"),
            "design.rows and design.worlds_per_row say how many",
        ),
        (("design=lhs", f"design.over=[{START}]", "scenario=stay"), f"design.over[0]={START} is not drawn from a prior"),
    ],
)
def test_what_cannot_be_run_is_one_line(knockon: Callable[..., Answer], given: tuple[str, ...], said: str) -> None:
    Path("bad.csv").write_text(f"{RESTRAINT}\n1.2\nmuch\n")
    Path("variants.csv").write_text("switches.displacement\nlow\nmiddling\n")
    Path("unknown.csv").write_text(f"{RESTRAINT[:-1]}\n1\n2\n")
    Path("same.csv").write_text(f"{RESTRAINT}\n1.2\n1.2\n")
    is_one_line(knockon("design", *given), said)
    assert not Path("results").exists()
