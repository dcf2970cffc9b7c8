"""Make the rows of a design, run them as one set of worlds, and write the outcomes as tables."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import qmc

from experiments.analysis.paired import Tables, common_worlds
from experiments.analysis.quantities import as_shown
from experiments.config.arm import Arm
from experiments.config.defaults import declared, parameters
from experiments.config.ledger import drawn_numbers, drawn_switches
from experiments.engine.draws import values_in_rows
from experiments.engine.run import run_arms
from experiments.errors import InputError, nearest
from experiments.figures.page_layout import counted
from experiments.reports.folder import write_result
from experiments.studies.design.settings import LHS, Settings
from sim.arrays import Array
from sim.ledger.design import Design

SWITCHES = "switches."
_BELOW_ONE = np.nextafter(1.0, 0.0)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a file.

    Attributes:
        table: values by name, one row per point. `overrides`: give each number a prior over its range, or its single value.
    """

    table: pd.DataFrame
    overrides: tuple[str, ...]


def read_rows(name: str) -> Rows:
    """Read the rows of a design from a CSV file: a column per number or switch, a row per point."""
    try:
        table = pd.read_csv(Path(name), skipinitialspace=True)
    except FileNotFoundError:
        raise InputError(f"design={name}: there is no such file") from None
    except (OSError, ValueError) as error:
        raise InputError(f"design={name} cannot be read ({str(error).strip()})") from None
    table.columns = [str(column).strip() for column in table.columns]
    if table.empty or not len(table.columns):
        raise InputError(f"design={name} has no rows: it needs a header with names of numbers, and one row per point")
    return Rows(table, tuple(_overrides(name, table)))


def _overrides(name: str, table: pd.DataFrame) -> Iterator[str]:
    for column in table:
        values = table[column]
        if str(column).startswith(SWITCHES):
            if values.nunique() == 1:
                yield f"{column}={values.iloc[0]}"
            continue
        numbers = pd.to_numeric(values, errors="coerce")
        if not np.isfinite(numbers).all():
            place = int(np.argmin(np.isfinite(numbers.to_numpy(float))))
            raise InputError(f"design={name}, row {place + 1}: {column}={values.iloc[place]!r} is not a number")
        low, high = float(numbers.min()), float(numbers.max())
        group, _, entry = str(column).partition(".")
        if group != "policies" and entry not in declared().get(group, {}):
            hint = nearest(str(column), parameters())
            raise InputError(f"design={name}: {column} is no parameter, switch or policy{hint}")
        where = f"{column}.prior" if group != "policies" else str(column)
        yield f"{column}={low!r}" if low == high else f"{where}=[uniform,{low!r},{high!r}]"


def design_of(arms: Mapping[str, Arm], settings: Settings, rows: Rows | None) -> Design:
    """Return the design: for each row, the quantile of each number in its prior."""
    if rows is not None:
        names = [str(column) for column in rows.table if rows.table[column].nunique() > 1]
        if not names:
            raise InputError(f"design={settings.sample}: no column has two values, so nothing varies")
        quantiles = np.stack([_quantiles_of(arms, name, rows.table[name], settings.sample) for name in names], axis=1)
        return Design(tuple(names), quantiles, settings.worlds_per_row)
    known = {name for arm in arms.values() for name in (*drawn_numbers(arm), *drawn_switches(arm))}
    for place, name in enumerate(settings.over):
        if name not in known:
            raise InputError(f"design.over[{place}]={name} is not drawn from a prior{nearest(name, known)}")
    seed = next(iter(arms.values())).seed_of_samples
    kind = qmc.LatinHypercube if settings.sample == LHS else qmc.Sobol
    sample = kind(len(settings.over), rng=np.random.default_rng(seed)).random(settings.rows)
    return Design(settings.over, np.minimum(sample, _BELOW_ONE), settings.worlds_per_row)


def _quantiles_of(arms: Mapping[str, Arm], name: str, values: "pd.Series[float]", file: str) -> Array:
    """Return the quantiles of these values under a uniform prior over their range."""
    first = next(iter(arms.values()))
    if name.startswith(SWITCHES):
        switch = first.ledger.switches.get(name.removeprefix(SWITCHES))
        if switch is None:
            raise InputError(f"design={file}: {name} is no switch{nearest(name, drawn_switches(first))}")
        variants, weights = zip(*switch.weights, strict=True)
        if unknown := sorted({*map(str, values)} - {*variants}):
            raise InputError(f"design={file}: {name}={unknown[0]} is none of {', '.join(variants)}")
        ends = np.cumsum(weights) / np.sum(weights)
        middles = dict(zip(variants, ends - 0.5 * np.asarray(weights) / np.sum(weights), strict=True))
        return np.array([middles[str(value)] for value in values])
    numbers = values.to_numpy(float)
    return np.minimum((numbers - numbers.min()) / (numbers.max() - numbers.min()), _BELOW_ONE)


def run_design(arms: Mapping[str, Arm], design: Design, settings: Settings) -> dict[str, pd.DataFrame]:
    """Run the missing worlds of a design.

    Returns:
        `worlds`: one row per world, with its `row`, `world`, the values of the numbers, and each outcome on the last day (for
        a hazard, the probability); with a second arm, also the paired `..._difference`. `rows`: means over the worlds of a row.
    """
    data = run_arms(arms)
    (first, here), *others = data.items()
    values = values_in_rows(arms[first], design)
    numbers = here["world"].values
    table = values.iloc[numbers // design.worlds_per_row].reset_index(drop=True)
    table.insert(0, "row", numbers // design.worlds_per_row)
    table.insert(1, "world", numbers)
    for outcome in settings.outcomes:
        table[outcome] = as_shown(here, outcome)
    for _, there in others:
        mine, reference = common_worlds(here, there)
        for outcome in settings.outcomes:
            table[f"{outcome}_difference"] = as_shown(mine, outcome) - as_shown(reference, outcome)
    outcomes = [str(name) for name in table.columns if str(name).removesuffix("_difference") in settings.outcomes]
    rows = table.groupby("row", as_index=False)[outcomes].mean()
    return {"worlds": table, "rows": pd.concat([rows[["row"]], values, rows[outcomes]], axis=1)}


def problem_of(table: pd.DataFrame, names: tuple[str, ...]) -> dict[str, object]:
    """Return the names and ranges of the numbers as SALib takes them; a switch counts its variants from 0."""
    columns = [table[name] for name in names]
    codes = [column.cat.codes if isinstance(column.dtype, pd.CategoricalDtype) else column for column in columns]
    bounds = [[float(each.min()), float(each.max())] for each in codes]
    return {"num_vars": len(names), "names": list(names), "bounds": bounds}


PROBLEM = "problem.json"


def write_design(arms: Mapping[str, Arm], design: Design, settings: Settings, tables: Tables) -> Path:
    """Write the tables of worlds and rows, and the problem."""
    asked = {**asdict(settings), "digest": design.digest}
    problem = json.dumps(problem_of(tables["rows"], design.names), indent=1) + "\n"
    return write_result("design", asked, arms, tables, files={PROBLEM: problem})


def summary(design: Design, settings: Settings, tables: Tables) -> str:
    """Return a summary of the run in words."""
    what = f"{counted([len(design.quantiles)], 'row')} of {counted([settings.worlds_per_row], 'world')}"
    return (
        f"{what}, over {', '.join(design.names)}: rows.csv has the means per row, worlds.csv has"
        f" {len(tables['worlds']):,} worlds, {PROBLEM} the numbers and their ranges for SALib."
    )
