"""How well observed outcomes foretell an ending: a shallow tree and a logistic score, judged on held-out draws."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd

from experiments.analysis.monte_carlo import share_with_interval
from sim.arrays import Array

FEWEST = 20
"""Fewest worlds that end badly, and fewest that do not, in each half of the draws."""
FEWEST_IN_ARM = 10
"""The same limit for the held-out worlds of one arm, for a score within this arm."""
ALL = "all"
_RESAMPLES, _SEED = 1000, 20200930
_SMALLEST_LEAF = 0.05  # of the worlds that the tree is fitted on
_BINS = 5  # of the calibration curve

type Condition = tuple[str, float, float, bool]
"""A sign, its least value, its upper limit (infinite: none), and whether the sign is a count."""


class TooFewError(ValueError):
    """Too few worlds or signs for a fit; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The accuracy of the early signs, on held-out draws.

    Attributes:
        scores: one row per method ("tree", "logistic") and set of worlds (`ALL` or an arm): `auc` with its 95 % interval over
            draws, `found`: whether this is above chance, Brier scores of the method (`brier`) and of the base rate of the
            same set of worlds in the fitted half (`brier_base`), and counts of held-out worlds, endings and draws.
        leaves: one row per leaf of the tree, worst first: `share` of its worlds that end badly with a 95 % interval, `base`,
            the share of all held-out worlds, `holds`: whether the tree is above chance and the interval leaves `base` out.
        conditions: of the leaves.
        calibration: one row per group of logistic scores: mean `predicted`, `share` that ended badly with its 95 % interval.
    """

    scores: pd.DataFrame
    leaves: pd.DataFrame
    conditions: tuple[tuple[Condition, ...], ...]
    calibration: pd.DataFrame


def judge(signs: pd.DataFrame, bad: Array, draws: Array, arms: Array, depth: int) -> Judged:
    """Fit on half of the draws, and judge on the others.

    Args:
        signs: (worlds, signs) observed.
        bad: (worlds,) whether the world ends badly.
        draws: (worlds,) number of the draw of the parameters, the same in all arms: its worlds stay in one half.
        arms: (worlds,) name of the arm.
        depth: of the tree.

    Raises:
        TooFewError: too few worlds end badly, or too few do not; or no sign differs between worlds.
    """
    from sklearn.linear_model import LogisticRegression  # here: no other job waits for its import
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.tree import DecisionTreeClassifier

    fitted = fitted_on(draws)
    rarest = min(int(answers[half].sum()) for answers in (bad, ~bad) for half in (fitted, ~fitted))
    if rarest < FEWEST:
        raise TooFewError(
            f"{int(bad.sum())} of {bad.size} worlds have this ending; each half of the draws needs {FEWEST} with it and"
            f" {FEWEST} without it"
        )
    signs = signs.loc[:, np.ptp(signs[fitted].to_numpy(float), axis=0) > 0.0]
    if signs.empty:
        raise TooFewError("no sign differs between worlds")
    smallest = max(1, int(_SMALLEST_LEAF * fitted.sum()))
    tree = DecisionTreeClassifier(max_depth=depth, min_samples_leaf=smallest, random_state=0)
    logistic = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    before, after = bad[fitted], pd.DataFrame({"bad": bad, "draw": draws, "arm": arms})[~fitted]
    for name, method in (("tree", tree), ("logistic", logistic)):
        method.fit(signs[fitted], before)
        after[name] = method.predict_proba(signs[~fitted])[:, 1]
    # who observes one arm knows which: a score there has to beat the arm's own rate, not the pooled one
    base_rates = {ALL: before.mean(), **pd.Series(before).groupby(arms[fitted]).mean()}
    scores = pd.DataFrame([
        {"method": name, "worlds_of": who} | _scored(part, name, float(base_rates[who]))
        for who, part in ((ALL, after), *after.groupby("arm", sort=False))
        for name in ("tree", "logistic")
        if who == ALL or (after["arm"].nunique() > 1 and min(part["bad"].sum(), (~part["bad"]).sum()) >= FEWEST_IN_ARM)
    ])  # fmt: skip
    found = bool(scores["found"].iloc[0])
    after["leaf"] = tree.apply(signs[~fitted])
    paths = conditions_of(tree.tree_, signs)
    leaves = _shares(after.groupby("leaf"), sorted(paths)).assign(base=after["bad"].mean())
    leaves["holds"] = found & ((leaves["share_low"] > leaves["base"]) | (leaves["share_high"] < leaves["base"]))
    bins = pd.qcut(after["logistic"], _BINS, labels=False, duplicates="drop")
    calibration = _shares(after.groupby(bins), sorted(bins.dropna().unique()))
    calibration["predicted"] = after.groupby(bins)["logistic"].mean().to_numpy()
    order = np.argsort(-leaves["share"].to_numpy(), kind="stable")
    conditions = tuple(paths[leaf] for leaf in leaves["group"].iloc[order])
    return Judged(scores, leaves.iloc[order].reset_index(drop=True), conditions, calibration)


def fitted_on(draws: Array) -> Array:
    """Return which worlds are used for fitting, (worlds,) of bool: all worlds of half of the draws."""
    from sklearn.model_selection import GroupShuffleSplit

    found = np.zeros(draws.size, dtype=bool)
    if np.unique(draws).size > 1:
        split = GroupShuffleSplit(1, test_size=0.5, random_state=_SEED)
        found[next(split.split(draws, groups=draws))[0]] = True
    return found


def conditions_of(tree: Any, signs: pd.DataFrame) -> dict[int, tuple[Condition, ...]]:
    """Return the conditions on the way to each leaf of a tree of scikit-learn, one per sign, by the leaf's number."""
    counts = {str(name): bool((signs[name] == signs[name].round()).all()) for name in signs}
    found: dict[int, tuple[Condition, ...]] = {}

    def walk(node: int, path: Mapping[str, tuple[float, float]]) -> None:
        if tree.children_left[node] < 0:
            found[node] = tuple((name, *limits, counts[name]) for name, limits in path.items())
            return
        name = str(signs.columns[tree.feature[node]])
        limit = float(np.ceil(tree.threshold[node]) if counts[name] else tree.threshold[node])
        low, high = path.get(name, (-np.inf, np.inf))
        walk(tree.children_left[node], {**path, name: (low, limit)})
        walk(tree.children_right[node], {**path, name: (limit, high)})

    walk(0, {})
    return found


def resampled_auc(bad: Array, score: Array, times: Array) -> Array:
    """Return the AUC of many samples that contain each world several times; scikit-learn would take minutes.

    `bad`, of bool, and `score` are (worlds,), `times` (samples, worlds).
    """
    order = np.argsort(score, kind="stable")
    starts = np.flatnonzero(np.diff(score[order], prepend=-np.inf))  # of worlds with the same score
    with_end, without = (np.add.reduceat((times * which)[:, order], starts, axis=1) for which in (bad, ~bad))
    below = np.cumsum(without, axis=1) - 0.5 * without
    with np.errstate(invalid="ignore"):
        return (with_end * below).sum(axis=1) / (with_end.sum(axis=1) * without.sum(axis=1))


def _scored(held_out: pd.DataFrame, name: str, base: float) -> dict[str, object]:
    from sklearn.metrics import brier_score_loss, roc_auc_score

    bad, score = held_out["bad"].to_numpy(bool), held_out[name].to_numpy(float)
    groups = np.unique(held_out["draw"], return_inverse=True)[1]
    random, count = np.random.default_rng(_SEED), int(groups.max()) + 1
    times = random.multinomial(count, np.full(count, 1.0 / count), _RESAMPLES)[:, groups]
    low, high = np.nanquantile(resampled_auc(bad, score, times), (0.025, 0.975))
    auc = {"auc": float(roc_auc_score(bad, score)), "auc_low": float(low), "auc_high": float(high), "found": bool(low > 0.5)}
    briers = {"brier": score, "brier_base": np.full(bad.size, base)}
    losses = {name: float(brier_score_loss(bad, chance)) for name, chance in briers.items()}
    return auc | losses | {"worlds": bad.size, "endings": int(bad.sum()), "draws": count}


def _shares(groups: Any, names: list[int]) -> pd.DataFrame:
    """Return the share of endings by group with a Wilson interval that counts each draw once, as if its worlds were copies."""
    rows = []
    for name in names:
        part = cast(pd.DataFrame, groups.get_group(name)) if name in groups.groups else pd.DataFrame({"bad": [], "draw": []})
        share, draws = float(part["bad"].mean()), part["draw"].nunique()
        _, low, high = share_with_interval(round(share * draws) if draws else 0, draws)
        row = {"group": name, "share": share, "share_low": low, "share_high": high}
        rows.append(row | {"worlds": len(part), "endings": int(part["bad"].sum()), "draws": draws})
    return pd.DataFrame(rows)
