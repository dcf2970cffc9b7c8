"""Does a calibration find what it should? Years made by the model itself, reported with error, and calibrated in turn."""

from dataclasses import replace

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from scipy.stats import binomtest

from experiments.analysis.weights import effective_size, normalised, weighted_quantiles
from experiments.analysis.year_statistics import Observation, reported
from experiments.calibration.filter import filtered
from experiments.calibration.lived_year import counts_of, live_and_count
from experiments.calibration.settings import Calibration
from experiments.calibration.waves import Names, sobol, way_of
from experiments.designs import with_design
from experiments.setup import Setup
from sim.design import Design
from sim.rule import Array
from sim.worlds import Worlds, address

_LABEL, _TRUTHS = "coverage", "truths"
_LOW, _HIGH = 0.05, 0.95


def coverage(setup: Setup, calibration: Calibration, names: Names) -> pd.DataFrame:
    """Calibrate made-up years, and count how often the 90 % interval holds the truth.

    The truths come from the prior. Each year is reported with the errors that the observations have, and calibrated by
    islands that know nothing of the truth, put together by their evidence.

    Returns:
        A row a fitted number or switch: the share `covered` with its 95 % interval (`low`, `high`; Clopper and Pearson 1934)
        over `years`, and `effective`, the median number of effective worlds of a year.
    """
    years = calibration.coverage.years
    truths = sobol(names, years, setup.seed, _TRUTHS)
    seeds = np.random.SeedSequence([setup.seed, *address(_LABEL)]).generate_state(2 * years).reshape(-1, 2)
    done = Parallel(n_jobs=setup.compute.workers)(
        delayed(_tried)(setup, calibration, names, truths[year : year + 1], tuple(map(int, seeds[year])))
        for year in range(years)
    )
    held, sizes = np.array([held for held, _ in done]), np.array([size for _, size in done])
    rows = []
    for place, name in enumerate(calibration.fitted):
        hits = int(held[:, place].sum())
        low, high = binomtest(hits, years).proportion_ci(0.95)
        rows.append({"name": name, "covered": hits / years, "low": low, "high": high, "years": years})
    return pd.DataFrame(rows).assign(effective=float(np.median(sizes)))


def _tried(setup: Setup, calibration: Calibration, names: Names, truth: Array, seeds: tuple[int, int]) -> tuple[Array, float]:
    """Make a year from a truth, calibrate it, and return whether each interval holds the truth, and the effective draws."""
    year_seed, island_seed = seeds
    random = np.random.default_rng(island_seed)
    observations = _made_up(setup, calibration, names, truth, year_seed, random)
    asked, way = calibration.coverage, replace(way_of(calibration, names), observations=observations)
    quantiles = sobol(names, asked.islands * asked.island, island_seed, _LABEL)
    islands = [
        filtered(setup, way, quantiles[first : first + asked.island], island_seed + first)
        for first in range(0, len(quantiles), asked.island)
    ]
    weights = normalised(np.concatenate([island.log_weights for island in islands]))
    size = effective_size(weights)
    scores, wanted = names.scores(np.concatenate([island.quantiles for island in islands])), names.scores(truth)[0]
    held = []
    for place, true in enumerate(wanted):
        low, high = weighted_quantiles(scores[:, place], weights, np.array([_LOW, _HIGH]))
        held.append(low <= true <= high)
    return np.array(held), size


def _made_up(
    setup: Setup, calibration: Calibration, names: Names, truth: Array, seed: int, random: np.random.Generator
) -> list[Observation]:
    """Return the observations as they would be reported of a year that a truth made."""
    year = live_and_count(replace(with_design(setup, Design(names.drawn, truth)), seed=seed), Worlds(0, 1))
    counts = counts_of(year)
    return [reported(seen, counts, float(random.standard_normal())) for seen in calibration.used]
