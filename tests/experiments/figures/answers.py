"""Tables of sensitivity, discovery and decision made by hand, with the longest names that there are."""

import numpy as np
import pandas as pd

from experiments.studies.decide.criteria import ALL, Threshold

FACTORS = (
    "switches.islamic_state_depends_on",
    "switches.knock_on_form",
    "militias.capacity_loss_per_civilian_death",
    "coalition.effect_of_framework_nation_exit",
    "islamic_state.governorate_share",
    "lead_nation.unprovoked_strike_hazard",
    "policies.full_pullout.start",
    "crowd.mobilisation_decay_days",
)
ARMS = ("stay", "us_pullout_without_knock_on", "as_of_30_september", "partial_cut")
CORE = "all beyond the core"
MECHANISMS = (
    "cabinet", "calendar", "crowd", "elections", "facades", "grievance", "kurdish_trust", "mandates",
    "partner_support", "patron", "recruitment", "relocation", "truce", CORE,
)  # fmt: skip
ABOUT = "US pullout less Stay, world by world. 16 of 193 factors were kept by a screening; the others are drawn anew."


EIGHT = ("attacks", "displaced_attacks", "coalition_deaths", "civilian_deaths", "members_troops_gone", "members_out",
          "islamic_state_attacks_last_month", "incident_hazard")  # fmt: skip
"""Outcomes of several units and scales."""


def indices(outcomes: tuple[str, ...] = EIGHT) -> pd.DataFrame:
    """Return indices of which some cover zero, and an outcome that has none."""
    rows = []
    for number, outcome in enumerate(outcomes):
        for place, factor in enumerate(FACTORS):
            total, first = 0.9 / (1 + place), 0.6 / (1 + place) - 0.05 * number
            reach = 0.05 + 0.04 * place
            unknown = np.nan if number == 3 else 1.0
            rows.append({
                "outcome": outcome, "of": "difference", "factor": factor,
                "first": unknown * first, "first_low": unknown * (first - reach), "first_high": unknown * (first + reach),
                "total": unknown * total, "total_low": unknown * (total - reach), "total_high": unknown * (total + reach),
                "first_clear": unknown * first > reach, "total_clear": unknown * total > reach,
            })  # fmt: skip
    return pd.DataFrame(rows)


def variances(outcomes: tuple[str, ...] = EIGHT) -> pd.DataFrame:
    """Return what the factors explain; of one outcome that is unknown."""
    shares = [np.nan if number == 3 else 0.07 + 0.1 * number for number in range(len(outcomes))]
    return pd.DataFrame({"outcome": outcomes, "of": "difference", "variance": 1.0, "chance": 2.0, "share": shares})


def swings(outcomes: tuple[str, ...] = EIGHT) -> pd.DataFrame:
    """Return conditional means of numbers and of switches."""
    rows = []
    for number, outcome in enumerate(outcomes):
        for place, factor in enumerate(FACTORS):
            levels = {"low": ("0.000226", -1.0), "high": ("−0.00099", 1.0)}
            if factor.startswith("switches."):
                levels = {"0": ("cascade", 1.0), "1": ("free_standing", -0.2), "2": ("compensating", -1.2)}
            for level, (value, side) in levels.items():
                reach = side * (0.2 if outcome.endswith("hazard") else 0.5) / (1 + place)
                mean = 0.1 * number + reach
                rows.append({
                    "outcome": outcome, "of": "difference", "factor": factor, "level": level, "mean": mean,
                    "error": 0.02 if place < 4 else 0.1, "difference": reach, "rows": 200, "value": value,
                })  # fmt: skip
    return pd.DataFrame(rows)


def restrictions() -> pd.DataFrame:
    """Return a box with every kind of side."""
    return pd.DataFrame(
        [
            (FACTORS[2], 0.31, np.nan, 0.62, 1.0, "", 1e-9),
            (FACTORS[3], np.nan, 0.0045, 0.0, 0.06, "", 2e-4),
            (FACTORS[5], -0.2, 0.4, 0.03, 0.97, "", 0.03),
            (FACTORS[1], np.nan, np.nan, 0.0, 0.4, "free_standing, compensating", 0.0004),
        ],
        columns=["factor", "low", "high", "from_share", "to_share", "forms", "quasi_p"],
    )


def fit() -> pd.DataFrame:
    """Return how a box does on both halves."""
    return pd.DataFrame(
        {
            "half": ["found on", "held out", "no box"],
            "coverage": [0.61, 0.58, 1.0],
            "coverage_low": [0.53, 0.5, 0.99],
            "coverage_high": [0.69, 0.66, 1.0],
            "density": [0.82, 0.74, 0.2],
            "density_low": [0.74, 0.64, 0.18],
            "density_high": [0.9, 0.84, 0.22],
            "mass": [0.15, 0.16, 1.0],
        }
    )


def trajectory() -> pd.DataFrame:
    """Return a peeling that does worse on the half it has not seen."""
    mass = 0.95 ** np.arange(40)
    density = np.minimum(0.2 / mass, 0.95)
    return pd.DataFrame(
        {
            "step": range(40),
            "restricted": np.arange(40) // 9,
            "chosen": np.arange(40) == 30,
            "coverage, found on": density * mass / 0.2,
            "density, found on": density,
            "coverage, held out": 0.95 * density * mass / 0.2,
            "density, held out": 0.9 * density,
        }
    )


def regrets() -> pd.DataFrame:
    """Return regrets of the widest numbers."""
    rows = [
        {"outcome": outcome, "arm": arm, "unit": "probability" if outcome.endswith("hazard") else "attacks", "draws": 200,
         "mean": 10.0**place * number / 3, "q90": 20.0**place * number / 3, "max": 1234.5 * place * number}
        for place, outcome in enumerate(EIGHT)
        for number, arm in enumerate(ARMS)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def shares() -> pd.DataFrame:
    """Return shares of draws within five thresholds and all of them."""
    limits = [Threshold("civilian_deaths", at_most=1.1, relative_to="stay"), Threshold("incident_hazard", at_most=0.25)]
    names = [*map(str, limits), "members_out at most 10 members", "islamic_state_attacks at most 1.25 times stay", ALL]
    rows = [
        {"arm": arm, "threshold": name, "share": 0.25 * number, "low": 0.2 * number, "high": 0.3 * number, "draws": 200}
        for number, arm in enumerate(ARMS)
        for name in names
    ]
    return pd.DataFrame(rows)


def doses(two: bool = True) -> pd.DataFrame:
    """Return paired differences by dose."""
    rows = []
    for number, outcome in enumerate(EIGHT[:-1]):
        for strength in (0.25, 0.5, 0.75, 1.0):
            for stretch in (0.5, 1.0, 4.0) if two else (1.0,):
                middle = (-1.0) ** number * 10.0 ** (number / 2) * strength * stretch
                quantiles = {f"difference_q{q:02}": middle + (q - 50) / 10 for q in (5, 25, 75, 95)}
                dose = {"policies.full_pullout.strength": strength, "policies.full_pullout.stretch": stretch}
                rows.append({"outcome": outcome, "difference_median": middle, "difference_error": 0.3, **quantiles, **dose})
                rows.append(
                    {"outcome": EIGHT[-1], "difference_mean": -0.1 * strength, "difference_error": 0.06, **dose}
                ) if number == 0 else None
    return pd.DataFrame(rows)


def ablated(outcomes: tuple[str, ...] = EIGHT, of: str = "difference") -> pd.DataFrame:
    """Return changes by mechanism: some clear, some not, one exactly none, and an outcome of which one is unknown."""
    rows = []
    for number, outcome in enumerate(outcomes):
        scale = 0.3 if outcome.endswith("hazard") else 10.0 ** (number / 2)
        for place, mechanism in enumerate(MECHANISMS):
            change = 0.0 if mechanism == "elections" else (-1.0) ** place * scale * (1.0 + 0.7 * (place * 5 % 7))
            error = 0.0 if mechanism == "elections" else scale * (0.2 if place % 3 else 1.6)
            full = 2.5 * scale
            rows.append({
                "off": mechanism, "outcome": outcome, "of": of, "statistic": "median", "full": full, "without": full + change,
                "change": np.nan if number == 1 and place == 2 else change, "change_error": error,
            })  # fmt: skip
    return pd.DataFrame(rows)


def watched(
    arms: tuple[str, ...] = ("us_pullout_without_knock_on", "green_zone_force", "ultimatum"),
) -> dict[str, pd.DataFrame]:
    """Return the tables of `knockon watch`, with long signs, shares at both ends, and two methods that are equally good."""
    scores, signs, bins = [], [], []
    long = "Erbil base was attacked fewer than 1,204 times and the government's political capital is less than 0.421"
    for number, weeks in enumerate((4, 8, 12)):
        for who in ("all", *arms):
            for method in ("tree", "logistic"):
                auc = {"auc": 0.8 + 0.05 * number, "auc_low": 0.75, "auc_high": 0.95, "found": who != "ultimatum"}
                scores.append({"weeks": weeks, "worlds_of": who, "method": method, **auc, "brier": 0.03, "brier_base": 0.07})
        for share, low, high in ((1.0, 0.96, 1.0), (0.4, 0.2, 0.6), (0.31, 0.2, 0.5), (0.2, 0.1, 0.3), (0.0, 0.0, 0.04)):
            interval = {"share": share, "share_low": low, "share_high": high}
            signs.append({"weeks": weeks, **interval, "base": 0.3, "holds": share in (0.0, 1.0), "signs": long})
        for predicted in (0.01, 0.2, 0.9):
            interval = {"share": predicted, "share_low": 0.8 * predicted, "share_high": min(1.0, 1.2 * predicted)}
            bins.append({"weeks": weeks, "predicted": predicted, **interval})
    return {"scores": pd.DataFrame(scores), "signs": pd.DataFrame(signs), "calibration": pd.DataFrame(bins)}
