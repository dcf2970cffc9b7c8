"""Compare the model with the targets of `conf/patterns/targets.yaml`: write the scorecard and draw it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.config.arm import Arm
from experiments.config.defaults import conf_folder
from experiments.config.fields import read
from experiments.config.files import read_yaml
from experiments.errors import InputError, nearest
from experiments.figures.draw import on_pages, write
from experiments.figures.page_layout import POINTS, Grid, folded, wrap, write_at
from experiments.figures.style import COLOURS, FAINT, INK, NOTE, in_style
from experiments.figures.venue import venue
from experiments.reports.folder import figures_of, write_result
from experiments.studies.validate.pattern_runs import run_all
from experiments.studies.validate.patterns import PATTERN_STATISTICS
from experiments.studies.validate.scorecard import BY_WORLD, FAIL, REPORTED, Target, failures, score, target_text, used_in

_ROW, _LINE = 0.165, 0.115
"""Height of a row, and of each further line, inches."""
_BEFORE, _SIZE = 0.3, NOTE
_LEFT, _RIGHT = 3.1, 2.8
"""Room for the statistic and for the other columns, inches."""
_TARGET, _MEASURED = "#cfcfcf", COLOURS[0]
_COLUMNS: Mapping[str, float] = {"measured": 0.08, "target": 1.22, "used in": 1.95}
"""Distance between the end of the scales and the columns at the right, inches."""


def targets_file() -> Path:
    """Return the file of the targets."""
    return conf_folder() / "patterns" / "targets.yaml"


def read_targets(file: Path) -> dict[str, Target]:
    """Read the targets, by key."""
    targets = read(dict[str, Target], f"{file}: targets", read_yaml(file)["targets"])
    if unknown := [key for key in targets if key not in PATTERN_STATISTICS]:
        raise InputError(f"{file}: there is no statistic {unknown[0]!r}{nearest(unknown[0], PATTERN_STATISTICS)}")
    if missing := [key for key in PATTERN_STATISTICS if key not in targets]:
        raise InputError(f"{file} has no entry for {', '.join(missing)}")
    return targets


def validate(arms: Mapping[str, Arm], targets: Mapping[str, Target], worlds: int) -> pd.DataFrame:
    """Run the ensembles of the patterns and return the scorecard, one row per target."""
    ensembles = run_all(arms, worlds)
    return score(targets, {key: statistic(ensembles) for key, statistic in PATTERN_STATISTICS.items()})


def write_scorecard(arms: Mapping[str, Arm], targets: Mapping[str, Target], scorecard: pd.DataFrame) -> Path:
    """Write and draw the scorecard; return the folder."""
    stay = arms["stay"]
    asked = {"targets": {key: str(target) for key, target in targets.items()}, "overrides": list(stay.swept)}
    folder = write_result("validate", asked, arms, {"scorecard": scorecard}, found={"failed": failures(scorecard)})
    drawn = f"{stay.worlds:,} worlds, uncertainty: {stay.ledger.uncertainty.value}, seed {stay.seed}."
    about = {"Title": "Scorecard of the model's patterns", "Subject": drawn, "Keywords": folder.name}
    with figures_of(folder, arms) as place:
        pages = on_pages(list(scorecard.index), lambda rows: scorecard_figure(scorecard.loc[list(rows)], drawn))
        write(pages, place / "scorecard", about)
    return folder


@in_style("Scorecard: which targets does the model meet?")
def scorecard_figure(scorecard: pd.DataFrame, about: str) -> Figure:
    """Draw every statistic of a scorecard with its target, one row per statistic, each on its own scale."""
    note = (
        "Each row has its own scale. Grey: the target. Line: 5 % to 95 % of worlds, or a rate, mean or share ± two Monte Carlo"
        " errors. Filled: the target is met; cross: it is missed. Asterisk: required. Used in: the fact"
        f" informed a prior or the calibration of a posterior, so it is not an independent check. {about}"
    )
    rows = scorecard.to_dict("records")
    narrow = venue().width < _LEFT + _RIGHT
    left, right = (0.68 * venue().width, 0.08) if narrow else (min(_LEFT, venue().width - _RIGHT - 0.9), _RIGHT)
    texts = [_texts(row, left - _BEFORE, narrow) for row in rows]
    height = _LINE * max(text["statistic"].count("\n") + 1 for text in texts) + _ROW - _LINE
    grid = Grid(1, 1, height * len(rows), left=left, right=right, above=0.26, below=0.04, note=note)
    figure, (axes,) = grid.build(extra=0.04)
    axes.set(xlim=(0.0, 1.0), ylim=(len(rows) - 0.5, -0.5))
    axes.axis("off")
    headings = {"#": "#", "statistic": "statistic (* required)", **({} if narrow else {name: name for name in _COLUMNS})}
    _write(axes, -0.5 - 0.4 * _ROW / height, headings, left, "bold")
    before = None
    for place, (row, text) in enumerate(zip(rows, texts, strict=True)):
        if row["number"] != before and place:
            axes.axhline(place - 0.5, color=_TARGET, linewidth=0.4, zorder=0)
        _draw(axes, place, row)
        first = {"#": str(row["number"])} if row["number"] != before else {}
        _write(axes, place, {**first, **text}, left, "normal")
        before = row["number"]
    return figure


def _ends(row: Mapping[Any, Any]) -> tuple[float, float, float]:
    value, error, q05, q95 = (row[name] for name in ("value", "error", "q05", "q95"))
    if row["rule"] in BY_WORLD and np.isfinite(q05):
        return value, q05, q95
    reach = 2.0 * error if np.isfinite(error) else 0.0
    return value, value - reach, value + reach


def _draw(axes: Axes, place: int, row: Mapping[Any, Any]) -> None:
    value, start, end = _ends(row)
    if not np.isfinite(value):
        return
    if row["verdict"] == REPORTED:  # there is no scale on which a number alone has a place
        axes.text(0.5, place, "no target", size=_SIZE, ha="center", va="center", color=FAINT, gid=REPORTED)
        return
    low, high = row["low"], row["high"]
    known = [edge for edge in (start, end, low, high) if np.isfinite(edge)]
    least, most = min(known), max(known)
    room = 0.12 * (most - least or abs(value) or 1.0)
    least, most = least - room, most + room

    def at(number: float) -> float:
        return (number - least) / (most - least)

    if np.isfinite(low) or np.isfinite(high):
        left, right = (at(low) if np.isfinite(low) else 0.0), (at(high) if np.isfinite(high) else 1.0)
        middle, width = (left + right) / 2.0, max(right - left, 0.014)
        axes.barh(place, width, 0.72, middle - width / 2.0, color=_TARGET, linewidth=0, zorder=1, gid="target")
    axes.plot([at(start), at(end)], [place] * 2, color=_MEASURED, linewidth=1.3, solid_capstyle="butt", zorder=2)
    marker = "X" if row["verdict"] == FAIL else "o"
    edge = "white" if row["verdict"] == FAIL else _MEASURED
    axes.plot(
        [at(value)], [place], marker, color=_MEASURED, markeredgecolor=edge, markeredgewidth=0.7,
        markersize=5.4 if row["verdict"] == FAIL else 4.0, zorder=3, gid=str(row["verdict"]),
    )  # fmt: skip


def _texts(row: Mapping[Any, Any], room: float, narrow: bool) -> dict[str, str]:
    """Return the texts of a row by column; on a narrow page, all texts stand below the statistic."""
    statistic = f"{row['pattern']}: {row['statistic']}{' *' if row['required'] else ''}"
    value, start, end = _ends(row)
    measured = f"{_short(value)} ({_short(start)} to {_short(end)})" if np.isfinite(value) else ""
    target, used = target_text(row), used_in(row)
    if not narrow:
        return {"statistic": folded(statistic, room, _SIZE), "measured": measured, "target": target, "used in": used}
    further = f"{measured}; target {target}" if target else measured
    lines = [*wrap(statistic, room, _SIZE), *wrap(further, room, _SIZE), *([f"used in {used}"] if used else [])]
    return {"statistic": "\n".join(lines)}


def _short(number: float) -> str:
    return f"{number:.3g}" if abs(number) >= 1.0 else f"{number:.2g}".replace("-", "\N{MINUS SIGN}")


def _write(axes: Axes, place: float, texts: Mapping[str, str], left: float, weight: str) -> None:
    """Write a row of texts, the headings bold."""
    for column, text in texts.items():
        at, offset = (1.0, _COLUMNS[column]) if column in _COLUMNS else (0.0, (0.24 if column == "#" else _BEFORE) - left)
        look: dict[str, Any] = {"size": _SIZE, "va": "center", "color": INK, "annotation_clip": False, "linespacing": 1.15}
        look |= {"ha": "right" if column == "#" else "left", "weight": weight if text == column or at == 0.0 else "normal"}
        write_at(axes, text, (at, place), (POINTS * offset, 0), **look)
