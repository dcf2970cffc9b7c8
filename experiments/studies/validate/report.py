"""Compare the model with the targets of `conf/patterns/targets.yaml`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.config.arm import Arm
from experiments.config.defaults import conf_folder
from experiments.config.yaml_files import read_yaml
from experiments.errors import InputError, nearest
from experiments.figures import draw as figures
from experiments.reports.folder import figures_of, write_result
from experiments.studies.validate.pattern_runs import run_all
from experiments.studies.validate.patterns import MEASURES, measure
from experiments.studies.validate.scorecard import Criterion, Target, failures, score
from experiments.studies.validate.scorecard_figure import scorecard_figure


def targets_file() -> Path:
    """Return the file of the targets."""
    return conf_folder() / "patterns" / "targets.yaml"


def read_targets(file: Path) -> dict[str, Target]:
    """Read the targets, by key."""
    entries = read_yaml(file)["targets"]
    targets = {}
    for key, entry in entries.items():
        if key not in MEASURES:
            raise InputError(f"{file}: nothing is measured for {key!r}{nearest(key, MEASURES)}")
        try:
            fields: dict[str, Any] = {**entry, "number": str(entry["number"]), "rule": Criterion(entry.get("rule", "reported"))}
            targets[key] = Target(**fields)
        except (TypeError, ValueError, KeyError) as error:
            raise InputError(f"{file}: {key}: {error}") from None
    if missing := [key for key in MEASURES if key not in targets]:
        raise InputError(f"{file} has no entry for {', '.join(missing)}")
    return targets


def validate(arms: Mapping[str, Arm], targets: Mapping[str, Target], worlds: int) -> pd.DataFrame:
    """Run what the patterns need and return the scorecard, one row per target."""
    return score(targets, measure(run_all(arms, worlds)))


def write_scorecard(arms: Mapping[str, Arm], targets: Mapping[str, Target], scorecard: pd.DataFrame) -> Path:
    """Write and draw the scorecard; return the folder."""
    stay = arms["stay"]
    asked = {"targets": {key: str(target) for key, target in targets.items()}, "overrides": list(stay.swept)}
    folder = write_result("validate", asked, arms, {"scorecard": scorecard}, found={"failed": failures(scorecard)})
    drawn = f"{stay.worlds:,} worlds, uncertainty: {stay.ledger.uncertainty.value}, seed {stay.seed}."
    about = {"Title": "The model against its patterns", "Subject": drawn, "Keywords": folder.name}
    with figures_of(folder, arms) as place:
        pages = figures.on_pages(list(scorecard.index), lambda rows: scorecard_figure(scorecard.loc[list(rows)], drawn))
        figures.write(pages, place / "scorecard", about)
    return folder
