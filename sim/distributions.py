"""From a uniform to a draw, by inverse CDF.

Every function takes one uniform in [0, 1) and the parameters of a distribution, and returns the quantile. Each draw takes
exactly one uniform, so two arms of the same world always use the same random numbers. The functions are compiled and called
from rules; the same functions work on plain floats.
"""

import math
from collections.abc import Callable

import llvmlite.binding
import numba
from numba.core import types
from numba.extending import get_cython_function_address

# A sequential search stops where the probability left is below what a double can add to its sum.
_NEGLIGIBLE = 1e-18
_LARGE_MEAN = 700.0


_NORMAL_QUANTILE = "knockon_normal_quantile"
llvmlite.binding.add_symbol(_NORMAL_QUANTILE, get_cython_function_address("scipy.special.cython_special", "ndtri"))
_normal_quantile = types.ExternalFunction(_NORMAL_QUANTILE, types.float64(types.float64))


def helper[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Compile a scalar function that rules call; it stays callable on plain numbers."""
    compiled: Callable[P, R] = numba.njit(error_model="numpy", nogil=True, forceinline=True)(function)
    return compiled


@helper
def normal_quantile(uniform: float) -> float:
    """Return the standard normal quantile of a uniform in (0, 1): SciPy's `ndtri`."""
    return _normal_quantile(uniform)


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
