"""In one line, what figures rest on: version, commit, and the key of each arm."""

from collections.abc import Mapping
from importlib.metadata import version

import pandas as pd

from experiments.config.arm import Arm
from experiments.storage.manifest import commit, listed, short_commit

_NAMED = 6
"""Arms whose keys the figures of many name."""


def in_one_line(provenance: pd.DataFrame) -> str:
    """Return what figures of a comparison rest on: version, commit, and the key and worlds of each arm."""
    arms = "; ".join(f"{arm.arm} {arm.key}, {arm.worlds} worlds" for arm in provenance.itertuples())
    versions, commits = listed(provenance["versions"]), listed(provenance["commits"])
    return f"Knock-on {version('knockon')}, results of version {versions}, commit {commits}: {arms}."


def computed_of(arms: Mapping[str, Arm]) -> str:
    """Return what figures of these arms rest on, computed just now: version, commit, and the key of each.

    Args:
        arms: by label; of many the first are named.
    """
    named = [f"{label} {arm.key}" for label, arm in arms.items()]
    others = [f"{len(named) - _NAMED} other arms"] if len(named) > _NAMED else []
    return f"Knock-on {version('knockon')}, commit {listed([short_commit(commit())])}: {'; '.join(named[:_NAMED] + others)}."
