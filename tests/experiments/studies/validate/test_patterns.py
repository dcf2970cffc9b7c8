"""Each statistic on hand-made data with a known answer."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy import stats

from experiments.analysis.baselines import fit_hawkes
from experiments.analysis.quantities import has_variant
from experiments.studies.validate import patterns_attacks as attacks
from experiments.studies.validate import patterns_exits as exits_of
from experiments.studies.validate import patterns_iraq as iraq
from experiments.studies.validate import signs
from experiments.studies.validate.measured import mean_of, median_of, ratio_of_sums, share_of
from experiments.studies.validate.patterns_attacks import branching_errors

YEAR = pd.date_range("2019-10-01", "2020-09-30")
MONTH = 365 / 12


def days(**values: np.ndarray) -> xr.Dataset:
    """Label daily values (worlds, days) or (worlds, days, sites)."""
    first = next(iter(values.values()))
    dates = pd.date_range("2019-10-01", periods=first.shape[1])
    dims = ("world", "date", "site")
    return xr.Dataset({name: (dims[: array.ndim], array) for name, array in values.items()}, coords={"date": dates})


def weeks(**values: np.ndarray) -> xr.Dataset:
    """Label weekly values (worlds, weeks)."""
    return xr.Dataset({f"{name}_by_week": (("world", "week"), np.asarray(array, float)) for name, array in values.items()})


def totals(**values: object) -> xr.Dataset:
    """Label values (worlds,) as recorded on day 365."""
    arrays = {name: (("world", "day"), np.asarray(array, float).reshape(-1, 1)) for name, array in values.items()}
    return xr.Dataset(arrays, coords={"day": [365]})


def hawkes(random: np.random.Generator, base: float, branching: float, decay: float, shape: tuple[int, int]) -> np.ndarray:
    """Simulate a discrete Hawkes process, (histories, days)."""
    histories, length = shape
    kept, excitation, counts = np.exp(-1.0 / decay), np.full(histories, base * branching / (1.0 - branching)), []
    for _ in range(length):
        counts.append(random.poisson(base + excitation))
        excitation = excitation * kept + branching * (1.0 - kept) * counts[-1]
    return np.stack(counts, axis=1)


# the measures themselves


def test_a_ratio_of_sums_weighs_worlds_by_their_denominator_and_knows_its_error() -> None:
    measured = ratio_of_sums([1.0, 0.0, 8.0], [2.0, 0.0, 4.0])
    assert measured.value == pytest.approx(9.0 / 6.0)
    np.testing.assert_allclose(measured.values, [0.5, 2.0])
    random = np.random.default_rng(1)
    sample = random.poisson(3.0, 5000)
    assert mean_of(sample).error == pytest.approx(sample.std(ddof=1) / np.sqrt(5000))


def test_medians_leave_out_worlds_without_a_value() -> None:
    measured = median_of([1.0, np.nan, 3.0, 2.0])
    assert (measured.value, measured.count) == (2.0, 3)
    assert measured.band() == pytest.approx((1.1, 2.9))


def test_shares_have_the_error_of_a_proportion_and_no_band() -> None:
    measured = share_of([True, False, False, False] * 100)
    assert measured.value == 0.25
    assert measured.error == pytest.approx(np.sqrt(0.25 * 0.75 / 400), rel=0.01)
    assert np.isnan(measured.band()).all()


# attacks


def test_attacks_are_counted_from_the_first_to_the_last_day_of_a_period() -> None:
    year = days(attacks=np.ones((2, 366)), convoy_attacks=np.full((2, 366), 2))
    assert attacks.attacks_in(year, attacks.MODERATE).value == 305
    assert attacks.attacks_in(year, attacks.PEAK).value == 61
    assert attacks.attacks_in(year, attacks.PEAK, "convoy_attacks").value == 122


def test_fano_factor_uses_the_sample_variance() -> None:
    np.testing.assert_allclose(attacks.fano_factor(np.array([[1, 2, 3], [2, 2, 2], [0, 0, 0]])), [0.5, 0.0, np.nan])


def test_poisson_counts_have_a_fano_factor_of_one() -> None:
    counts = np.random.default_rng(2).poisson(5.0, (4000, 12))
    assert attacks.fano_factor(counts).mean() == pytest.approx(1.0, abs=0.03)


def test_dispersion_is_of_calendar_months() -> None:
    by_month = [2, 4, 6, 5, 2, 6, 1, 2, 6, 6, 19, 21]
    counts = np.zeros(366)
    for month, number in zip(pd.date_range("2019-10-01", periods=12, freq="MS"), by_month, strict=True):
        counts[(month - YEAR[0]).days] = number
    year = days(attacks=np.stack([counts, counts]))
    assert attacks.dispersion(year, "attacks").value == pytest.approx(6.364, abs=1e-3)


@pytest.mark.parametrize("branching", [0.0, 0.3, 0.6])
def test_a_hawkes_refit_recovers_the_branching_ratio(branching: float) -> None:
    counts = hawkes(np.random.default_rng(3), 0.1 / (1.0 - branching), branching, 8.0, (40, 900))
    fit = fit_hawkes(counts)
    assert fit.branching_ratio == pytest.approx(branching, abs=0.08)
    assert fit.base / (1.0 - fit.branching_ratio) == pytest.approx(counts.mean(), rel=0.05)


def test_refits_are_one_a_draw() -> None:
    random = np.random.default_rng(4)
    counts = np.concatenate([hawkes(random, 0.2, branching, 6.0, (24, 900)) for branching in (0.2, 0.5)])
    draws, truth = np.repeat([7, 9], 24), np.repeat([0.2, 0.4], 24)
    errors = branching_errors(counts, draws, truth)
    np.testing.assert_allclose(errors, [0.0, 0.1], atol=0.08)
    measured = attacks.burstiness(days(attacks=counts).assign(draw=("world", draws), branching_ratio=("world", truth)))
    np.testing.assert_allclose(measured.values, errors)


def test_a_history_without_events_cannot_be_refitted() -> None:
    with pytest.raises(ValueError, match="no event"):
        fit_hawkes(np.zeros((2, 200)))


@pytest.mark.parametrize("exponent", [2.2, 2.5, 3.0])
def test_the_zeta_exponent_of_zeta_counts_is_found_within_its_error(exponent: float) -> None:
    tolls = stats.zipf.rvs(exponent, size=20_000, random_state=np.random.default_rng(5))
    measured = attacks.zeta_exponent(tolls)
    assert abs(measured.value - exponent) < 4.0 * measured.error
    assert measured.error < 0.05


def test_tolls_of_one_say_nothing_of_the_exponent() -> None:
    assert np.isnan(attacks.zeta_exponent(np.ones(5)).value)


def landing(**deaths: np.ndarray) -> xr.Dataset:
    """Return two worlds, four days and two sites with ten attacks each, and these deaths."""
    none = np.zeros((2, 4, 2))
    kinds = {name: deaths.get(name, none) for name in ("coalition_deaths", "civilian_deaths", "iraqi_force_deaths")}
    return days(**kinds, attacks=np.full((2, 4), 2.5), strikes=np.zeros((2, 4)))


def test_a_toll_is_that_of_a_site_and_day_all_victims_together() -> None:
    coalition_deaths, civilian_deaths = np.zeros((2, 4, 2)), np.zeros((2, 4, 2))
    coalition_deaths[0, 1, 0], civilian_deaths[0, 1, 0], civilian_deaths[1, 2, 1] = 1, 2, 1
    data = landing(coalition_deaths=coalition_deaths, civilian_deaths=civilian_deaths)
    assert attacks.death_tolls(data).value == pytest.approx(attacks.zeta_exponent(np.array([3, 1])).value)


def test_lethality_counts_sites_and_days_fatal_to_coalition_or_civilians() -> None:
    coalition_deaths, civilian_deaths, iraqi = (np.zeros((2, 4, 2)) for _ in range(3))
    coalition_deaths[0, 1, 0] = civilian_deaths[0, 1, 0] = 1  # one event
    civilian_deaths[1, 3, 1] = 4
    iraqi[1, 0, 0] = 2  # not counted
    data = landing(coalition_deaths=coalition_deaths, civilian_deaths=civilian_deaths, iraqi_force_deaths=iraqi)
    assert attacks.lethality(data).value == pytest.approx(2 / 20)


def struck(deaths_on: list[int], strikes_on: list[int], length: int = 60) -> xr.Dataset:
    deaths, strikes = np.zeros((1, length, 1)), np.zeros((1, length))
    deaths[0, deaths_on, 0], strikes[0, strikes_on] = 1, 1
    return days(coalition_deaths=deaths, strikes=strikes)


def test_an_answer_comes_within_ten_days_and_not_on_the_day_itself() -> None:
    assert attacks.answers(struck([5], [15])).value == 1.0
    assert attacks.answers(struck([5], [16])).value == 0.0
    assert attacks.answers(struck([5], [5])).value == 0.0
    assert attacks.answers(struck([5, 30], [7])).value == 0.5
    assert attacks.answers(struck([5, 55], [7])).value == 1.0  # the window of the second is not over


def test_other_strikes_are_those_without_a_death_in_the_ten_days_before() -> None:
    data = struck([5], [3, 5, 15, 16, 40])
    calm = 60 - 10
    assert attacks.other_strikes(data).value == pytest.approx(4 / (calm / MONTH))  # 3, 5, 16 and 40


def test_convoys_share_leaves_out_worlds_without_attacks() -> None:
    convoys, all_attacks = np.zeros((3, 366)), np.zeros((3, 366))
    all_attacks[0, :10], convoys[0, :2], all_attacks[1, :10], convoys[1, :4] = 1, 1, 1, 1
    year = days(convoy_attacks=convoys, attacks=all_attacks)
    measured = attacks.convoys_share(year, attacks.MODERATE)
    np.testing.assert_allclose(measured.values, [0.2, 0.4])


# exits


def exits(*worlds: dict[str, float], forms: tuple[int, ...] = ()) -> xr.Dataset:
    """Return days of decisions for good, NaN for members not named."""
    names = ["denmark", "estonia", "latvia", "italy", "spain"]
    table = [[world.get(name, np.nan) for name in names] for world in worlds]
    data = xr.Dataset(
        {"exit_day_by_member": (("world", "day", "member"), np.array(table)[:, None, :])},
        coords={"member": names, "day": [730]},
    )
    if forms:
        listed = {"forms": ["cascade", "free_standing", "compensating"]}
        data["form_knock_on_form"] = ("world", np.array(forms), listed)
    return data


def test_hazards_count_decisions_against_the_time_at_risk() -> None:
    decided, exposure = exits_of.exits_and_exposure(np.array([[100.0, np.nan], [5.0, 200.0]]), 10.0, 110.0)
    np.testing.assert_array_equal(decided, [1.0, 0.0])
    np.testing.assert_allclose(exposure * MONTH, [90.0 + 100.0, 100.0])


def test_baseline_exits_of_hand_made_worlds() -> None:
    measured = exits_of.baseline_exits(exits({"italy": 365.0}, {}))
    assert measured.value == pytest.approx(1 / ((9 * 730 + 365) / MONTH))


def test_lead_driven_exits_are_those_of_180_days_in_the_chosen_variant() -> None:
    data = exits({"italy": 13.0, "spain": 14.0, "denmark": 193.0, "latvia": 194.0}, {}, forms=(0, 2))
    at_risk = 0.0 + 179.0 + 2 * 180.0  # spain at once, denmark on the last day, latvia and estonia to the end
    assert exits_of.lead_driven_exits(data, 14.0, "cascade").value == pytest.approx(2 / (at_risk / MONTH))
    assert exits_of.lead_driven_exits(data, 14.0, "compensating").value == 0.0
    assert np.isnan(exits_of.lead_driven_exits(data, 14.0, "free_standing").value)
    assert has_variant(data, "knock_on_form", "unheard_of").sum() == 0


def test_contained_exits_tell_dependants_from_the_rest() -> None:
    data = exits(
        {"denmark": 30.0, "estonia": 40.0, "latvia": 89.0}, {"denmark": 30.0, "latvia": 90.0, "italy": 31.0, "spain": 3.0}
    )
    np.testing.assert_allclose(exits_of.shares_leaving_after(data, ["estonia", "latvia"], 30.0), [1.0, 0.0])
    np.testing.assert_allclose(exits_of.shares_leaving_after(data, ["italy", "spain"], 30.0), [0.0, 1.0])
    assert exits_of.dependants_leaving(data, ["estonia", "latvia"], 30.0).value == 0.5
    assert exits_of.others_leaving(data, ["italy", "spain"], 30.0).value == 0.5


def test_permanent_exits_are_those_of_january_to_september() -> None:
    leaving = np.zeros((1, 366))
    leaving[0, [91, 92, 200, 365]] = 1  # 31 December, 1 January, ..., 30 September
    assert exits_of.permanent_exits(days(members_leaving=leaving)).value == 3


# the Islamic State, Baghdad


def test_level_and_swings_of_the_islamic_state() -> None:
    quarters = np.repeat([[10, 20, 30, 20, 10, 10, 20, 20]], 13, axis=1).reshape(1, 104)
    data = weeks(islamic_state_attacks=np.sort(quarters))
    assert iraq.islamic_state_swings(data).value == pytest.approx(3.0)
    assert iraq.islamic_state_level(data).value == pytest.approx(17.5 * 365 / 7 / 12)


def test_top_three_share() -> None:
    cells = np.array([[[5.0, 1.0, 1.0, 2.0, 1.0]]])
    data = xr.Dataset({"islamic_state_attacks_by_governorate": (("world", "day", "cell"), cells)})
    assert iraq.top_three_share(data).value == pytest.approx(0.8)


def left(rates: np.ndarray, shares: np.ndarray) -> xr.Dataset:
    """Return worlds with these IS attacks per week and troop shares, at the start one attack per day."""
    data = weeks(islamic_state_attacks=rates, lead_troop_share=shares)
    return data.assign(islamic_state_at_start=("world", np.ones(len(rates))))


def test_the_resurgence_clock_starts_when_the_exit_is_complete() -> None:
    length = 4 + 3 * 52
    share = np.full((2, length), 0.02)
    share[:, :3] = [1.0, 0.6, 0.3]
    share[1, 3:] = 0.3  # withdrawn: never complete
    rates = np.full((2, length), 7.0)
    rates[:, 4 + 52 : 4 + 104] = 14.0
    rates[:, 4 + 104 :] = 21.0
    data = left(rates, share)
    np.testing.assert_array_equal(iraq.completed_in_week(data), [3, -1])
    for year, expected in ((1, 1.0), (2, 2.0), (3, 3.0)):
        measured = iraq.resurgence(data, year)
        assert (measured.value, measured.count) == (pytest.approx(expected), 1)
    assert iraq.resurgence(data.isel(week=slice(0, length - 1)), 3).count == 0


def test_an_early_doubling_is_a_quarter_of_the_first_half_year() -> None:
    rates = np.full((3, 60), 7.0)
    rates[0, 14:27] = 14.0  # the last 13 weeks of the half-year after week 0
    rates[1, 15:28] = 14.0  # a week too late
    assert iraq.no_early_doubling(left(rates, np.zeros((3, 60)))).value == pytest.approx(2 / 3)


def test_incidents_count_while_the_embassy_is_open_and_protected() -> None:
    presence, protection = np.ones((1, 52)), np.full((1, 52), 0.5)
    presence[0, 26:] = 0.3
    protection[0, :13] = 0.4
    data = weeks(mission_presence=presence, green_zone_protection=protection, incident_hazard=np.full((1, 52), 0.01))
    assert iraq.crowd_incidents(data).value == pytest.approx(0.01 * 365 / 7)
    everywhere = data.assign(green_zone_protection_by_week=protection.max() + 0.0 * data["green_zone_protection_by_week"])
    assert iraq.crowd_incidents(everywhere).count == 1


def test_probabilities_are_shares_of_worlds() -> None:
    data = totals(government_falls=[0, 2, 1, 0], security_closures=[0, 0, 0, 1], civilian_deaths_by_islamic_state=[1, 2, 3, 9])
    assert iraq.happens_within_a_year(data, "government_falls").value == 0.5
    assert iraq.happens_within_a_year(data, "security_closures").value == 0.25
    assert iraq.victims_of_islamic_state(data).value == 2.5


# signs


def test_signs_are_shares_of_worlds_by_variant() -> None:
    forms = {"forms": ["enablers", "itself"]}
    stay = totals(islamic_state_attacks_last_month=[10, 10, 0, 10]).assign_coords(day=[730])
    pullout = totals(islamic_state_attacks_last_month=[20, 5, 7, 11]).assign_coords(day=[730])
    pullout["form_islamic_state_depends_on"] = ("world", np.array([0, 1, 1, 1]), forms)
    assert signs.islamic_state_higher(pullout, stay).value == pytest.approx(2 / 3)  # the third world has no ratio
    assert signs.islamic_state_higher(pullout, stay, "itself").value == 0.5


def test_the_knock_on_is_positive_where_more_are_out() -> None:
    pullout, without = totals(members_out=[5, 2, 3]), totals(members_out=[1, 2, 4])
    pullout["form_knock_on_form"] = ("world", np.array([0, 0, 1]), {"forms": ["cascade", "free_standing"]})
    assert signs.knock_on_positive(pullout, without, day=365).value == pytest.approx(1 / 3)
    assert signs.knock_on_positive(pullout, without, "cascade", day=365).value == 0.5


def test_propensity_is_compared_from_the_announcement_to_the_end_of_the_exit() -> None:
    share = np.tile([1.0, 1.0, 0.8, 0.4, 0.0, 0.0, 0.0], (2, 1))
    here = np.array([[9.0, 9, 1, 1, 1, 9, 9], [0.0, 0, 3, 2, 3, 0, 0]])
    pullout = weeks(lead_troop_share=share, propensity=here)
    stay = weeks(propensity=np.full((2, 6), 2.0))
    assert signs.propensity_lower(pullout, stay, 14.0).value == 0.5
