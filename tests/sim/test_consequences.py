"""The facts of the source article have consequences.

Each fact moves an outcome other than its own, or is known to be only recorded.
"""

from dataclasses import dataclass

import numpy as np
import pytest
import xarray as xr
from conftest import block, same_bits

GIVEN = ("ensemble.start=given", "ensemble.record=totals", "ensemble.days=365")
WORLDS = 256
CLEAR = 3.0
"""Monte Carlo errors of a mean paired difference, at the least."""


def of_year(scenario: str, *overrides: str) -> xr.Dataset:
    """Run a year of few worlds from the priors."""
    return block(scenario, *GIVEN, *overrides, count=WORLDS)


def errors_apart(one: xr.Dataset, other: xr.Dataset, outcome: str) -> float:
    """Return the mean paired difference of an outcome on the same worlds, in its Monte Carlo errors."""
    difference = (other[outcome] - one[outcome]).isel(day=-1).values.astype(float)
    return float(difference.mean() / (difference.std(ddof=1) / np.sqrt(difference.size)))


OFTEN = "embassy.incident_intercept=3"
"""Makes breaches frequent."""
BREACHES = ("embassy.lethal_breach_probability=0.05", "embassy.lethal_breach_probability=1")
FROM_NINEVEH = ("sites.erbil_attacks_from_nineveh=0", "sites.erbil_attacks_from_nineveh=1")
SPILLOVER = ("neighbours.cross_border_attack_rate=0.02", "neighbours.cross_border_attack_rate=0.24")


@pytest.mark.parametrize("outcome", ["coalition_deaths", "strikes", "members_leaving"])
def test_a_breach_that_kills_is_answered_and_seen_by_the_members(outcome: str) -> None:
    some, all_lethal = (of_year("stay", OFTEN, lethal) for lethal in BREACHES)
    assert errors_apart(some, all_lethal, outcome) > CLEAR


@pytest.mark.parametrize(
    ("outcome", "direction"), [("kurdish_trust", -1), ("political_capital", -1), ("islamic_state_attacks", +1)]
)
def test_where_the_fire_on_erbil_comes_from_matters(outcome: str, direction: int) -> None:
    none, everything = (of_year("stay", share) for share in FROM_NINEVEH)
    assert direction * errors_apart(none, everything, outcome) > CLEAR


def test_spillover_closes_borders_and_that_moves_islamic_state() -> None:
    little, much = (of_year("stay", rate) for rate in SPILLOVER)
    assert errors_apart(little, much, "islamic_state_attacks") < -CLEAR


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the article: a lever, pulled or not on the same worlds, and another outcome that it moves.

    Attributes:
        fact: what the article says.
        without, with_it: scenario and overrides.
        moves: an outcome other than the lever's own.
    """

    fact: str
    without: tuple[str, ...]
    with_it: tuple[str, ...]
    moves: str


NOW = "as_of_30_september"
ROWS = (
    Row("1 troops may be pulled out", (NOW,), ("us_pullout",), "islamic_state_attacks"),
    Row("1 and diplomats", (NOW,), ("diplomats_out",), "displaced_attacks"),
    Row("2 an ultimatum", ("stay",), ("ultimatum",), "attacks"),
    Row("3 it may be rethought", ("us_pullout",), ("us_pullout_rethink",), "islamic_state_attacks"),
    Row("3 lobbying may stop it", *((NOW, f"lead_nation.ultimatum_effect_of_lobbying={u}") for u in (0, 3)), "members_out"),
    Row("4 further pullouts", ("us_pullout_without_knock_on",), ("us_pullout",), "islamic_state_attacks"),
    Row("5 IS threatens the region", *(("stay", rate) for rate in SPILLOVER), "islamic_state_attacks"),
    Row("6 a force for the Green Zone", ("stay",), ("green_zone_force",), "political_capital"),
    Row("6 that protects alone", ("stay",), ("stay", "+policies.green_zone_force={start: 0, enforcement: 0}"), "incident_hazard"),
    Row("7 the parallel with Benghazi", *(("stay", OFTEN, lethal) for lethal in BREACHES), "strikes"),
    Row("8 attacks on embassy and bases", *(("stay", f"patron.rocket_rate_at_start={r}") for r in (0.2, 0.5)), "strikes"),
    Row(
        "9 attacks on convoys",
        *(("stay", f"patron.effect_of_contested_presence_on_convoys={b}") for b in (0, 3)),
        "members_leaving",
    ),
    Row("10 fire on Erbil from Nineveh", *(("stay", share) for share in FROM_NINEVEH), "kurdish_trust"),
    Row(
        "11 attacks on embassies are attacks on the government",
        *(("stay", f"government.cost_of_embassy_attack={cost}") for cost in (0, 0.005)),
        "fall_hazard",
    ),
    Row("12 armed and trained by Iran", *(("ultimatum", f"patron.ultimatum_caution={r}") for r in (0, 1.6)), "propensity"),
    Row("13 armed groups against the prime minister", (NOW,), ("crackdown",), "fall_hazard"),
    Row("14 a family is killed", *(("stay", f"sites.fatal_hit_on_civilians={f}") for f in (0.015, 0.08)), "political_capital"),
    Row("15 three bases", *(("partial_cut", f"sites.closing_levels.value={{{at}}}") for at in (
        "western_base: 0, baghdad_bases: 0, erbil_base: 0", "western_base: 0.95, baghdad_bases: 0.95, erbil_base: 0.95",
    )), "attacks"),
)  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.fact)
def test_a_row_of_the_article_moves_another_outcome(row: Row) -> None:
    assert abs(errors_apart(of_year(*row.without), of_year(*row.with_it), row.moves)) > CLEAR


FACTIONS = ("kataib_hezbollah", "asaib_ahl_al_haq", "nujaba", "sayyid_al_shuhada", "loose_cells")
RECORDED_ONLY = {
    "12 little-known factions claim": (
        *(
            (
                "stay",
                f"militias.facade_share.value={{{', '.join(f'{name}: {share}' for name in FACTIONS)}}}",
                "~militias.facade_share.prior",
                "+militias.facade_share.fixed=true",
            )
            for share in (0.25, 0.75)
        ),
        {"facade_claims"},
    ),
    "15 about 3,000 troops": (
        *(("us_pullout", f"lead_nation.troops_at_start={troops}") for troops in (2500, 3500)),
        {"lead_troops", "coalition_troops_gone"},
    ),
}
"""By fact: without, with it, and all that differs: the part itself, and nothing that anybody reacts to.

Only how the factions' facades differ from each other can matter: the clarity of an attack is relative to the start.
"""


@pytest.mark.parametrize("fact", RECORDED_ONLY)
def test_what_is_recorded_only_moves_nothing_else(fact: str) -> None:
    without, with_it, own = RECORDED_ONLY[fact]
    assert set(same_bits(of_year(*without), of_year(*with_it))) == own
