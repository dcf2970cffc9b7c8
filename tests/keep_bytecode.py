"""If Python may not write the bytecode of a test run beside the sources, as in many containers, keep it in another folder.

Otherwise every process of the suite compiles all libraries anew: 10 s for each worker, 6 s for each command that a test starts.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

_FOLDER = Path(__file__).parents[1] / ".pytest_cache" / "bytecode"


def keep_bytecode() -> None:
    """Write bytecode below .pytest_cache, in this process and those it starts."""
    if not sys.dont_write_bytecode:
        return
    shutil.rmtree(_FOLDER / tempfile.gettempdir().lstrip("/"), ignore_errors=True)  # of copies that tests made, now gone
    sys.dont_write_bytecode, sys.pycache_prefix = False, str(_FOLDER)
    os.environ["PYTHONPYCACHEPREFIX"] = str(_FOLDER)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


keep_bytecode()
