"""A posterior: draws of the parameters that agree with the year before, each with the initial state of its world."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from experiments.errors import InputError
from sim.arrays import Array
from sim.ledger.design import Design
from sim.ledger.parameters import Ledger
from sim.state import State
from sim.theatre.tables import DataError, table_path
from sim.worlds import Worlds

_STEPS = 2**16
"""Number of steps in which quantiles are stored, two bytes each."""
_STATE = "start."


@dataclass(frozen=True, eq=False)
class Posterior:
    """Equal draws of a posterior.

    Attributes:
        names: of the numbers and switches, as in a design. `priors`: of each in the calibration.
        quantiles: (draws, names) of these priors.
        state: at the eve of day 0 by name, (agents or 1, draws).
        made_with: hashes of the theatre, the history and the model of the calibration.
    """

    names: tuple[str, ...]
    priors: tuple[str, ...]
    quantiles: Array
    state: State
    made_with: Mapping[str, str]

    @property
    def draws(self) -> int:
        """Return the number of draws."""
        return len(self.quantiles)

    @cached_property
    def digest(self) -> str:
        """Return a hash of the posterior."""
        about = sha256(repr((self.names, self.priors)).encode())
        about.update(_steps(self.quantiles).tobytes())
        for name in sorted(self.state):
            about.update(name.encode() + self.state[name].astype("<f4").tobytes())
        return about.hexdigest()[:16]

    def design(self, ledger: Ledger) -> Design | None:
        """Return the draws as a design for a ledger, None if the ledger has none of the calibrated priors.

        Names that the ledger does not draw, or draws from another prior, are left out; if one of several shares that add up to
        one is left out, so are the others.
        """
        known, numbers = priors_of(ledger, self.names), ledger.numbers()
        others = {name for name, prior in zip(self.names, self.priors, strict=True) if known.get(name) != prior}
        priors = {name: numbers[name].prior for name in others & set(numbers)}
        broken = {numbers[name].name for name, prior in priors.items() if prior and prior.family == "dirichlet"}
        kept = [
            place
            for place, name in enumerate(self.names)
            if name not in others and not (name in numbers and numbers[name].name in broken)
        ]
        if not kept:
            return None
        names = tuple(self.names[place] for place in kept)
        return Design(names, self.quantiles[:, kept], ledger.worlds_per_draw, repeats=True)

    def left_out(self, ledger: Ledger) -> list[str]:
        """Return the calibrated names whose prior differs from that of a ledger, without the names that the ledger fixes."""
        known = priors_of(ledger, self.names)
        return [name for name, prior in zip(self.names, self.priors, strict=True) if known.get(name, prior) != prior]

    def start_of(self, worlds: Worlds, worlds_per_draw: int) -> State:
        """Return the initial states of worlds by name, (agents or 1, worlds); states that are missing here start as given."""
        draws = worlds.numbers // worlds_per_draw % self.draws
        return {name: values[:, draws].astype(np.float64) for name, values in self.state.items()}


def priors_of(ledger: Ledger, names: Sequence[str]) -> Mapping[str, str]:
    """Return the prior, in words, of each of these numbers and switches that a ledger draws."""
    numbers = ledger.numbers()
    found = {}
    for name in names:
        if name.startswith("switches.") and (switch := ledger.switches.get(name.removeprefix("switches."))):
            found[name] = ", ".join(f"{variant} {weight:g}" for variant, weight in switch.weights)
        elif parameter := numbers.get(name):
            values = dict(parameter.items())
            value = values.get(name.removeprefix(parameter.name).removeprefix("."), values.get(""))
            found[name] = f"{value:g} {parameter.prior}"
    return found


def write_posterior(file: Path, posterior: Posterior) -> None:
    """Write a posterior: quantiles in two bytes each, states in four."""
    texts = {"names": posterior.names, "priors": posterior.priors, "made_with": json.dumps(dict(posterior.made_with))}
    arrays = {name: np.array(text) for name, text in texts.items()} | {"quantiles": _steps(posterior.quantiles)}
    states = {f"{_STATE}{name}": values.astype("<f4") for name, values in posterior.state.items()}
    np.savez_compressed(file, allow_pickle=False, **arrays, **states)


def read_posterior(file: str) -> Posterior:
    """Read a posterior: of `sim/data/` by its bare name, or the analyst's own by a path with a slash."""
    try:
        path = table_path(file)
        state = path.stat()
    except DataError as error:
        raise InputError(f"ensemble.posterior: {error}") from None
    except FileNotFoundError:
        raise InputError(f"ensemble.posterior={file}: there is no such file; knockon calibrate writes one") from None
    except OSError as error:
        raise InputError(f"ensemble.posterior={file} is not a posterior of knockon calibrate ({error})") from None
    return _read(file, path.absolute(), state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=4)
def _read(file: str, path: Path, changed: int, size: int) -> Posterior:
    """Read one version of a file; the arms of a sweep share it."""
    where = f"ensemble.posterior={file}"
    try:
        with np.load(path, allow_pickle=False) as arrays:
            names, priors = (tuple(map(str, arrays[key])) for key in ("names", "priors"))
            made_with = json.loads(str(arrays["made_with"]))
            quantiles = (arrays["quantiles"].astype(np.float64) + 0.5) / _STEPS
            state = {name.removeprefix(_STATE): arrays[name] for name in arrays.files if name.startswith(_STATE)}
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile) as error:
        raise InputError(f"{where} is not a posterior of knockon calibrate ({error})") from None
    if not state:
        raise InputError(f"{where} has no states that worlds could start from: knockon calibrate makes a posterior")
    if quantiles.shape[1:] != (len(names),) or {len(quantiles)} != {values.shape[-1] for values in state.values()}:
        raise InputError(f"{where} is damaged: its draws, names and states differ in number")
    for array in (quantiles, *state.values()):
        array.setflags(write=False)
    return Posterior(names, priors, quantiles, state, made_with)


def _steps(quantiles: Array) -> Array:
    return np.minimum(quantiles * _STEPS, _STEPS - 1).astype("<u2")
