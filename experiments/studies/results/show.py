"""List results on the screen, open the page of one, remove one after a question."""

import shutil
import sys
import webbrowser
from collections.abc import Mapping
from pathlib import Path

from experiments.config.files import place_of
from experiments.errors import InputError
from experiments.storage.write import in_nobodys_use
from experiments.studies.results.stored import Stored, chosen, in_bytes, size_of, stored_in, users_of, would_be_the_same

_MOST = 70
_HEADINGS = ("result", "written", "worlds", "days", "seed", "version", "size", "sources")


def list_results(results: Path, check: bool) -> None:
    """Print two lines on each result: its numbers, and what it is about."""
    found = stored_in(results)
    if not found:
        print(f"{results} holds no finished result")
        return
    rows = [_HEADINGS, *(_row(one, would_be_the_same(one) if check else "-") for one in found)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(_HEADINGS))]
    for place, row in enumerate(rows):
        print("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
        if place:
            print(f"    {_about(found[place - 1])}")
    print("\nsources: same = the present ones would give the same worlds; size: with its arms, which others may use as well")


def _row(one: Stored, same: str) -> tuple[str, ...]:
    size = in_bytes(one.own + one.shared)
    return one.folder.name, one.when, f"{one.worlds:,}", str(one.days), one.seed, one.version, size, same


def _about(one: Stored) -> str:
    sweep = "; ".join(f"{name}={','.join(values)}" for name, values in one.sweep.items())
    scenarios = ", ".join(one.scenarios)
    text = ": ".join(filter(None, [one.title, "; ".join(filter(None, [scenarios, sweep]))]))
    return text if len(text) <= 2 * _MOST else f"{text[: 2 * _MOST]}..."


def open_result(results: Path, name: str, asked: Mapping[str, bool]) -> None:
    """Open the page of a result in a browser, if there is one, and print where it is."""
    folder = chosen(results, name).folder
    page = folder / "report.html"
    if page.is_file() and not asked["dry_run"]:
        webbrowser.open(page.absolute().as_uri())
    print(page if page.is_file() else folder)


def remove_result(results: Path, name: str, asked: Mapping[str, bool]) -> None:
    """Remove a result and the arms that no other result uses, after a question."""
    one = chosen(results, name)
    users = users_of(results, one)
    alone = sorted(arm for arm, others in users.items() if not others and arm.is_dir())
    shared = sorted((arm, others) for arm, others in users.items() if others)
    sizes = in_bytes(one.own + sum(size_of(arm) for arm in alone))
    with in_nobodys_use(alone):
        pass  # told before the question; held below while they are removed
    print(f"{one.folder} ({one.title or ', '.join(one.scenarios)})")
    for arm in alone:
        print(f"  and its arm {arm}")
    for arm, others in shared:
        print(f"  not {arm}: {', '.join(others)} uses it too")
    if asked["dry_run"]:
        print(f"{sizes} would be free; nothing was removed")
        return
    if not asked["yes"]:
        if not sys.stdin.isatty():
            raise InputError(
                f"results rm {name} asks before it removes, and nobody can answer here: add yes=true, or dry_run=true"
            )
        if input(f"Remove {sizes}? [y/N] ").strip().lower() not in ("y", "yes"):
            print("nothing was removed")
            return
    with in_nobodys_use(alone):
        for folder in (one.folder, *alone):  # first the list of arms, so that no result is left without them
            _remove(folder, place_of(str(results)))
    print(f"removed {sizes}")


def _remove(folder: Path, below: Path) -> None:
    if folder.is_symlink() or not folder.resolve().is_relative_to(below.resolve()):
        raise InputError(f"{folder} does not lie in {below}: remove it by hand")
    shutil.rmtree(folder)
