"""The scorecard: measured statistics beside their targets, each with a verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from experiments.analysis.measured import Measured

PASS, FAIL, REPORTED = "pass", "FAIL", "reported"
_HEADINGS = ("#", "pattern", "statistic", "measured", "target", "inside", "verdict", "required", "prior")


class Rule(StrEnum):
    """When a target is met."""

    MEDIAN_INSIDE = "median inside"
    ESTIMATE_INSIDE = "estimate inside"
    BAND_CONTAINS = "band contains"
    BAND_INSIDE = "band inside"
    REPORTED = "reported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a statistic must come to.

    Attributes:
        number: of the pattern; "sign" for the check that no sign is assumed.
        low, high: bounds; None: there is none.
        required: a failure fails the model.
        informed_a_prior: the fact was used when priors were set: no independent check.

    Raises:
        ValueError: bounds and rule do not go together.
    """

    number: str
    name: str
    statistic: str
    unit: str
    source: str
    low: float | None = None
    high: float | None = None
    rule: Rule = Rule.REPORTED
    required: bool = False
    informed_a_prior: bool = False

    def __post_init__(self) -> None:
        if (self.rule is Rule.REPORTED) != (self.low is None and self.high is None):
            raise ValueError(f"{self.statistic}: bounds need a rule, and a rule bounds")
        if self.rule is Rule.REPORTED and self.required:
            raise ValueError(f"{self.statistic}: what is required has a target")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"{self.statistic}: low={self.low:g} is above high={self.high:g}")

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the bounds, infinite where there is none."""
        return (-np.inf if self.low is None else self.low), (np.inf if self.high is None else self.high)

    def verdict(self, measured: Measured) -> str:
        """Judge a measured statistic."""
        if self.rule is Rule.REPORTED:
            return REPORTED
        (low, high), (bottom, top) = self.bounds, measured.band()
        met = {
            Rule.BAND_CONTAINS: bottom <= low and high <= top,
            Rule.BAND_INSIDE: low <= bottom and top <= high,
        }.get(self.rule, low <= measured.value <= high)
        return PASS if met else FAIL

    def share_inside(self, measured: Measured) -> float:
        """Return the share of worlds inside the target; NaN where one world says nothing."""
        low, high = self.bounds
        if self.rule in (Rule.REPORTED, Rule.BAND_CONTAINS) or measured.values is None or not measured.values.size:
            return np.nan
        return float(np.mean((measured.values >= low) & (measured.values <= high)))


def score(targets: Mapping[str, Target], measured: Mapping[str, Measured]) -> pd.DataFrame:
    """Put every target beside what was measured.

    Returns:
        One row a target: what was measured (`value`, `q05`, `q95`, Monte Carlo `error`, `count` of worlds, draws or
        events), the target, the `verdict`, the share of worlds inside, and where an observed value stands among the
        worlds (`observed_at`, 0-1).
    """
    rows = []
    for key, target in targets.items():
        one = measured[key]
        q05, q95 = one.band()
        contains = target.rule is Rule.BAND_CONTAINS and one.values is not None
        rows.append(
            {
                "number": target.number,
                "key": key,
                "pattern": target.name,
                "statistic": target.statistic.strip(),
                "unit": target.unit,
                "value": one.value,
                "q05": q05,
                "q95": q95,
                "error": one.error,
                "count": one.count,
                "low": target.low,
                "high": target.high,
                "rule": target.rule.value,
                "verdict": target.verdict(one),
                "share_inside": target.share_inside(one),
                "observed_at": float(np.mean(one.values <= target.low)) if contains else np.nan,
                "required": target.required,
                "informed_a_prior": target.informed_a_prior,
                "source": target.source,
            }
        )
    return pd.DataFrame(rows)


def failures(scorecard: pd.DataFrame) -> list[str]:
    """Return the required statistics that fail, as they are told."""
    failed = scorecard[scorecard["required"] & (scorecard["verdict"] != PASS)]
    return [f"{row.number} {row.pattern} ({row.statistic})" for row in failed.itertuples()]


def summary(scorecard: pd.DataFrame) -> str:
    """Return the scorecard in one sentence: what of it passes, and what does not."""
    required = scorecard[scorecard["required"]]
    others = scorecard[~scorecard["required"] & (scorecard["verdict"] != REPORTED)]
    counts = [f"{(rows['verdict'] == PASS).sum()} of {len(rows)}" for rows in (required, others)]
    failed = failures(scorecard)
    outside = [f"{row.number} ({row.statistic})" for row in others[others["verdict"] == FAIL].itertuples()]
    return (
        f"Required statistics: {counts[0]} pass{': failing ' + ', '.join(failed) if failed else ''}. "
        f"Others with a target: {counts[1]} pass{': outside ' + ', '.join(outside) if outside else ''}."
    )


def table(scorecard: pd.DataFrame) -> str:
    """Return the scorecard as text, a line a statistic."""
    lines = [list(_HEADINGS), *(_line(row) for row in scorecard.to_dict("records"))]
    sizes = [max(len(line[column]) for line in lines) for column in range(len(_HEADINGS))]
    lines.insert(1, ["\N{BOX DRAWINGS LIGHT HORIZONTAL}" * size for size in sizes])
    return "\n".join("  ".join(cell.ljust(size) for cell, size in zip(line, sizes, strict=True)).rstrip() for line in lines)


def _line(row: Mapping[str, object]) -> list[str]:
    number, value, q05, q95, error, inside, at = (
        float(str(row[name])) for name in ("low", "value", "q05", "q95", "error", "share_inside", "observed_at")
    )
    spread = f" ({q05:.3g} to {q95:.3g})" if np.isfinite(q05) and row["rule"] in _BY_WORLD else f" ± {2.0 * error:.2g}"
    within = f"{inside:.0%}" if np.isfinite(inside) and row["rule"] in _BY_WORLD else ""
    if np.isfinite(at):
        within = f"{number:g} at {at:.0%}"
    return [
        str(row["number"]),
        str(row["pattern"]),
        str(row["statistic"]),
        f"{value:.3g}{spread}",
        _target(row),
        within,
        str(row["verdict"]),
        "yes" if row["required"] else "",
        "informed" if row["informed_a_prior"] else "",
    ]


_BY_WORLD: Sequence[str] = (Rule.MEDIAN_INSIDE, Rule.BAND_CONTAINS, Rule.BAND_INSIDE)


def _target(row: Mapping[str, object]) -> str:
    low, high = (float(str(row[name])) for name in ("low", "high"))
    if np.isfinite(low) and np.isfinite(high):
        return f"{low:g}" if low == high else f"{low:g} to {high:g}"
    if np.isfinite(low):
        return f"at least {low:g}"
    return f"at most {high:g}" if np.isfinite(high) else ""
