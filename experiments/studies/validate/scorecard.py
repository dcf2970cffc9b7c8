"""The scorecard: each measured statistic with its target and a verdict."""

import textwrap
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
_HEADINGS = ("#", "pattern: statistic", "measured", "target", "inside", "verdict", "used")
_LEGEND = (
    "measured: median (5 % to 95 % of worlds), or a rate, mean or share ± two Monte Carlo errors",
    "inside: worlds inside the target, or the share of worlds with a value up to the observed one",
    "FAIL: the measured value misses its target; if the target is required, the command ends with exit code 1",
    "?: a bound of the target lies within two Monte Carlo errors, so more worlds might change the verdict",
    "used: the fact informed a prior (p) or the calibration of a posterior (c), so it is not an independent check",
)


_WIDE = 110
"""Characters of a line with room for all columns."""


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
        number: of the pattern; "sign" for a check that the model assumes no sign.
        low, high: bounds; None: no bound.
        required: a failure fails the model.
        informed_a_prior: the fact was used to set priors, so it is not an independent check.
        calibrated: the calibration uses the fact, so it is not an independent check of a posterior.
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
        **{name: getattr(target, name) for name in ("statistic", "unit")},
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
        **{name: getattr(target, name) for name in ("required", "informed_a_prior", "calibrated", "source")},
    }


def failures(scorecard: pd.DataFrame) -> list[str]:
    """Return the required statistics that fail, by number and name."""
    return _named(scorecard[scorecard["required"] & (scorecard["verdict"] != PASS)])


def summary(scorecard: pd.DataFrame, width: int = 10_000) -> str:
    """Return the numbers of statistics that pass, and the names of those that fail."""
    lines = []
    for heading, rows in _panels(scorecard).items():
        if (rows["verdict"] != REPORTED).any():
            passed, failed = rows["verdict"] == PASS, _named(rows[rows["verdict"] == FAIL])
            lines.append(f"{heading}: {passed.sum()} of {len(rows)} pass{f'; {FAIL}: ' + ', '.join(failed) if failed else ''}.")
    return "\n".join(textwrap.fill(line, width, subsequent_indent="  ") for line in lines)


def _panels(scorecard: pd.DataFrame) -> dict[str, pd.DataFrame]:
    required, aimed = scorecard["required"], scorecard["verdict"] != REPORTED
    parts = {"Required": required, "Others with a target": ~required & aimed, "Reported without a target": ~aimed}
    return {heading: scorecard[here] for heading, here in parts.items() if here.any()}


def _named(rows: pd.DataFrame) -> list[str]:
    return [f"{row.number} ({row.statistic})" for row in rows.itertuples()]


def table(scorecard: pd.DataFrame, width: int = 10_000) -> str:
    """Return the scorecard as text of at most `width` characters, in panels: required targets, other targets, no target."""
    parts = []
    for heading, rows in _panels(scorecard).items():
        lines = [_line(row) for row in rows.to_dict("records")]
        headings = [name if any(line[place] for line in lines) else "" for place, name in enumerate(_HEADINGS)]
        lines = [headings, *lines] if width >= _WIDE else [_narrow(line, headings) for line in (headings, *lines)]
        kept = [place for place, name in enumerate(lines[0]) if name]
        parts += [heading, aligned([[line[place] for place in kept] for line in lines], width, fold=1), ""]
    legend = [line for line in _LEGEND if width >= _WIDE or not line.startswith("inside")]
    return "\n".join([*parts, *(textwrap.fill(line, width, subsequent_indent="  ") for line in legend)])


def _line(row: Mapping[Any, Any]) -> list[str]:
    value, q05, q95, error, inside, at = (row[name] for name in ("value", "q05", "q95", "error", "share_inside", "observed_at"))
    spread = f" ± {2.0 * error:.2g}" if np.isfinite(error) else ""
    if np.isfinite(q05) and row["rule"] in BY_WORLD:
        spread = f" ({q05:.3g} to {q95:.3g})"
    within = f"{inside:.0%}" if np.isfinite(inside) and row["rule"] in BY_WORLD else ""
    if np.isfinite(at):
        within = f"at {at:.0%}"
    verdict = "" if row["verdict"] == REPORTED else f"{row['verdict']}{' ?' if row['close'] else ''}"
    measured = f"{value:.3g}{spread}".replace("-", "\N{MINUS SIGN}")
    used = " ".join(word[0] for word in used_in(row).split(", ") if word)
    return [str(row["number"]), f"{row['pattern']}: {row['statistic']}", measured, target_text(row), within, verdict, used]


def _narrow(line: Sequence[str], headings: Sequence[str]) -> list[str]:
    """Put the target below the measured value; the table on disk has the share inside."""
    number, statistic, measured, target, _, verdict, used = line
    below = target if line is headings else f"target {target}"
    return [number, statistic, f"{measured}\n{below}" if target else measured, verdict, used]


def used_in(row: Mapping[Any, Any]) -> str:
    """Return the earlier uses of the fact: priors, calibration, both or neither."""
    return ", ".join(word for word, name in (("prior", "informed_a_prior"), ("calibration", "calibrated")) if row[name])


def target_text(row: Mapping[Any, Any]) -> str:
    """Return the target as text, empty where there is none."""
    ends = (row["low"], row["high"])
    low, high = (f"{end:g}".replace("-", "\N{MINUS SIGN}") if np.isfinite(end) else "" for end in ends)
    if low and high:
        return low if low == high else f"{low} to {high}"
    return f"at least {low}" if low else f"at most {high}" if high else ""
