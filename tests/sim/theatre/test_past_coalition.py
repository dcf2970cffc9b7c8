"""A past coalition: its table, the arrivals of its members, and its day with fewer stages."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from conftest import arm

from sim.agents.codes import AWAITED, DRAWING_DOWN, OUT, PRESENT
from sim.day import COALITION_ALONE, DAY
from sim.model import IraqModel
from sim.theatre.past_coalition import read_past_coalition
from sim.theatre.tables import DataError

HEADER = "member,role,troops,arrival,decided,exit,framework_nation"
LEAD = "United States,lead,,1982-08-25,1984-02-07,1984-02-26,"
ITALY = "Italy,member,1400,1982-08-26,,1984-02-20,"
BRITAIN = "United Kingdom,member,115,1983-02-08,1984-02-08,1984-02-08,italy"


def table(tmp_path: Path, *rows: str, header: str = HEADER) -> str:
    file = tmp_path / "coalition.csv"
    file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return str(file)


def test_a_table_with_the_columns_that_are_needed_is_enough(tmp_path: Path) -> None:
    past = read_past_coalition(table(tmp_path, LEAD, ITALY, BRITAIN))
    assert (past.lead, past.announced, past.gone) == ("United States", date(1984, 2, 7), date(1984, 2, 26))
    assert [member.name for member in past.members] == ["italy", "united_kingdom"]
    assert (past.first_day, past.last_exit) == (date(1982, 8, 26), date(1984, 2, 20))
    assert past.members[1].framework_nation == "italy"
    assert past.stays[0].decided is None


def test_a_member_lives_at_a_base_of_the_lead_unless_the_table_says_otherwise(tmp_path: Path) -> None:
    past = read_past_coalition(table(tmp_path, LEAD, ITALY, BRITAIN))
    assert {member.hosted_by for member in past.members} == {"lead"}
    rows = (f"{LEAD},", f"{ITALY},own", f"{BRITAIN},")
    hosted = read_past_coalition(table(tmp_path, *rows, header=f"{HEADER},hosted_by"))
    assert [member.hosted_by for member in hosted.members] == ["own", "lead"]
    with pytest.raises(DataError, match="line 3: hosted_by='tent' is not"):
        read_past_coalition(table(tmp_path, *(row.replace("own", "tent") for row in rows), header=f"{HEADER},hosted_by"))


def test_another_reading_of_the_announcement_takes_the_place_of_the_tables(tmp_path: Path) -> None:
    assert read_past_coalition(table(tmp_path, LEAD, ITALY), date(1984, 1, 1)).announced == date(1984, 1, 1)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ((ITALY,), "0 rows of role lead"),
        ((LEAD, LEAD, ITALY), "2 rows of role lead"),
        ((LEAD, ITALY, ITALY), "italy stands in it twice"),
        ((LEAD, BRITAIN), "framework nation 'italy' of united_kingdom is no member"),
        ((LEAD, ITALY.replace("1400", "many")), "line 3: troops='many' is not a number"),
        ((LEAD, ITALY.replace("member", "ally")), "role='ally' is not lead or member"),
        ((LEAD, ITALY.replace("1984-02-20", "20 Feb 1984")), "exit='20 Feb 1984' is not a date such as"),
        ((LEAD, ITALY.replace("1984-02-20", "1982-01-01")), "exit=1982-01-01 of italy lies before 1982-08-26"),
        ((LEAD, ITALY.replace("1982-08-26", "")), "arrival of Italy is empty"),
        ((LEAD.replace("1984-02-07", ""), ITALY), "decided of United States is empty"),
        ((LEAD.replace("1984-02-26", "1984-01-01"), ITALY), "not after 1984-02-07"),
        ((LEAD, ITALY.replace("1984-02-20", "")), "no member has an exit"),
        ((LEAD, ITALY.replace("1984-02-20", "1983-02-20")), "no member was there on 1984-02-07"),
    ],
)
def test_what_cannot_be_right_is_told_in_a_line(tmp_path: Path, rows: tuple[str, ...], message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_past_coalition(table(tmp_path, *rows))


def test_a_missing_column_and_a_missing_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no column 'framework_nation'"):
        read_past_coalition(table(tmp_path, LEAD, header=HEADER.replace("framework_nation", "frame")))
    with pytest.raises(DataError, match="there is no file"):
        read_past_coalition("./none.csv")


def test_the_shipped_table_has_the_exits_of_the_evidence() -> None:
    """Thirty-nine members; 20 exits up to July 2008 and 19 after; 13 put down to the mandate's end."""
    stays = read_past_coalition("mnfi_members.csv").stays
    late = [stay for stay in stays if stay.exit and stay.exit >= date(2008, 8, 1)]
    assert (len(stays), len(late)) == (39, 19)
    assert sum(stay.trigger == "mandate expiry 2008" for stay in late) == 13
    assert {stay.member.mandate_renewal for stay in stays} == {date(2008, 12, 31)}


def alone(**arrivals: date) -> IraqModel:
    """Return the coalition of 2020 alone, some members of which arrive later."""
    chosen = arm("stay", "ensemble.worlds=8", "coalition.exit_hazard=1e-9")
    members = tuple(replace(member, arrival=arrivals.get(member.name)) for member in chosen.theatre.members)
    theatre = replace(chosen.theatre, members=members)
    return IraqModel(chosen.ledger, theatre, chosen.calendar, (), 8, chosen.seed, day=COALITION_ALONE)


def test_members_arrive_on_their_day() -> None:
    model = alone(italy=date(2020, 10, 3))
    italy = model.agent("italy")
    seen = []
    for _ in range(5):
        model.run(1)
        seen.append((int(italy.status[0]), float(italy.troops[0])))
    assert seen == [(AWAITED, 0.0)] * 3 + [(PRESENT, 500.0)] * 2
    assert model.coalition.remaining[0, 0] == pytest.approx(1.0)


def test_nobody_but_the_coalition_acts_in_its_day() -> None:
    model = alone()
    before = model.situation.attack_rate.copy()
    model.run(30)
    assert set(COALITION_ALONE) < set(DAY)
    assert np.array_equal(model.situation.attack_rate, before)
    assert not model.sites.attacks_in_all.any()


def test_members_follow_what_is_known_of_them_and_no_die() -> None:
    model = alone()
    coalition = model.coalition
    decided = np.zeros(coalition.status.shape, dtype=bool)
    model.day = 3
    row = coalition.names.index("italy")
    decided[row, :4] = True
    coalition.follow(decided)
    assert coalition.status[row].tolist() == [DRAWING_DOWN] * 4 + [PRESENT] * 4
    assert (coalition.decided_on[row, :4] == 3).all()
    for day in range(4, 300):
        model.day = day
        coalition.follow(np.zeros_like(decided))
    assert (coalition.status[row, :4] == OUT).all()
    starters = coalition.starter[:, 0] > 0.0
    starters[row] = False
    assert (coalition.status[starters] == PRESENT).all()


def test_hazards_are_those_of_the_decisions() -> None:
    """Share of worlds in which a member decides on the first day, against the mean of its chance."""
    chosen = arm("stay", "coalition.exit_hazard=0.05")
    model = IraqModel(chosen.ledger, chosen.theatre, chosen.calendar, (), 4096, chosen.seed, day=COALITION_ALONE)
    model.day = 0
    hazard = model.coalition.array()
    model.coalition.hazards(out=hazard)
    model.day = -1
    model.run(1)
    starters = model.coalition.starter[:, 0] > 0.0
    left = (model.coalition.status[starters] != PRESENT).mean(axis=1)
    expected = -np.expm1(-hazard[starters])
    error = np.sqrt(0.25 / 4096)
    assert np.abs(left - expected.mean(axis=1)).max() < 4 * error
