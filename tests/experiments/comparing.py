"""A finished comparison on disk, made by hand: no world was run for it."""

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from storing import outcomes

from experiments.config.defaults import declared
from experiments.storage.comparison import name_of
from experiments.storage.read import ArmStore
from experiments.storage.write import ArmWriter


def comparison(results: Path, worlds: int = 4) -> Path:
    """Write two arms and the comparison of them, and return its folder; the pullout has 1 attack more in each world."""
    written = _written(worlds)
    shutil.copytree(Path(written.name), results, dirs_exist_ok=True)
    (folder,) = (path.name for path in Path(written.name).iterdir() if path.name != "arms")
    return results / folder


@cache
def _written(worlds: int) -> TemporaryDirectory[str]:
    written = TemporaryDirectory()
    results = Path(written.name)
    rows = []
    for arm in ("stay", "us_pullout"):
        data = outcomes(0, worlds)
        data["attacks"] = data["attacks"] + (arm != "stay")
        store = ArmStore(results / "arms" / f"{arm}-0123456789")
        with ArmWriter(store, worlds) as writer:
            writer.write_chunk(0, data)
            config = {group: dict(entries) for group, entries in declared().items()}
            config["militias"]["effect_of_restraint"] = 1.5
            writer.write_config({**config, "policies": {}})
            swept = [f"scenario={arm}", "militias.effect_of_restraint=1.5"]
            run = {"worlds": worlds, "seconds": 1.0, "versions": {"knockon": "0.2.0", "numpy": "2.2.0"}, "python": "3.12.1", "commit": "abc"}  # fmt: skip
            about = {"scenario": arm, "key": "0123456789", "seed": 20200930, "days": 730, "worlds": worlds, "swept": swept}
            writer.write_manifest({**about, "runs": [run], "identity": {"model": "xyz"}})
        rows.append(
            {"arm": arm, "reference": "stay", "folder": store.path.name, "worlds": worlds, "days": 730, "seed": 20200930, "key": "0123456789"}
        )  # fmt: skip
    folder = results / name_of([(row["arm"], row["key"], worlds, "stay") for row in rows])
    (folder / "tables").mkdir(parents=True)
    (folder / "figures").mkdir()
    pd.DataFrame(rows).to_csv(folder / "arms.csv", index=False)
    (folder / "tables" / "comparison.csv").write_text("arm,outcome\nstay,attacks\n")
    (folder / "figures" / "fans.pdf").write_bytes(b"%PDF")
    (folder / "report.html").write_text("<html></html>")
    return written
