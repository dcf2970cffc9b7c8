"""Draws that were picked several times are set apart again, without changing what they say together.

All in normal scores of the parameters: their prior is then a standard normal, whatever its form.
"""

import numpy as np

from sim.rule import Array

_RIDGE = 1e-9
"""Keeps the factor of a covariance that few draws carry."""


def set_apart(scores: Array, weights: Array, chosen: Array, normals: Array, discount: float) -> Array:
    """Pick draws and set them apart: each moves towards the mean and gets noise of its own.

    Mean and covariance stay what the weighted draws have (Liu and West 2001, doi:10.1007/978-1-4757-3437-9_10): the new
    score is a x + (1 - a) mean + sqrt(1 - a^2) noise with a = (3 d - 1) / (2 d), d the discount.

    Args:
        scores: (draws, parameters) normal scores.
        weights: (draws,) that add up to 1.
        chosen: (picks,) which draws.
        normals: (picks, parameters) standard normals.
        discount: above 1/3, up to 1: nothing moves.
    """
    kept = (3.0 * discount - 1.0) / (2.0 * discount)
    mean = weights @ scores
    apart = scores - mean
    covariance = (apart * weights[:, None]).T @ apart + _RIDGE * np.eye(scores.shape[1])
    return mean + kept * apart[chosen] + np.sqrt(1.0 - kept**2) * normals @ np.linalg.cholesky(covariance).T
