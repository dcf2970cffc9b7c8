"""The scorecard: measured statistics beside their targets, each with a verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from experiments.analysis.counts import aligned
from experiments.config.fields import Number, Section, YesNo
from experiments.studies.validate.measured import BAND, Measured

PASS, FAIL, REPORTED = "pass", "FAIL", "reported"
BY_WORLD: Sequence[str] = ("median inside", "band contains", "band inside")
"""Rules of statistics with a value in every world."""
_HEADINGS = ("#", "pattern", "statistic", "measured", "target", "inside", "verdict", "required", "used in")
_LEGEND = (
    "measured: median (5 % to 95 % of worlds), or a rate, mean or share ± two Monte Carlo errors",
    "inside:   worlds inside the target, or the share of worlds up to the observed value",
    "used in:  the fact informed a prior, or the calibration of a posterior, so it is no independent check of it",
)


class Criterion(StrEnum):
    """The condition on which a target is met."""

    MEDIAN_INSIDE = "median inside"
    ESTIMATE_INSIDE = "estimate inside"
    BAND_CONTAINS = "band contains"
    BAND_INSIDE = "band inside"
    REPORTED = "reported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target(Section):
    """The target of a statistic.

    Attributes:
        number: of the pattern; "sign" for the check that no sign is assumed.
        low, high: bounds; None: no bound.
        required: a failure fails the model.
        informed_a_prior: the fact was used to set priors, so it is no independent check.
        calibrated: the calibration uses the fact, so it is no independent check of a posterior.
    """

    number: str
    name: str
    statistic: str
    unit: str
    source: str
    low: Number | None = None
    high: Number | None = None
    rule: Criterion = Criterion.REPORTED
    required: YesNo = False
    informed_a_prior: YesNo = False
    calibrated: YesNo = False

    def __post_init__(self) -> None:
        if (self.rule is Criterion.REPORTED) != (self.low is None and self.high is None):
            raise ValueError("has bounds without a rule, or a rule without bounds")
        if self.rule is Criterion.REPORTED and self.required:
            raise ValueError("is required but has no target")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"has low={self.low:g} above high={self.high:g}")

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the bounds, infinite where there is none."""
        return (-np.inf if self.low is None else self.low), (np.inf if self.high is None else self.high)

    def verdict(self, measured: Measured) -> str:
        """Judge a measured statistic."""
        if self.rule is Criterion.REPORTED:
            return REPORTED
        (low, high), (bottom, top) = self.bounds, measured.band()
        met = {
            Criterion.BAND_CONTAINS: bottom <= low and high <= top,
            Criterion.BAND_INSIDE: low <= bottom and top <= high,
        }.get(self.rule, low <= measured.value <= high)
        return PASS if met else FAIL

    def is_close(self, measured: Measured) -> bool:
        """Return whether a bound lies within two Monte Carlo errors, so that more worlds might change the verdict."""
        if self.rule in (Criterion.MEDIAN_INSIDE, Criterion.ESTIMATE_INSIDE):
            return any(abs(measured.value - bound) < 2.0 * measured.error for bound in self.bounds)
        if self.rule is not Criterion.BAND_CONTAINS or measured.values is None or not measured.values.size:
            return False
        error = np.sqrt(BAND[0] * BAND[1] / measured.values.size)
        below = float(np.mean(measured.values <= self.bounds[0]))
        return any(abs(below - edge) < 2.0 * error for edge in BAND)

    def share_inside(self, measured: Measured) -> float:
        """Return the share of worlds inside the target; NaN for a rule about all worlds together."""
        low, high = self.bounds
        if self.rule in (Criterion.REPORTED, Criterion.BAND_CONTAINS) or measured.values is None or not measured.values.size:
            return np.nan
        return float(np.mean((measured.values >= low) & (measured.values <= high)))


def score(targets: Mapping[str, Target], measured: Mapping[str, Measured]) -> pd.DataFrame:
    """Compare every target with its measured statistic.

    Returns:
        One row per target: `value`, `q05`, `q95`, Monte Carlo `error`, `count` of worlds, draws or events, the target, the
        `verdict` and whether it is `close`, the share of worlds inside, and the rank of an observed value among the worlds
        (`observed_at`, 0-1).
    """
    return pd.DataFrame([_row(key, target, measured[key]) for key, target in targets.items()])


def _row(key: str, target: Target, measured: Measured) -> dict[str, object]:
    q05, q95 = measured.band()
    contains = target.rule is Criterion.BAND_CONTAINS and measured.values is not None
    return {
        "number": target.number,
        "key": key,
        "pattern": target.name,
        "statistic": target.statistic,
        "unit": target.unit,
        "value": measured.value,
        "q05": q05,
        "q95": q95,
        "error": measured.error,
        "count": measured.count,
        "low": np.nan if target.low is None else target.low,
        "high": np.nan if target.high is None else target.high,
        "rule": target.rule.value,
        "verdict": target.verdict(measured),
        "close": target.is_close(measured),
        "share_inside": target.share_inside(measured),
        "observed_at": float(np.mean(measured.values <= target.bounds[0])) if contains else np.nan,
        "required": target.required,
        "informed_a_prior": target.informed_a_prior,
        "calibrated": target.calibrated,
        "source": target.source,
    }


def failures(scorecard: pd.DataFrame) -> list[str]:
    """Return the required statistics that fail, by number and name."""
    return _named(scorecard[scorecard["required"] & (scorecard["verdict"] != PASS)])


def summary(scorecard: pd.DataFrame) -> str:
    """Return the number of statistics that pass, and the names of those that fail."""
    required = scorecard["required"]
    parts = []
    for kind, word, rows in (
        ("Required statistics", "failing", scorecard[required]),
        ("Others with a target", "outside", scorecard[~required & (scorecard["verdict"] != REPORTED)]),
    ):
        passed, failed = rows["verdict"] == PASS, _named(rows[rows["verdict"] != PASS])
        parts.append(f"{kind}: {passed.sum()} of {len(rows)} pass{f': {word} ' + ', '.join(failed) if failed else ''}.")
    if close := _named(scorecard[scorecard["close"]]):
        parts.append(f"A bound lies within two Monte Carlo errors: {', '.join(close)}.")
    return " ".join(parts)


def _named(rows: pd.DataFrame) -> list[str]:
    return [f"{row.number} ({row.statistic})" for row in rows.itertuples()]


def table(scorecard: pd.DataFrame) -> str:
    """Return the scorecard as text, one line per statistic."""
    lines = [list(_HEADINGS), *(_line(row) for row in scorecard.to_dict("records"))]
    return "\n".join([aligned(lines), "", *_LEGEND])


def _line(row: Mapping[Any, Any]) -> list[str]:
    value, q05, q95, error, inside, at = (row[name] for name in ("value", "q05", "q95", "error", "share_inside", "observed_at"))
    spread = f" ({q05:.3g} to {q95:.3g})" if np.isfinite(q05) and row["rule"] in BY_WORLD else f" ± {2.0 * error:.2g}"
    within = f"{inside:.0%}" if np.isfinite(inside) and row["rule"] in BY_WORLD else ""
    if np.isfinite(at):
        within = f"at {at:.0%}"
    what = [str(row[name]) for name in ("number", "pattern", "statistic")]
    required = "yes" if row["required"] else ""
    return [*what, f"{value:.3g}{spread}", target_text(row), within, str(row["verdict"]), required, used_in(row)]


def used_in(row: Mapping[Any, Any]) -> str:
    """Return the earlier uses of the fact: priors, the calibration, both or neither."""
    return ", ".join(word for word, name in (("prior", "informed_a_prior"), ("calibration", "calibrated")) if row[name])


def target_text(row: Mapping[Any, Any]) -> str:
    """Return the target as text, empty where there is none."""
    low, high = row["low"], row["high"]
    if np.isfinite(low) and np.isfinite(high):
        return f"{low:g}" if low == high else f"{low:g} to {high:g}"
    if np.isfinite(low):
        return f"at least {low:g}"
    return f"at most {high:g}" if np.isfinite(high) else ""
