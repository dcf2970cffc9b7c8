"""Tables of the theatre: which file is read, and which values no table may hold."""

from datetime import date
from pathlib import Path

import pytest

from sim.theatre.tables import DATA, DataError, Row, read_rows, table_path
from sim.theatre.theatre import read_theatre

SHIPPED = {
    "members": "coalition_members.csv",
    "factions": "factions.csv",
    "sites": "sites.csv",
    "governorates": "governorates.csv",
    "borders": "governorate_borders.csv",
    "neighbours": "neighbours.csv",
}
MEMBERS = "coalition_members.csv"


def rows(content: str) -> list[Row]:
    Path("own.csv").write_text(content, encoding="utf-8")
    return read_rows({"members": "./own.csv"}, "members")


def test_a_bare_name_is_the_shipped_table_or_one_of_the_working_folder() -> None:
    assert table_path(MEMBERS) == DATA / MEMBERS
    Path("mine.csv").write_text("a\n1\n", encoding="utf-8")
    assert table_path("mine.csv").resolve() == Path("mine.csv").resolve()
    assert table_path("./mine.csv") == Path("mine.csv")
    assert table_path("none.csv") == DATA / "none.csv"


def test_a_bare_name_of_two_tables_that_differ_is_refused_with_both() -> None:
    shipped = (DATA / MEMBERS).read_text(encoding="utf-8")
    Path(MEMBERS).write_text(shipped, encoding="utf-8")
    assert table_path(MEMBERS).read_text(encoding="utf-8") == shipped
    Path(MEMBERS).write_text(shipped.replace(",500,", ",600,", 1), encoding="utf-8")
    with pytest.raises(DataError) as refused:
        table_path(MEMBERS)
    said = (
        f"{MEMBERS} is a file of the working folder, and another is shipped as {DATA / MEMBERS}: write ./{MEMBERS} to use yours"
    )
    assert str(refused.value).startswith(said)
    with pytest.raises(DataError, match=f"^{MEMBERS} is a file of the working folder"):
        read_rows(SHIPPED, "members")
    assert table_path(f"./{MEMBERS}") == Path(MEMBERS)


def test_lines_are_those_of_the_file_and_cells_keep_their_columns() -> None:
    first, second = rows('a,b\n\n"x, y",1\nz,2\n')
    assert (first.line, first.text("a"), first.number("b")) == (3, "x, y", 1.0)
    assert (second.line, second.text("a")) == (4, "z")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a,b,a\n1,2,3\n", "./own.csv has the column a twice"),
        ("a,b\n1,2,\n", "./own.csv, line 2: it has 3 cells, and the header 2"),
        ("a,b\n1\n", "./own.csv, line 2: it has 1 cells, and the header 2"),
        ("a,b\n", "theatre.tables.members: ./own.csv has no rows"),
        ("", "theatre.tables.members: ./own.csv has no rows"),
        ('a,b\n"1,2\n', "theatre.tables.members: ./own.csv is not a readable CSV table"),
    ],
)
def test_a_table_that_is_none_is_one_line(content: str, said: str) -> None:
    with pytest.raises(DataError) as refused:
        rows(content)
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize("cell", ["inf", "-inf", "nan", "1e999", "-1", "NaN", "many"])
def test_a_number_is_finite(cell: str) -> None:
    (row,) = rows(f"troops\n{cell}\n")
    with pytest.raises(DataError, match=f"line 2: troops='{cell}' is not a number"):
        row.number("troops")


def changed(role: str, old: str, new: str) -> dict[str, str]:
    """Write a shipped table with something replaced, and return the tables with it."""
    text = (DATA / SHIPPED[role]).read_text(encoding="utf-8")
    assert old in text
    Path("changed.csv").write_text(text.replace(old, new, 1), encoding="utf-8")
    return {**SHIPPED, role: "./changed.csv"}


@pytest.mark.parametrize(
    ("role", "old", "new", "said"),
    [
        ("members", ",label,", ",title,", " has no column 'label'"),
        ("members", "\nitaly,", "\n../../x,", "line 3: member='../../x' is not a name of letters, digits, _ and -"),
        ("members", "\nitaly,Italy,present,500", "\nitaly,Italy,present,inf", "line 3: troops='inf' is not a number"),
        (
            "members",
            ",lead,baghdad_bases,",
            ",lead,moon,",
            "united_kingdom is hosted at 'moon'; hosted_at must be one of embassy, ",
        ),
        (
            "members",
            ",lead,baghdad_bases,",
            ",own,baghdad_bases,",
            "united_kingdom is hosted at 'baghdad_bases'; hosted_at must be",
        ),
        ("members", ",lead,baghdad_bases,", ",friends,,", "line 2: hosted_by='friends' is not "),
        ("governorates", ",erbil_base,", ",k1,", "nineveh is supported from 'k1'; that is none of the sites embassy, "),
        ("factions", "asaib_ahl_al_haq,", "a b,", "faction='a b' is not a name"),
        ("sites", "\nembassy,", "\n.,", "site='.' is not a name"),
        ("borders", "anbar,babil,", "anbar,anbar,", "line 2: anbar cannot border on itself"),
        ("borders", "anbar,babil,", "anbar,baghdad,", "line 3: the border of anbar and baghdad stands in it twice"),
        ("borders", "anbar,babil,", "baghdad,anbar,", "line 3: the border of anbar and baghdad stands in it twice"),
    ],
)
def test_what_no_theatre_can_have_is_one_line(role: str, old: str, new: str, said: str) -> None:
    with pytest.raises(DataError) as refused:
        read_theatre(date(2020, 9, 30), changed(role, old, new))
    assert said in str(refused.value)
    assert str(refused.value).startswith("./changed.csv")


def test_a_row_that_stands_twice_is_refused() -> None:
    line = next(line for line in (DATA / MEMBERS).read_text(encoding="utf-8").splitlines() if line.startswith("italy,"))
    with pytest.raises(DataError, match="italy stands in it twice"):
        read_theatre(date(2020, 9, 30), changed("members", line, f"{line}\n{line}"))
