"""The results in a folder: list them on the screen, open the page of one, remove one after a question."""

import shutil
import sys
import webbrowser
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd

from experiments.config.compose import compose, name_of
from experiments.config.files import read_json
from experiments.errors import InputError, nearest
from experiments.reports.folder import MANIFEST
from experiments.storage.about import read_about
from experiments.storage.comparison import ARMS
from experiments.storage.read import ArmStore
from experiments.storage.write import in_nobodys_use

SAME, OTHER, UNKNOWN = "same", "other", "?"


@dataclass(frozen=True, slots=True)
class Stored:
    """A result in its folder.

    Attributes:
        job: the job that wrote it. `title`: given by the analyst, or empty.
        arms: folder by label. `worlds`, `days`, `seed`: of its arms. `sweep`: settings that differ, with their values.
        written: when, in seconds. `own`, `shared`: bytes of its folder and of its arms.
    """

    folder: Path
    job: str
    title: str
    arms: Mapping[str, Path]
    worlds: int
    days: int
    seed: str
    version: str
    sweep: Mapping[str, list[str]]
    written: float
    own: int
    shared: int

    @property
    def scenarios(self) -> list[str]:
        """Return the scenarios of its arms."""
        return list(dict.fromkeys(folder.name.rpartition("-")[0].partition(",")[0] for folder in self.arms.values()))

    @property
    def when(self) -> str:
        """Return when it was written."""
        return datetime.fromtimestamp(self.written).isoformat(" ", "minutes")


def stored_in(results: Path) -> list[Stored]:
    """Return the results below a folder, the newest first; unfinished ones are left out."""
    if not results.is_dir():
        raise InputError(f"results={results}: there is no such folder; knockon compare creates it")
    found = [_read(folder) for folder in results.iterdir() if folder.name != "arms" and (folder / ARMS).is_file()]
    return sorted(filter(None, found), key=lambda one: (-one.written, one.folder.name))


def _read(folder: Path) -> Stored | None:
    try:
        listed = pd.read_csv(folder / ARMS, dtype=str, keep_default_na=False)
    except (OSError, ValueError):
        return None
    if not {"arm", "folder", "worlds", "days", "seed"} <= {*listed.columns} or not len(listed):
        return None
    about, asked = read_about(folder), read_json(folder / MANIFEST)
    arms = {str(row["arm"]): folder.parent / "arms" / str(row["folder"]) for row in listed.to_dict("records")}
    return Stored(
        folder=folder,
        job=folder.name.rpartition("-")[0] or folder.name,
        title=str(about.get("title", "")),
        arms=arms,
        worlds=max(int(worlds) for worlds in listed["worlds"]),
        days=max(int(days) for days in listed["days"]),
        seed=", ".join(dict.fromkeys(listed["seed"])),
        version=str(about.get("knockon") or asked.get("knockon") or UNKNOWN),
        sweep=about.get("sweep", {}),
        written=(folder / ARMS).stat().st_mtime,
        own=_size_of(folder),
        shared=sum(_size_of(arm) for arm in set(arms.values())),
    )


def _size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def would_be_the_same(result: Stored) -> str:
    """Tell whether the present sources and configs give the arms of a comparison the keys that they have."""
    found = {_of_an_arm(ArmStore(folder)) for folder in result.arms.values()} if result.job == "compare" else {UNKNOWN}
    return next(answer for answer in (OTHER, UNKNOWN, SAME) if answer in found)


def _of_an_arm(store: ArmStore) -> str:
    manifest = store.manifest()
    if manifest is None or not isinstance(manifest.get("scenario"), str):
        return UNKNOWN
    overrides = [override for override in manifest.get("swept", []) if name_of(override) not in ("scenario", "experiment")]
    try:
        arm = compose(manifest["scenario"], *overrides)
    except InputError:
        return UNKNOWN  # it needs a folder of configs that is not given, or a setting that is gone
    return SAME if arm.key == store.key else OTHER


def chosen(results: Path, name: str) -> Stored:
    """Return the result with this name, start of a name, path or title."""
    found = stored_in(results)
    wanted = Path(name).name
    fits = [one for one in found if wanted == one.folder.name or (one.title and name == one.title)]
    fits = fits or [one for one in found if one.folder.name.startswith(wanted)]
    if len(fits) == 1:
        return fits[0]
    names = [one.folder.name for one in fits or found]
    if fits:
        raise InputError(f"{name} may be {', '.join(names)}: write more of it")
    there = f"; there are {', '.join(names)}" if names else "; there is none"
    raise InputError(f"{results} holds no result called {name!r}{nearest(name, names) or there}")


def _users_of(results: Path, but: Stored) -> dict[Path, list[str]]:
    others = [one for one in stored_in(results) if one.folder != but.folder]
    return {arm: [one.folder.name for one in others if arm in one.arms.values()] for arm in set(but.arms.values())}


def in_bytes(size: float) -> str:
    """Return a size for people."""
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            break
        size /= 1000
    return f"{size:.0f} {unit}" if unit == "B" or size >= 10 else f"{size:.1f} {unit}"


_MOST = 70
_HEADINGS = ("result", "written", "worlds", "days", "seed", "version", "size", "sources")


def list_results(results: Path, check: bool) -> None:
    """Print two lines on each result: its numbers, and its title or scenarios."""
    found = stored_in(results)
    if not found:
        print(f"{results} holds no finished result")
        return
    rows = [_HEADINGS]
    for one in found:
        size, same = in_bytes(one.own + one.shared), would_be_the_same(one) if check else "-"
        rows.append((one.folder.name, one.when, f"{one.worlds:,}", str(one.days), one.seed, one.version, size, same))
    widths = [max(len(row[place]) for row in rows) for place in range(len(_HEADINGS))]
    for place, row in enumerate(rows):
        print("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
        if place:
            print(f"    {_about(found[place - 1])}")
    print(
        "\nsources: same = the present source code would give the same worlds. size: of the result and its arms; other results"
        " may share these arms"
    )


def _about(one: Stored) -> str:
    swept = [f"{name}={','.join(values)}" for name, values in one.sweep.items()]
    text = ": ".join(filter(None, [one.title, "; ".join(filter(None, [", ".join(one.scenarios), *swept]))]))
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
    users = _users_of(results, one)
    alone = sorted(arm for arm, others in users.items() if not others and arm.is_dir())
    shared = sorted((arm, others) for arm, others in users.items() if others)
    sizes = in_bytes(one.own + sum(_size_of(arm) for arm in alone))
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
            nobody = "asks before it removes, but nobody can answer here"
            raise InputError(f"results rm {name} {nobody}: add yes=true, or dry_run=true")
        if input(f"Remove {sizes}? [y/N] ").strip().lower() not in ("y", "yes"):
            print("nothing was removed")
            return
    with in_nobodys_use(alone):
        for folder in (one.folder, *alone):  # first the list of arms, so that no result is left without them
            if folder.is_symlink() or not folder.resolve().is_relative_to(results.resolve()):
                raise InputError(f"{folder} does not lie in {results}: remove it by hand")
            shutil.rmtree(folder)
    print(f"removed {sizes}")
