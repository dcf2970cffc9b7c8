"""Put comparisons together without running a world: knockon join compare-0123456789 compare-abcdef0123.

  knockon join results/compare-0123456789 results/compare-abcdef0123
  knockon join compare-0123456789 compare-abcdef0123 results=elsewhere
  knockon join compare-0123456789 compare-abcdef0123 title='Dates and doses'

All arms are compared again, on the worlds that they have in common; an arm in several comparisons counts once. All arms must
have the same seed and horizon, and the present sources must be those that computed them.

settings:
  results  folder of the results
  title    of the new comparison
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path


def main(arguments: Sequence[str]) -> None:
    """Compare the arms of several comparisons."""
    from experiments.config.arm import Arm
    from experiments.config.compose import compose, name_of
    from experiments.config.files import place_of
    from experiments.errors import InputError
    from experiments.storage.arms import name_arms
    from experiments.storage.comparison import read_comparison, words_and_settings
    from experiments.studies.compare.report import report

    names, given = words_and_settings("join", arguments, {"results": "results", "title": ""})
    if len(names) < 2:
        raise InputError(f"join takes two comparisons or more, not {len(names)}: knockon results lists them")
    results, arms = place_of(given["results"]), dict[str, Arm]()
    for name in names:
        comparison = read_comparison(Path(name) if Path(name).is_dir() else results / name)
        for label, store in comparison.stores.items():
            manifest = comparison.manifest(label)
            overrides = [one for one in manifest.get("swept", []) if name_of(one) not in ("scenario", "experiment")]
            arm = compose(manifest["scenario"], *overrides, results=comparison.folder.parent)
            if arm.key != store.key:
                raise InputError(
                    f"{comparison.folder}: with the present sources and configs, {label} has another key ({arm.key}, not"
                    f" {store.key}): run the command of this comparison again, then join"
                )
            worlds = min(comparison.worlds[label], arms[arm.key].worlds if arm.key in arms else comparison.worlds[label])
            reference = str(comparison.manifest(comparison.references[label])["scenario"])  # as it was compared
            arms[arm.key] = replace(arm, worlds=worlds, reference=reference, title=given["title"])
    report(name_arms(list(arms.values())))
