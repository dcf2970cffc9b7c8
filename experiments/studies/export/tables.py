"""The tables of an export: one row per arm and world with a codebook, and Table 1 of a paper, every number by grade."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from experiments.analysis.quantities import names_of
from sim.record.outcomes import OUTCOMES, Aggregation, Outcome, Worse


def ledger_table(config: Mapping[str, Any], shipped: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> pd.DataFrame:
    """Return every parameter as an arm has it, the best founded first.

    Args:
        config: of the arm, plain values.
        shipped: the ledger as its files have it, by group and entry; what is said of a number that was set stands there.

    Returns:
        One row per parameter: grade, group, parameter, value, prior, unit, meaning, source, set_for_this_arm.
    """
    rows = []
    for group, entries in shipped.items():
        for name, entry in entries.items():
            given = config.get(group, {}).get(name, entry)
            held = given if isinstance(given, Mapping) else {"value": given, "fixed": True}
            rows.append(
                {
                    "grade": entry["grade"],
                    "group": group,
                    "parameter": name,
                    "value": _written(held.get("value")),
                    "prior": _prior(held),
                    "unit": entry["unit"],
                    "meaning": entry["meaning"],
                    "source": entry["source"],
                    "set_for_this_arm": (held.get("value"), held.get("prior")) != (entry.get("value"), entry.get("prior")),
                }
            )
    return pd.DataFrame(rows).sort_values(["grade", "group"], kind="stable", ignore_index=True)


def grades_table(ledger: pd.DataFrame, grades: Mapping[str, str]) -> pd.DataFrame:
    """Count the parameters by grade: all, those with a prior, those fixed, those set for this arm."""
    rows = []
    for grade, meaning in grades.items():
        of_grade = ledger[ledger["grade"] == grade]
        fixed = of_grade["prior"] == "fixed"
        rows.append(
            {
                "grade": grade,
                "meaning": meaning,
                "parameters": len(of_grade),
                "share": len(of_grade) / len(ledger),
                "with_a_prior": int((~fixed).sum()),
                "fixed": int(fixed.sum()),
                "set_for_this_arm": int(of_grade["set_for_this_arm"].sum()),
            }
        )
    return pd.DataFrame(rows)


def _written(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_written(entry)}" for name, entry in value.items())
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _prior(held: Mapping[str, Any]) -> str:
    prior = held.get("prior")
    if not isinstance(prior, (list, tuple)):
        return "fixed"
    kind, *numbers = prior
    return f"{kind}({', '.join(map(_written, numbers))})"


LONGEST_NAME = 32
"""Characters of a name in Stata."""
_SHORTER = (
    ("islamic_state", "is"), ("_by_governorate", ""), ("_by_member", ""), ("_by_site", ""), ("_by_faction", ""),
    ("_by_target", ""), ("governorate", "gov"), ("displaced_attacks", "displaced"), ("attacks_across_borders", "across"),
    ("cross_border_attacks", "cross_border"), ("probability", "prob"), ("announcement", "announc"),
)  # fmt: skip
"""What a name that is too long is spared, one after the other, until it fits."""
_TAKEN_BY_STATA = frozenset(
    "_all _b _coef _cons _n _N _pi _pred _rc _skip byte double float if in int long strL using with".split()  # noqa: SIM905
)
_WORSE = {Worse.MORE: "more is worse", Worse.LESS: "less is worse", Worse.NEITHER: "neither"}


def worlds_table(
    arms: Mapping[str, xr.Dataset], reference_of: Mapping[str, str], day: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the outcomes by arm and world at a reporting day, and what each column is.

    Returns:
        One row per arm and world: arm, reference, world, draw, the form of each switch, then every outcome, those by place or
        actor a column each. And the codebook, a row a column: name, full_name, meaning, unit, aggregation, worse, missing.
    """
    parts = [_of_arm(label, data.sel(day=day), reference_of[label]) for label, data in arms.items()]
    table = pd.concat(parts, ignore_index=True)
    for name in ("arm", "reference", *(name for name in table.columns if str(name).startswith("form_"))):
        table[name] = pd.Categorical(table[name], categories=list(dict.fromkeys(table[name])))
    book = pd.DataFrame([_explained(str(name), next(iter(arms.values()))) for name in table.columns])
    short = short_names(list(map(str, table.columns)))
    book.insert(0, "name", short)
    return table.set_axis(short, axis=1), book


def _of_arm(label: str, data: xr.Dataset, reference: str) -> pd.DataFrame:
    worlds = data.sizes["world"]
    columns: dict[str, object] = {"arm": [label] * worlds, "reference": [reference] * worlds, "world": data["world"].values}
    if "draw" in data:
        columns["draw"] = data["draw"].values
    for name in (str(name) for name in data.data_vars if str(name).startswith("form_")):
        columns[name] = np.array(names_of(data[name]), dtype=object)[data[name].values]
    for outcome in OUTCOMES:
        if outcome.name not in data:
            continue
        values = data[outcome.name].load()
        if outcome.dimension is None:
            columns[outcome.name] = values.values
            continue
        for place in values[outcome.dimension].values:
            columns[f"{outcome.name}_{place}"] = values.sel({outcome.dimension: place}).values
    return pd.DataFrame(columns)


_ABOUT_THE_ROW = {
    "arm": "the arm: a scenario, and what was set in it",
    "reference": "the arm that it is compared with, world by world",
    "world": "number of the world: rows of two arms with the same number share every die",
    "draw": "number of the draw of parameters and forms: worlds that share it differ by chance alone",
}


def _explained(name: str, data: xr.Dataset) -> dict[str, str]:
    row = dict.fromkeys(("full_name", "meaning", "unit", "aggregation", "worse", "missing"), "")
    row["full_name"] = name
    if name in _ABOUT_THE_ROW:
        return row | {"meaning": _ABOUT_THE_ROW[name]}
    if name.startswith("form_"):
        return row | {"meaning": f"form of the switch {name.removeprefix('form_')}: a structure that differs by world"}
    outcome, place = next(_outcome_of(name, data))
    return row | {
        "meaning": f"{outcome.long_name}{f': {place}' if place else ''}",
        "unit": outcome.unit,
        "aggregation": outcome.aggregation.value,
        "worse": _WORSE[outcome.worse],
        "missing": _missing(outcome),
    }


def _outcome_of(name: str, data: xr.Dataset) -> Iterator[tuple[Outcome, str]]:
    for outcome in OUTCOMES:
        if outcome.name == name and outcome.dimension is None:
            yield outcome, ""
        elif outcome.dimension is not None and outcome.name in data and name.startswith(f"{outcome.name}_"):
            place = name.removeprefix(f"{outcome.name}_")
            if place in data[outcome.dimension].values:
                yield outcome, place


def _missing(outcome: Outcome) -> str:
    if outcome.aggregation is Aggregation.FIRST_DAY:
        return "it did not happen by that day"
    return "nothing to divide by" if outcome.aggregation is Aggregation.RATIO else ""


def short_names(names: Sequence[str]) -> list[str]:
    """Return names that Stata accepts, all different, each as near to the given one as may be."""
    short: list[str] = []
    for name in names:
        wanted = re.sub(r"\W", "_", name, flags=re.ASCII)
        if wanted in _TAKEN_BY_STATA or not re.match(r"[A-Za-z]", wanted) or re.fullmatch(r"str\d+", wanted):
            wanted = f"v_{wanted}"
        for long, shorter in _SHORTER:
            if len(wanted) > LONGEST_NAME:
                wanted = wanted.replace(long, shorter)
        short.append(_unused(wanted[:LONGEST_NAME], short))
    return short


def _unused(name: str, used: Sequence[str]) -> str:
    number, found = 1, name
    while found in used:
        number += 1
        found = f"{name[: LONGEST_NAME - len(f'_{number}')]}_{number}"
    return found
