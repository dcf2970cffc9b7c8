"""The headlines of a comparison as tables for a reader: findings, forms, months, variance and convergence."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.analysis.by_part import by_month
from experiments.analysis.evidence import evidence
from experiments.analysis.findings import ISLAMIC_STATE, change_of, dots, find, name_in_tables
from experiments.analysis.matters import IS_RATIO, Matters
from experiments.analysis.monte_carlo import is_nested
from experiments.analysis.paired import Datasets, Tables, differences, draws_of, shares_of_worlds
from experiments.analysis.quantities import PREFIX, as_shown
from experiments.config.defaults import Headline
from experiments.config.show import Show, headlines, outcomes_shown
from experiments.figures.names import in_words, outcome_name, sentence_case
from experiments.reports import sentences as words
from experiments.storage.comparison import Comparison
from experiments.studies.compare.text import align, cells_of, columns, indexed, value_and_range
from experiments.studies.compare.variance import split_variance
from sim.arrays import Array
from sim.record.outcomes import BY_NAME

MOST_SPLIT = 16384
"""Most worlds in the analysis of variance: errors of the shares are small by then; a million worlds would take minutes."""


def explained(
    arms: Datasets,
    reference_of: Mapping[str, str],
    matters: Matters | None = None,
    drawn: tuple[pd.DataFrame, Mapping[str, str]] | None = None,
) -> dict[str, pd.DataFrame]:
    """Return the analysis behind the headline differences of the last day, as tidy tables by name.

    `drawn` has the values of the draws, and the grade of each column, for `evidence_by_arm`; None if they are not known.

    Returns:
        `findings`, `dots`, `evidence` and `variance` (both of the first 16,384 worlds), and `convergence`. Empty tables are
        left out: a single arm has no differences.
    """
    kept = (*outcomes_shown(), "draw")
    names = {label: [n for n in map(str, data.data_vars) if n in kept or n.startswith(PREFIX)] for label, data in arms.items()}
    few = {label: data[names[label]].isel(day=[-1]).load() for label, data in arms.items()}
    first = {label: data.isel(world=slice(0, MOST_SPLIT)) for label, data in few.items()}
    shown = [name for name in outcomes_shown() if all(name in data for data in few.values())]
    is_drawn = all("draw" in data and np.unique(data["draw"].values).size > 1 for data in first.values())
    tables = {
        "findings": find(few, reference_of, shown, matters or Matters()),
        "dots": dots(few, reference_of, shown),
        "evidence": evidence_by_arm(first, reference_of, shown, *drawn) if drawn is not None else pd.DataFrame(),
        "variance": split_variance(first, reference_of, tuple(shown)) if is_drawn else pd.DataFrame(),
        "convergence": convergence(few, reference_of, shown, matters or Matters()),
    }
    return {name: table for name, table in tables.items() if len(table)}


def evidence_by_arm(
    arms: Datasets, reference_of: Mapping[str, str], outcomes: Sequence[str], values: pd.DataFrame, grade_of: Mapping[str, str]
) -> pd.DataFrame:
    """Return the table of `evidence` on every paired difference, with `arm` before it; empty with too few draws."""
    changes, draws = dict[str, Array](), None
    for about, here, there in differences(arms, reference_of):
        if "draw" not in here or (draws is not None and not np.array_equal(draws, here["draw"].values)):
            continue  # without draws, or with another number of worlds than the first arm has
        draws = here["draw"].values
        changes |= {f"{about['arm']}\n{outcome}": change_of(here, there, outcome) for outcome in outcomes}
    if draws is None or int(draws.max()) >= len(values):
        return pd.DataFrame()
    table = evidence(changes, draws, values, grade_of)
    names = table["outcome"].str.split("\n", expand=True)
    return pd.DataFrame() if table.empty else table.assign(outcome=names[1].map(name_in_tables)).assign(arm=names[0])


def read_findings(file: Path) -> pd.DataFrame:
    """Return the findings of a written comparison; empty where it has only one arm, which writes no findings."""
    if not file.exists():
        return pd.DataFrame()
    return pd.read_csv(file, dtype={"switch": "object", "form": "object"}).fillna({"switch": "", "form": ""})


def by_outcome() -> dict[str, Headline]:
    """Return the columns of tables by the name of their outcome."""
    return {column.outcome: column for column in columns()}


def tables_in_words(behind: Tables) -> dict[str, pd.DataFrame]:
    """Return the analysis behind the headlines in words, without empty tables: headlines, forms, months and variance."""
    made = {
        "headlines": ("findings", table_of_headlines),
        "forms": ("findings", table_of_forms),
        "months": ("months", table_of_months),
        "variance": ("variance", table_of_variance),
    }
    tables = {name: make(behind[source]) for name, (source, make) in made.items() if len(behind.get(source, ()))}
    return {name: table for name, table in tables.items() if table.size}


def table_of_headlines(findings: pd.DataFrame) -> pd.DataFrame:
    """Return the findings in words.

    Returns:
        One row per arm and outcome, indexed by these: both levels; worlds of 100 with more, the same and fewer, and their
        largest error; the median difference (for IS attacks, the ratio) and the 5 % to 95 % range. Where the distribution has
        two humps, both replace the median, which hardly any world has.
    """
    rows, known = {}, by_outcome()
    for row in findings[findings["switch"] == ""].to_dict("records"):
        column = known[str(row["outcome"])]
        rows[str(row["arm"]), column.heading] = {
            "level": words.amount(row["level"], column, signed=False),
            "in the reference": words.amount(row["level_there"], column, signed=False),
            **{f"{side}, of 100": words.of_hundred(row[side]) for side in ("more", "same", "fewer")},
            "±": f"{100.0 * words.ERRORS * max(row['more_error'], row['fewer_error']):.0f}" if row["worlds"] > 1 else "",
            "difference": words.middle_in_words(row, column),
            "5 % to 95 % of worlds": ""
            if np.isnan(row["low"])
            else " to ".join(words.amount(row[e], column) for e in ("low", "high")),
        }
    return indexed(rows)


def table_of_levels(table: pd.DataFrame) -> pd.DataFrame:
    """Return the levels of the headlines on the last day in words: the value and its range, indexed by arm and outcome."""
    known = by_outcome()
    rows = {
        (arm, column.heading): dict(zip(("level", "range"), value_and_range(row, column), strict=True))
        for (arm, outcome), row in cells_of(table, int(table["day"].max())).items()
        if (column := known.get(outcome)) and outcome != IS_RATIO
    }
    return indexed(rows)


def table_of_forms(findings: pd.DataFrame) -> pd.DataFrame:
    """Return the findings that turn on a structural form in words, indexed by arm and outcome."""
    meanings = words.meanings_of_switches()
    rows = [
        [arm, one.headline.heading, meanings[switch]["about"], words.where_of(switch, row["form"]),
         f"{100.0 * row['weight']:.0f}", *(words.of_hundred(row[side]) for side in ("more", "same", "fewer")),
         words.middle_in_words(row, one.headline)]
        for arm in dict.fromkeys(findings["arm"])
        for one in words.findings_of(findings, arm)
        for switch, forms in one.forms.items()
        for row in forms
    ]  # fmt: skip
    headings = ["arm", "outcome", "it turns on", "form", "weight, %"]
    headings += ["more, of 100", "same, of 100", "fewer, of 100", "difference"]
    return pd.DataFrame(rows, columns=headings).set_index(["arm", "outcome"]).rename_axis([None, None])


def table_of_variance(variance: pd.DataFrame) -> pd.DataFrame:
    """Return the parts of the variance of the paired differences in words, % ± two errors, by arm and outcome."""
    here = variance[variance["of"] == "difference"]
    known = by_outcome()
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for row in here.to_dict("records"):
        share, error = 100.0 * float(row["share"]), 200.0 * float(row["share_error"])
        text = f"{words.number(share, '.0f')} ± {error:.0f}" if np.isfinite(share) else ""
        outcome = str(row["outcome"])
        heading = known[outcome].heading if outcome in known else BY_NAME[outcome].long_name
        rows.setdefault((str(row["arm"]), heading), {})[in_words(str(row["source"]))] = text
    return indexed(rows)


_FEWEST, _STEPS = 50, 12


def convergence(arms: Datasets, reference_of: Mapping[str, str], outcomes: Sequence[str], matters: Matters) -> pd.DataFrame:
    """Estimate the shares of worlds in the headlines from the first 50 worlds, from more and more worlds, and from all.

    Returns:
        One row per arm, outcome, `side` (more or fewer) and number of worlds: the share of worlds on that side as `estimate`,
        its Monte Carlo `error`, and the number of `draws` of parameters among the worlds.
    """
    rows: list[dict[str, object]] = []
    for about, here, there in differences(arms, reference_of):
        for outcome in outcomes:
            threshold = matters.of(name_in_tables(outcome), as_shown(there, outcome))
            grown = _grow(change_of(here, there, outcome), threshold, draws_of(here), outcome == ISLAMIC_STATE)
            rows += [about | {"outcome": outcome} | row for row in grown]
    return pd.DataFrame(rows)


def steps(draws: Array) -> list[int]:
    """Return numbers of worlds, evenly spaced on a logarithmic axis. Each ends with a whole draw; the last is all worlds."""
    ends = np.flatnonzero(np.diff(draws, append=draws[-1] + 1)) + 1
    wanted = np.geomspace(min(_FEWEST, ends[-1]), ends[-1], _STEPS)
    return sorted({int(ends[min(np.searchsorted(ends, round(count)), len(ends) - 1)]) for count in wanted})


def _grow(change: Array, matters: float, draws: Array | None, is_ratio: bool) -> list[dict[str, object]]:
    numbers = np.arange(change.size) if draws is None else draws
    nested = numbers if is_nested(numbers) else None
    rows: list[dict[str, object]] = []
    for count in steps(numbers):
        shares = shares_of_worlds(change[:count], matters, None if nested is None else nested[:count], is_ratio)
        about = {"worlds": count, "draws": int(np.unique(numbers[:count]).size)}
        rows += [
            {"side": side, **about, "estimate": shares[side], "error": shares[f"{side}_error"]} for side in ("more", "fewer")
        ]
    return rows


def months_of(comparison: Comparison, show: Show, start: date) -> pd.DataFrame:
    """Return the tidy table of the shown outcomes by month, for the months of `show`; by default for all months."""
    names = dict.fromkeys(name for one in headlines() for name in (one.outcome, one.by_week) if name)
    return by_month(comparison.in_memory, comparison.references, start, list(names), show.months or None)


def table_of_months(by_month: pd.DataFrame) -> pd.DataFrame:
    """Return months in words, indexed by arm and outcome, one column per month.

    A reference has its median and 5 % to 95 % range over worlds, another arm those of the paired difference. Rare events have
    the mean, or the mean difference, with two Monte Carlo errors.
    """
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for row in by_month.to_dict("records"):
        column = next(one for one in headlines() if row["outcome"] in (one.outcome, one.by_week))
        is_reference = row["arm"] == row["reference"]
        before = "" if is_reference else "difference_"
        if column.outcome != row["outcome"] or column.in_tables:  # the amounts of a ratio are attacks here
            name, scale, spec = outcome_name(str(row["outcome"])), 1.0, ",.0f"
        else:
            name, scale, spec = f"{column.heading}{', %' if column.scale == 100.0 else ''}", column.scale, column.spec
        signed = f"{'' if is_reference else '+'}{spec}"
        if BY_NAME[str(row["outcome"])].rare:
            error = words.number(words.ERRORS * row[f"{before}mean_error"] * scale, spec)
            text = f"{words.number(row[f'{before}mean'] * scale, signed)} ± {error}"
        else:
            low, middle, high = (words.number(row[before + part] * scale, signed) for part in ("q05", "median", "q95"))
            text = f"{middle} ({low} to {high})"
        rows.setdefault((str(row["arm"]), sentence_case(name)), {})[f"month {row['month']}, {row['date']}"] = text
    return indexed(rows)


def months_in_words(by_month: pd.DataFrame, width: int) -> str:
    """Return the printed table of the chosen months; empty if no months are chosen."""
    table = table_of_months(by_month)
    if table.empty:
        return ""
    rows = [[f"{arm}: {outcome}", *cells] for (arm, outcome), cells in zip(table.index, table.to_numpy().tolist(), strict=True)]
    head = (
        "At the end of months. Reference: median and 5 % to 95 % range over worlds."
        " Other arms: median and 5 % to 95 % range of the paired difference."
    )
    return f"{head}\n\n{align(['', *map(str, table.columns)], rows, width)}"
