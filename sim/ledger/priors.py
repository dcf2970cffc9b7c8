"""Priors: distributions of parameters before the data, written as a list such as `[uniform, 0.8, 3.2]`.

A prior turns uniforms in [0, 1) into values by its quantile function, so that a Sobol design, a posterior's points and
plain random draws all enter the model the same way. If the list has no centre, the prior is centred on `value`.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import special

from sim.arrays import Array

_SD_IN_90_PERCENT = 3.29
"""Standard deviations between the 5 % and 95 % points of a normal distribution."""
_SCALED_BETA_CONCENTRATION = 6.0
SMALLEST, LARGEST = 1e-12, 1e12
"""Sizes of what a prior may be written with and of what a parameter may be, 0 aside: far beyond any count, rate or ratio here,
and near enough to 1 for their powers and products to be numbers."""
_EDGES = np.array([0.0, 2.0**-54, 0.5, 1.0 - 2.0**-53])
"""Uniforms that a dice or a design can throw at the ends, and the middle."""


class PriorError(ValueError):
    """A prior that cannot be read: says what was given and what is allowed."""


@dataclass(frozen=True, slots=True)
class Prior:
    """A prior distribution of one number.

    Attributes:
        family: its name, the first entry of the list.
        numbers: the rest of the list.
    """

    family: str
    numbers: tuple[float, ...]

    @classmethod
    def read(cls, entry: object) -> "Prior":
        """Read a list such as `[uniform, 0.8, 3.2]`.

        Raises:
            PriorError: not a list, an unknown family, a wrong count of numbers, bounds swapped.
        """
        if not isinstance(entry, Sequence) or isinstance(entry, str) or not entry:
            raise PriorError(f"a prior is a list such as [uniform, 0.8, 3.2], not {entry!r}")
        family, *numbers = entry
        if not isinstance(family, str) or family not in FAMILIES:
            raise PriorError(f"no prior is called {family!r}; there are {', '.join(FAMILIES)}")
        described = FAMILIES[family]
        if len(numbers) not in described.counts:
            raise PriorError(f"{family} is written {described.usage}, not {list(entry)}")
        if not all(_is_number(number) for number in numbers):
            raise PriorError(f"{family} takes numbers, not {numbers}")
        if beyond := [number for number in numbers if not sane(number)]:
            raise PriorError(f"{family} takes 0 or numbers of a size from {SMALLEST:g} to {LARGEST:g}, not {beyond[0]:g}")
        prior = cls(family, tuple(float(number) for number in numbers))
        described.check(prior.numbers)
        return prior

    def __str__(self) -> str:
        numbers = (f"{number:g}" if float(f"{number:g}") == number else repr(number) for number in self.numbers)
        return f"[{', '.join([self.family, *numbers])}]"

    def quantile(self, uniforms: Array, value: float) -> Array:
        """Return the values at these uniforms, in the same shape; a prior without a centre of its own is centred on `value`.

        Raises:
            PriorError: the value cannot be the centre.
        """
        values: Array = FAMILIES[self.family].quantile(uniforms, value, self.numbers)
        return values

    def check(self, value: float) -> None:
        """Check that every value that the prior can give is a number within its bounds.

        Raises:
            PriorError: the value cannot be the centre, or the numbers are too extreme to compute with.
        """
        ends, (low, high) = _ends(self, value), self.bounds()
        if self.family == "dirichlet":
            high = math.inf  # a gamma variate: shares come of several
        rounding = 1e-12 * max(abs(low), abs(high)) if self.family != "dirichlet" else 0.0
        within = (low - rounding <= ends) & (ends <= high + rounding)
        if not (np.isfinite(ends).all() and within.all() and (np.diff(ends) >= 0.0).all()):
            raise PriorError(f"{self} around {value:g} cannot be used: its numbers are too extreme to compute with")

    def check_has_a_sum(self, values: Sequence[float]) -> None:
        """Check that the keys of a Dirichlet are never all zero, because they are divided by their sum.

        Raises:
            PriorError: its concentration is too low.
        """
        if _ends(self, max(values, default=0.0))[1] == 0.0:
            raise PriorError(f"{self}: its concentration is too low to be computed with; try 1 or more")

    @property
    def wants_value(self) -> bool:
        """Tell whether the prior is centred on the entry's value."""
        return self.family in ("beta", "normal", "dirichlet") or (self.family == "scaled_beta" and len(self.numbers) == 2)

    def bounds(self) -> tuple[float, float]:
        """Return the lowest and the highest value that the prior can give."""
        if self.family in ("beta", "dirichlet"):
            return 0.0, 1.0
        low, high = self.numbers[1:3] if self.family in ("lognormal", "normal") else self.numbers[:2]
        return low, high


def sane(number: float) -> bool:
    """Tell whether a number is 0, or of a size that can be computed with."""
    return number == 0.0 or SMALLEST <= abs(number) <= LARGEST


@lru_cache(maxsize=4096)
def _ends(prior: Prior, value: float) -> Array:
    """Return the quantiles at the edges; arms of a sweep share them."""
    with np.errstate(all="ignore"):
        return prior.quantile(_EDGES, value)


def _is_number(entry: object) -> bool:
    """Tell whether an entry is a finite number; true and false are none, though Python counts with them."""
    return isinstance(entry, (int, float)) and not isinstance(entry, bool) and math.isfinite(entry)


def _uniform(uniforms: Array, value: float, numbers: tuple[float, ...]) -> Array:
    low, high = numbers
    return low + (high - low) * uniforms


def _loguniform(uniforms: Array, value: float, numbers: tuple[float, ...]) -> Array:
    low, high = numbers
    return low * np.exp(uniforms * math.log(high / low))


def _truncated_normal(uniforms: Array, centre: float, sd: float, low: float, high: float) -> Array:
    lowest, highest = (low - centre) / sd, (high - centre) / sd
    # Between bounds on both sides of the centre the probabilities are exact to the last bits; beyond it they crowd together at
    # 1, or vanish, and their logarithms do not. A bound far beyond the centre is no reason: what lies there has no weight.
    if low > centre or high < centre:
        return np.clip(centre + sd * _normal_of_a_tail(uniforms, lowest, highest), low, high)
    below, above = special.ndtr(lowest), special.ndtr(highest)
    return np.clip(centre + sd * special.ndtri(below + uniforms * (above - below)), low, high)


def _normal_of_a_tail(uniforms: Array, lowest: float, highest: float) -> Array:
    """Return quantiles of a standard normal between two bounds on the same side of 0."""
    with np.errstate(divide="ignore"):  # the logarithm of 0 is minus infinity, and so it should be
        if lowest > 0.0:
            return -_at_logs(np.log1p(-uniforms), -highest, -lowest)
        return _at_logs(np.log(uniforms), lowest, highest)


def _at_logs(logs: Array, lowest: float, highest: float) -> Array:
    """Return quantiles of a standard normal between two bounds below 0, at the logarithms of uniforms."""
    below, above = special.log_ndtr(lowest), special.log_ndtr(highest)
    return np.asarray(special.ndtri_exp(np.logaddexp(below, logs + above + np.log1p(-np.exp(below - above)))))


def _lognormal(uniforms: Array, value: float, numbers: tuple[float, ...]) -> Array:
    median, low, high = numbers
    sd = math.log(high / low) / _SD_IN_90_PERCENT
    logs = _truncated_normal(uniforms, math.log(median), sd, math.log(low), math.log(high))
    return np.clip(np.exp(logs), low, high)


def _normal(uniforms: Array, value: float, numbers: tuple[float, ...]) -> Array:
    sd, low, high = numbers
    return _truncated_normal(uniforms, value, sd, low, high)


def _beta(uniforms: Array, value: float, numbers: tuple[float, ...]) -> Array:
    (sd,) = numbers
    if not 0.0 <= value <= 1.0:
        raise PriorError(f"a beta prior needs a value between 0 and 1, not {value:g}")
    if value in (0.0, 1.0):
        return np.full_like(uniforms, value)
    concentration = value * (1.0 - value) / sd**2 - 1.0
    if concentration <= 0.0:
        raise PriorError(f"a beta around {value:g} has a standard deviation below {math.sqrt(value * (1 - value)):.2g}")
    return special.betaincinv(value * concentration, (1.0 - value) * concentration, uniforms)


def _scaled_beta(uniforms: Array, value: float, numbers: tuple[float, ...]) -> Array:
    low, high, *shapes = numbers
    if shapes:
        first, second = shapes
    else:
        mean = (value - low) / (high - low)
        if not 0.0 < mean < 1.0:
            raise PriorError(f"the value {value:g} of a scaled_beta must lie between its bounds {low:g} and {high:g}")
        first, second = _SCALED_BETA_CONCENTRATION * mean, _SCALED_BETA_CONCENTRATION * (1.0 - mean)
    return low + (high - low) * special.betaincinv(first, second, uniforms)


def _gamma(uniforms: Array, value: float, numbers: tuple[float, ...]) -> Array:
    """Return the gamma variate of one key; the keys of a Dirichlet are divided by their sum."""
    (concentration,) = numbers
    if value == 0.0:
        return np.zeros_like(uniforms)
    return special.gammaincinv(concentration * value, uniforms)


def _check_bounds(low: float, high: float) -> None:
    if low >= high:
        raise PriorError(f"the lower bound {low:g} is not below the upper bound {high:g}")


def _check_uniform(numbers: tuple[float, ...]) -> None:
    _check_bounds(*numbers)


def _check_scaled_beta(numbers: tuple[float, ...]) -> None:
    low, high, *shapes = numbers
    _check_bounds(low, high)
    for shape in shapes:
        if shape <= 0.0:
            raise PriorError(f"the shapes of a scaled_beta must be positive, not {shape:g}")


def _check_loguniform(numbers: tuple[float, ...]) -> None:
    _check_bounds(*numbers)
    if numbers[0] <= 0.0:
        raise PriorError(f"the bounds of a loguniform must be positive, not {numbers[0]:g}")


def _check_lognormal(numbers: tuple[float, ...]) -> None:
    median, low, high = numbers
    _check_bounds(low, high)
    if low <= 0.0:
        raise PriorError(f"the bounds of a lognormal must be positive, not {low:g}")
    if not low <= median <= high:
        raise PriorError(f"the median {median:g} of a lognormal must lie between its bounds {low:g} and {high:g}")


def _check_normal(numbers: tuple[float, ...]) -> None:
    _check_bounds(*numbers[1:])
    _check_positive(numbers)


def _check_positive(numbers: tuple[float, ...]) -> None:
    if numbers[0] <= 0.0:
        raise PriorError(f"a standard deviation or concentration must be positive, not {numbers[0]:g}")


@dataclass(frozen=True, slots=True)
class _Form:
    usage: str
    counts: tuple[int, ...]
    check: Callable[[tuple[float, ...]], None]
    quantile: Callable[[Array, float, tuple[float, ...]], Array]


FAMILIES = {
    "uniform": _Form("[uniform, low, high]", (2,), _check_uniform, _uniform),
    "loguniform": _Form("[loguniform, low, high]", (2,), _check_loguniform, _loguniform),
    "lognormal": _Form("[lognormal, median, low, high]", (3,), _check_lognormal, _lognormal),
    "beta": _Form("[beta, standard deviation]", (1,), _check_positive, _beta),
    "scaled_beta": _Form("[scaled_beta, low, high] or with two shapes", (2, 4), _check_scaled_beta, _scaled_beta),
    "normal": _Form("[normal, standard deviation, low, high]", (3,), _check_normal, _normal),
    "dirichlet": _Form("[dirichlet, concentration]", (1,), _check_positive, _gamma),
}
