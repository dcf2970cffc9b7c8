"""The months that an analyst chose, as a table in words for screen, page and papers."""

from datetime import date

import pandas as pd

from experiments.analysis.by_part import by_month
from experiments.config.show import Show, headlines
from experiments.figures.names import outcome_name, sentence_case
from experiments.reports.sentences import ERRORS, number
from experiments.storage.comparison import Comparison
from experiments.studies.compare.text import align, indexed
from sim.record.outcomes import BY_NAME


def months_of(comparison: Comparison, show: Show, start: date) -> pd.DataFrame:
    """Return the tidy table of the outcomes shown by month: at the months of `show`, by default at all."""
    names = dict.fromkeys(name for one in headlines() for name in (one.outcome, one.by_week) if name)
    return by_month(comparison.in_memory, comparison.references, start, list(names), show.months or None)


def table_of_months(by_month: pd.DataFrame) -> pd.DataFrame:
    """Return months in words, indexed by arm and outcome, one column per month.

    Of a reference the median and its 5 % to 95 % range over worlds, of others those of the paired difference; of rare events
    the mean, or its difference, with two Monte Carlo errors.
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
            error = number(ERRORS * row[f"{before}mean_error"] * scale, spec)
            text = f"{number(row[f'{before}mean'] * scale, signed)} ± {error}"
        else:
            low, middle, high = (number(row[before + part] * scale, signed) for part in ("q05", "median", "q95"))
            text = f"{middle} ({low} to {high})"
        rows.setdefault((str(row["arm"]), sentence_case(name)), {})[f"month {row['month']}, {row['date']}"] = text
    return indexed(rows)


def months_in_words(by_month: pd.DataFrame, width: int) -> str:
    """Return the chosen months as the table that a comparison prints; empty where there is none."""
    table = table_of_months(by_month)
    if table.empty:
        return ""
    rows = [[f"{arm}: {outcome}", *cells] for (arm, outcome), cells in zip(table.index, table.to_numpy().tolist(), strict=True)]
    head = "At the end of months. Reference: median and 5 % to 95 % of worlds; other arms: of their paired differences from it."
    return f"{head}\n\n{align(['', *map(str, table.columns)], rows, width)}"
