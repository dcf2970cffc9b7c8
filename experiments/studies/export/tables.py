"""The tables of an export: one row per arm and world with a codebook, and every parameter by grade (Table 1 of a paper)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, count
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from experiments.analysis.paired import Datasets
from experiments.analysis.quantities import PREFIX, variants_of
from sim.record.outcomes import OUTCOMES, Aggregation, Worse


def ledger_table(config: Mapping[str, Any], shipped: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> pd.DataFrame:
    """Return every parameter with its value in an arm, the best evidence first.

    `config` is the config of the arm; `shipped` is the ledger in its files, by group and entry.

    Returns:
        One row per parameter: grade, group, parameter, value, prior, unit, meaning, source, set_for_this_arm.
    """
    rows = []
    for group, entries in shipped.items():
        for name, entry in entries.items():
            given = config.get(group, {}).get(name, entry)
            held = given if isinstance(given, Mapping) else {"value": given, "fixed": True}
            row = {"grade": entry["grade"], "group": group, "parameter": name, "value": _written(held.get("value"))}
            row |= {"prior": _prior(held), **{about: entry[about] for about in ("unit", "meaning", "source")}}
            row["set_for_this_arm"] = any(held.get(part) != entry.get(part) for part in ("value", "prior"))
            rows.append(row)
    return pd.DataFrame(rows).sort_values(["grade", "group"], kind="stable", ignore_index=True)


def grades_table(ledger: pd.DataFrame, grades: Mapping[str, str]) -> pd.DataFrame:
    """Count the parameters by grade: all, those with a prior, those fixed, those set for this arm."""
    rows = []
    for grade, meaning in grades.items():
        of_grade = ledger[ledger["grade"] == grade]
        fixed = int((of_grade["prior"] == "fixed").sum())
        counts = {"parameters": len(of_grade), "share": len(of_grade) / len(ledger), "with_a_prior": len(of_grade) - fixed}
        changed = int(of_grade["set_for_this_arm"].sum())
        rows.append({"grade": grade, "meaning": meaning, **counts, "fixed": fixed, "set_for_this_arm": changed})
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
"""Replacements in a name that is too long; they are made one after the other until the name fits."""
_TAKEN_BY_STATA = frozenset(
    "_all _b _coef _cons _n _N _pi _pred _rc _skip byte double float if in int long strL using with".split()  # noqa: SIM905
)
_WORSE = {Worse.MORE: "more is worse", Worse.LESS: "less is worse", Worse.NEITHER: "neither"}
_MISSING = {Aggregation.FIRST_DAY: "the event did not happen by that day", Aggregation.RATIO: "the denominator is zero"}


def worlds_table(arms: Datasets, reference_of: Mapping[str, str], day: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the outcomes by arm and world at a reporting day, and their codebook.

    Returns:
        One row per arm and world: arm, reference, world, draw, the variant of each switch, then the outcomes, one column per
        place or actor. Also the codebook, one row per column: name, full_name, meaning, unit, aggregation, worse, missing.
    """
    found = [list(_columns(label, data.sel(day=day), reference_of[label])) for label, data in arms.items()]
    parts = [pd.DataFrame({about["full_name"]: values for about, values in columns}) for columns in found]
    table = pd.concat(parts, ignore_index=True)
    for name in ("arm", "reference", *(name for name in table.columns if str(name).startswith(PREFIX))):
        table[name] = pd.Categorical(table[name], categories=list(dict.fromkeys(table[name])))
    known = {about["full_name"]: about for columns in found for about, _ in columns}
    book = pd.DataFrame([known[name] for name in table.columns])
    short = short_names(list(map(str, table.columns)))
    book.insert(0, "name", short)
    return table.set_axis(short, axis=1), book


def _columns(label: str, data: xr.Dataset, reference: str) -> Iterator[tuple[dict[str, str], Any]]:
    """Yield the row of the codebook and the values for each column of an arm."""
    worlds = data.sizes["world"]
    yield _row("arm", "the arm: a scenario, and the settings changed in it"), [label] * worlds
    yield _row("reference", "the reference of the arm, compared world by world"), [reference] * worlds
    yield _row("world", "number of the world: worlds of two arms with the same number share all dice"), data["world"].values
    if "draw" in data:
        meaning = "number of the draw of parameters and variants: worlds that share it differ by chance alone"
        yield _row("draw", meaning), data["draw"].values
    for switch, variants in variants_of(data).items():
        numbers = data[PREFIX + switch].values
        yield _row(PREFIX + switch, f"variant of the switch {switch}"), np.array(variants, dtype=object)[numbers]
    for outcome in OUTCOMES:
        if outcome.name not in data:
            continue
        values = data[outcome.name].load()
        about = {"unit": outcome.unit, "aggregation": outcome.aggregation.value, "worse": _WORSE[outcome.worse]}
        about["missing"] = _MISSING.get(outcome.aggregation, "")
        if outcome.dimension is None:
            yield _row(outcome.name, outcome.long_name, **about), values.values
            continue
        for place in values[outcome.dimension].values:
            row = _row(f"{outcome.name}_{place}", f"{outcome.long_name}: {place}", **about)
            yield row, values.sel({outcome.dimension: place}).values


def _row(name: str, meaning: str, **about: str) -> dict[str, str]:
    return {"full_name": name, "meaning": meaning, "unit": "", "aggregation": "", "worse": "", "missing": "", **about}


def short_names(names: Sequence[str]) -> list[str]:
    """Return names that Stata accepts, all different, each as close to the given name as possible."""
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
    endings = chain([""], (f"_{number}" for number in count(2)))
    return next(found for ending in endings if (found := f"{name[: LONGEST_NAME - len(ending)]}{ending}") not in used)
