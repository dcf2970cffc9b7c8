"""What the posterior would be if the observations were known worse or better than the settings say."""

from dataclasses import replace

import numpy as np
import pandas as pd

from experiments.analysis.weights import effective_size, log_mean, normalised
from experiments.calibration.filter import filtered
from experiments.calibration.settings import Calibration
from experiments.calibration.waves import Names, sobol, way_of
from experiments.setup import Setup
from sim.worlds import address

_LABEL = "tolerance"


def by_tolerance(setup: Setup, calibration: Calibration, names: Names) -> pd.DataFrame:
    """Calibrate with other tolerances, an island each; all begin with the same draws and dice.

    Returns:
        A row a factor on the tolerance and a fitted number or switch: `shift` of its mean and `sd`, both in prior standard
        deviations; `effective` worlds and `log_evidence` of the island.
    """
    quantiles = sobol(names, calibration.tolerances.worlds, setup.seed, _LABEL)
    (seed,) = np.random.SeedSequence([setup.seed, *address(_LABEL)]).generate_state(1)
    tables = []
    for factor in calibration.tolerances.factors:
        way = replace(way_of(calibration, names), tolerance=calibration.tolerance * factor)
        island = filtered(setup, way, quantiles, int(seed))
        weights, scores = normalised(island.log_weights), names.scores(island.quantiles)
        mean = weights @ scores
        table = pd.DataFrame({"factor": factor, "name": calibration.fitted, "shift": mean})
        table["sd"] = (weights @ (scores - mean) ** 2) ** 0.5
        tables.append(table.assign(effective=effective_size(weights), log_evidence=log_mean(island.log_weights)))
    return pd.concat(tables, ignore_index=True)
