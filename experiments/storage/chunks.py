"""Chunks: the consecutive worlds that are stored together."""

from sim.worlds import CHUNK


def in_chunks(worlds: int) -> dict[int, int]:
    """Return how many of the first worlds each chunk has."""
    return {chunk: min(CHUNK, worlds - first) for chunk, first in enumerate(range(0, worlds, CHUNK))}


def spans(chunks: list[int]) -> str:
    """Return the worlds of chunks in words: "0 to 1023, 3072 to 4095"."""
    return ", ".join(f"{chunk * CHUNK} to {(chunk + 1) * CHUNK - 1}" for chunk in chunks)
