"""The stored hashes of sources: the next process reads them, and computes them anew if the file is damaged."""

import subprocess
import sys
from pathlib import Path

ASK = """
from experiments.config import sources
files, parse = [], sources.ast.parse
sources.ast.parse = lambda content: files.append(content) or parse(content)
print(sources.sources_hash(["sim.model"]), len(files) > 0)
"""


def ask(cache: Path) -> list[str]:
    """Return the hash of the model's sources in a new process, and whether files were parsed for it."""
    environment = {"XDG_CACHE_HOME": str(cache), "PATH": "", "HOME": str(cache)}
    return subprocess.run(
        [sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, check=True
    ).stdout.split()


def test_hashes_are_kept_for_the_next_process_and_never_believed_when_damaged(tmp_path: Path) -> None:
    first, parsed = ask(tmp_path)
    assert (parsed, ask(tmp_path)) == ("True", [first, "False"])
    (file,) = tmp_path.rglob("sources-*.json")
    written = bytearray(file.read_bytes())
    written[len(written) // 2] ^= 1
    for harm in (bytes(written), b"", b"{}"):
        file.write_bytes(harm)
        assert ask(tmp_path) == [first, "True"]
