"""From a uniform to a draw, by inverse CDF.

Every function takes one uniform in [0, 1) and the parameters of a distribution, and returns the quantile. Each draw takes
exactly one uniform, so two arms of the same world always use the same random numbers. The functions are compiled and called
from rules; the same functions work on plain floats.
"""

import ctypes
import functools
import math
from collections.abc import Callable
from typing import Any

import llvmlite.binding
from scipy.special import cython_special

# A sequential search stops where the probability left is below what a double can add to its sum.
_NEGLIGIBLE = 1e-18
_LARGE_MEAN = 700.0


class Helper[**P, R]:
    """A scalar function that rules call, or that is called with plain numbers; it is compiled when a rule is."""

    def __init__(self, function: Callable[P, R]) -> None:
        self.function = function
        functools.update_wrapper(self, function)

    def __call__(self, *numbers: P.args, **named: P.kwargs) -> R:
        """Return the value, computed as a rule computes it."""
        result: R = self._compiled(*numbers, **named)
        return result

    @functools.cached_property
    def _compiled(self) -> Any:
        from sim.compiler import helper_of  # here: most processes find all rules on the disk

        return helper_of(self.function)

    @property
    def _numba_type_(self) -> Any:
        """The type by which numba takes this for the compiled function."""
        return self._compiled._numba_type_


def helper[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Let rules call a scalar function; it stays callable on plain numbers."""
    return Helper(function)


class _Ndtri:
    """SciPy's `ndtri` as a function in C, which compiled rules find by its symbol."""

    symbol = "knockon_ndtri"

    def __init__(self) -> None:
        function = cython_special.__pyx_capi__["ndtri"]
        signature = ctypes.PYFUNCTYPE(ctypes.c_char_p, ctypes.py_object)(("PyCapsule_GetName", ctypes.pythonapi))
        pointer = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)(
            ("PyCapsule_GetPointer", ctypes.pythonapi)
        )
        llvmlite.binding.add_symbol(self.symbol, pointer(function, signature(function)))

    @property
    def _numba_type_(self) -> Any:
        from numba import types  # here: as above

        return types.ExternalFunction(self.symbol, types.float64(types.float64))


_ndtri: Any = _Ndtri()


@helper
def normal_quantile(uniform: float) -> float:
    """Return the standard normal quantile of a uniform in (0, 1): SciPy's `ndtri`."""
    quantile: float = _ndtri(uniform)
    return quantile


@helper
def sigmoid(logit: float) -> float:
    """Return the probability 1 / (1 + exp(-logit))."""
    return 1.0 / (1.0 + math.exp(-logit))


@helper
def clip(value: float, low: float, high: float) -> float:
    """Return the value, or the bound that it passed."""
    return min(max(value, low), high)


@helper
def happens_within_a_day(hazard: float) -> float:
    """Return the probability 1 - exp(-hazard) that an event of this hazard (1/day) happens today."""
    return -math.expm1(-hazard)


@helper
def poisson(uniform: float, mean: float) -> float:
    """Return a Poisson count (0, 1, 2, ...) of this mean by sequential search.

    If uniform <= 1 - mean, the count is zero and no exponential is needed, since exp(-mean) >= 1 - mean. If the mean is above
    700, exp(-mean) is too small for the computer. The search then begins ten standard deviations below the mean: the
    probability below that point is smaller than every uniform.
    """
    if uniform <= 1.0 - mean:
        return 0.0
    count = 0.0
    term = math.exp(-mean)
    if mean > _LARGE_MEAN:
        count = math.floor(mean - 10.0 * math.sqrt(mean))
        term = math.exp(count * math.log(mean) - mean - math.lgamma(count + 1.0))
    left = uniform - term
    while left >= 0.0:
        count += 1.0
        term *= mean / count
        left -= term
        if count > mean and term < _NEGLIGIBLE:
            break
    return count


@helper
def binomial(uniform: float, trials: float, probability: float) -> float:
    """Return the number of successes in a number of trials by sequential search.

    If uniform <= 1 - n p, the count is zero at once, since (1 - p)^n >= 1 - n p (Bernoulli's inequality).
    """
    if trials <= 0.0 or uniform <= 1.0 - trials * probability:
        return 0.0
    if probability >= 1.0:
        return trials
    odds = probability / (1.0 - probability)
    count = 0.0
    term = (1.0 - probability) ** int(trials)
    left = uniform - term
    while left >= 0.0 and count < trials:
        term *= odds * (trials - count) / (count + 1.0)
        count += 1.0
        left -= term
    return count


@helper
def geometric(uniform: float, mean: float) -> float:
    """Return a geometric count on 0, 1, 2, ... of this mean."""
    if mean <= 0.0:
        return 0.0
    return math.floor(math.log1p(-uniform) / math.log(mean / (1.0 + mean)))


@helper
def truncated_zeta(uniform: float, exponent: float, largest: float, normaliser: float) -> float:
    """Return k in 1 ... largest with probability k^-exponent / normaliser.

    The normaliser is the sum of k^-exponent over 1 ... largest; it depends on parameters alone, so the caller supplies it.
    """
    count = 1.0
    left = uniform * normaliser - 1.0
    while left >= 0.0 and count < largest:
        count += 1.0
        left -= count**-exponent
    return count
