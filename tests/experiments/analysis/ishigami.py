"""The function of Ishigami and Homma (1990), whose indices are known, with random noise added in each world."""

import numpy as np

FACTORS = {"first": ("a.first",), "second": ("a.second",), "third": ("a.third",)}
FIRST = (0.3139, 0.4424, 0.0)
TOTAL = (0.5576, 0.4424, 0.2437)
VARIANCE = 13.8446


def ishigami(quantiles: np.ndarray) -> np.ndarray:
    """Return the function at (rows, 3) quantiles, (rows,)."""
    x = np.pi * (2.0 * quantiles - 1.0)
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def worlds(quantiles: np.ndarray, points: int, each: int, chance: float, together: float = 0.0, seed: int = 1) -> np.ndarray:
    """Return the function in worlds whose dice add to it; rows of the same place in a round share them.

    Args:
        quantiles: (rows, 3), round by round.
        points: rows of a round.
        each: worlds of a row.
        chance: standard deviation of what the dice add.
        together: of what they add in proportion to the second factor.
        seed: of the dice.
    """
    random = np.random.default_rng(seed)
    dice = random.normal(0.0, 1.0, (2, points, each))
    rounds = len(quantiles) // points
    alone, with_second = np.tile(dice[0], (rounds, 1)), np.tile(dice[1], (rounds, 1))
    moved = np.sqrt(12.0) * (quantiles[:, 1:2] - 0.5)
    return (ishigami(quantiles)[:, None] + chance * alone + together * moved * with_second).ravel()
