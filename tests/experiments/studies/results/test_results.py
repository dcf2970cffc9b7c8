"""Stored results are found again, told apart, and removed only on request."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from composing import composed
from conftest import Answer, is_one_line
from test_cli import SMALL, everything

from experiments.config.arm import what_is_set
from experiments.config.compose import compose
from experiments.engine.run import run_arm
from experiments.storage.about import about_of, write_about
from experiments.storage.arms import name_arms
from experiments.storage.comparison import ARMS, COLUMNS, Comparison
from experiments.storage.write import only_writer
from experiments.studies.results import study
from experiments.studies.results.study import in_bytes, stored_in, would_be_the_same

PRIOR = "ensemble.uncertainty=prior"
RESTRAINT = "militias.effect_of_restraint"


def compared(*arms: object) -> Comparison:
    """Run arms and write the comparison of them, without tables and figures."""
    named = name_arms(list(arms))
    for arm in named.values():
        run_arm(arm)
    comparison = Comparison.of(named)
    (comparison.folder / "tables").mkdir(parents=True)
    comparison.provenance[COLUMNS].to_csv(comparison.folder / ARMS, index=False)
    write_about(comparison.folder, about_of(named))
    return comparison


@pytest.fixture
def two() -> tuple[Comparison, Comparison]:
    """Write two comparisons that share an arm."""
    stay, leave = (compose(name, PRIOR, *SMALL, "title=All leave") for name in ("stay", "us_pullout"))
    return compared(stay, leave), compared(replace(stay, title=""), compose("stay", PRIOR, *SMALL, f"{RESTRAINT}=1.5"))


def test_an_arm_is_named_by_what_is_set_and_found_by_its_key() -> None:
    arm = composed("stay", PRIOR, f"{RESTRAINT}=1.5", "ensemble.days=40", "policies={}")
    assert arm.folder == Path(
        f"results/arms/stay,uncertainty=prior,effect_of_restraint=1.5,policies={{}}-{arm.key}".replace("{}", "")
    )
    old = Path(f"results/arms/stay-{arm.key}")
    old.mkdir(parents=True)
    again = replace(arm)
    assert again.folder == old, "a folder of an earlier version goes on"
    (Path("results/arms") / f"crackdown,a=1-{composed('stay', PRIOR).key}").mkdir()
    assert composed("stay", PRIOR).folder.name.startswith("stay,")


@pytest.mark.parametrize(
    ("swept", "name"),
    [
        (["scenario=stay", "ensemble.worlds=9", "ensemble.days=40", "ensemble=quick"], ""),
        (["policies.full_pullout.start=[uniform,14,60]"], ",start=_uniform_14_60"),
        (["~calendar.inauguration"], ",no_calendar.inauguration"),
        (['theatre.tables.members=./../\\:*?"<>|ü.csv'], ",members=.._.csv"),
        (["a.b=" + "x" * 500], ",b=" + "x" * 77 + "_etc"),
    ],
)
def test_names_of_folders_are_short_and_allowed_everywhere(swept: list[str], name: str) -> None:
    found = what_is_set(swept)
    assert not {*found} & {*'\\/:*?"<>| '}
    assert len(found) <= 84
    if "\\" not in swept[0]:
        assert found == name


def test_results_are_listed_newest_first_with_what_they_are(
    two: tuple[Comparison, Comparison], knockon: Callable[..., Answer]
) -> None:
    older, newer = two
    answer = knockon("results")
    lines = answer.out.splitlines()
    assert answer.code == 0
    assert lines[1].split()[0] == newer.folder.name
    assert lines[3].split()[0] == older.folder.name
    assert "All leave: stay, us_pullout" in lines[4]
    assert f"{RESTRAINT}=1.5" in lines[2]
    assert lines[1].split()[3:6] == ["8", "40", "20200930"]
    assert lines[1].endswith("same")


def test_other_sources_are_told(two: tuple[Comparison, Comparison], monkeypatch: pytest.MonkeyPatch) -> None:
    older = stored_in(Path("results"))[1]
    assert would_be_the_same(older) == "same"
    monkeypatch.setattr(study, "compose", lambda scenario, *given: composed("stay", PRIOR, "ensemble.seed=7"))
    assert would_be_the_same(older) == "other"
    assert would_be_the_same(replace(older, job="decide")) == "?"


def test_what_others_use_is_kept_and_named(two: tuple[Comparison, Comparison], knockon: Callable[..., Answer]) -> None:
    older, newer = two
    leave, stay = (older.stores[label].path for label in ("us_pullout", "stay"))
    before = everything()
    dry = knockon("results", "rm", older.folder.name[:10], "dry_run=true")
    assert dry.code == 0
    assert f"and its arm {leave}" in dry.out
    assert f"not {stay}: {newer.folder.name} uses it too" in dry.out
    assert everything() == before

    is_without_terminal = knockon("results", "rm", older.folder.name)
    assert is_without_terminal.code == 2
    assert "asks before it removes" in is_without_terminal.err
    assert everything() == before

    assert knockon("results", "rm", "All leave", "yes=true").code == 0
    assert not older.folder.exists()
    assert not leave.exists()
    assert stay.exists()
    assert newer.folder.exists()


@pytest.mark.parametrize(("answer", "is_gone"), [("y", True), ("", False), ("no", False)])
def test_it_asks(
    two: tuple[Comparison, Comparison],
    knockon: Callable[..., Answer],
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    is_gone: bool,
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: answer)
    knockon("results", "rm", two[0].folder.name)
    assert two[0].folder.exists() is not is_gone


@pytest.mark.parametrize("asked", ["yes=true", "dry_run=true"])
def test_a_folder_that_another_run_writes_is_not_removed(
    two: tuple[Comparison, Comparison], knockon: Callable[..., Answer], asked: str
) -> None:
    older, before = two[0], everything()
    arm = older.stores["us_pullout"].path
    with only_writer(arm):
        refused = knockon("results", "rm", older.folder.name, asked)
    is_one_line(refused, f"{arm} is in use by process", "nothing was removed")
    assert everything() == before
    assert knockon("results", "rm", older.folder.name, "yes=true").code == 0
    assert not arm.exists()


def test_a_page_is_opened(
    two: tuple[Comparison, Comparison], knockon: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    assert knockon("results", "open", two[0].folder.name).out == f"{two[0].folder}\n"
    page = two[0].folder / "report.html"
    page.write_text("")
    assert knockon("results", "open", two[0].folder.name).out == f"{page}\n"
    assert opened == [page.absolute().as_uri()]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("results", "mr", "x"), "results has no 'mr'; did you mean"),
        (("results", "rm"), "takes one name, not 0"),
        (("results", "rm", "nothing"), "holds no result called 'nothing'"),
        (("results", "rm", "compare-"), "write more of it"),
        (("results", "--all"), "--all is no setting"),
        (("results", "dry=true"), "did you mean dry_run"),
        (("results", "check=maybe"), "neither true nor false"),
        (("results", "results=nowhere"), "there is no such folder"),
    ],
)
def test_what_it_cannot_do_is_one_line(
    two: tuple[Comparison, Comparison], knockon: Callable[..., Answer], arguments: tuple[str, ...], said: str
) -> None:
    is_one_line(knockon(*arguments), said.partition("; did")[0])


def test_sizes_are_told_for_people() -> None:
    assert [in_bytes(size) for size in (7, 1500, 23_400_000, 5e12)] == ["7 B", "1.5 kB", "23 MB", "5000 GB"]
