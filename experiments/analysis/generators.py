"""Random numbers for statistics such as resampling: one generator per label. Worlds use the dice of the model instead."""

import hashlib

import numpy as np


def address(label: str) -> tuple[int, int]:
    """Return two 32-bit words for a label, the same on every machine and in every run."""
    digest = hashlib.blake2b(label.encode(), digest_size=8).digest()
    return int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:], "little")


def generator(seed: int, label: str) -> np.random.Generator:
    """Return the generator of a label."""
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(entropy=seed, spawn_key=(*address(label), 1, 0))))
