"""The settings of the page: scenarios, policies by the fields of their classes, and the drawn assumptions."""

import inspect
import json
import re
from collections.abc import Mapping
from dataclasses import fields
from importlib.resources import files
from typing import Any, cast

import numpy as np

from experiments.config.arm import Arm
from experiments.config.defaults import HEADLINES, names_in
from experiments.config.display import display_of
from experiments.config.policies import shipped_policies
from experiments.figures.names import factor_name, in_words, sentence_case
from experiments.studies.explore.state import name_of_scenario
from sim.ledger.parameters import Domain, Parameter
from sim.policies.knock_on_exits import SCOPES
from sim.policies.policy import Policy

_CHOICES = {"scope": SCOPES}
"""Choices of settings that are words, from the model's own list."""
_STRIP = 24
"""Bars of the strip that shows a prior."""
_WIDEST = 4.0
"""Upper end of a positive number's slider, as a multiple of the shipped value."""


def about(arm: Arm) -> dict[str, Any]:
    """Return all settings that the page can move, as plain values; `arm` is any arm of the page."""
    return {
        "scenarios": {name: scenario(name) for name in names_in("scenario")},
        "policies": {name: _policy(kind, shipped, arm) for name, (kind, shipped) in shipped_policies().items()},
        "assumptions": [_assumption(one) for one in arm.ledger.numbers().values() if _can_be_held(one)],
        "outcomes": {one.outcome: sentence_case(one.heading) for one in HEADLINES},
        "members": {member.name: member.label for member in arm.theatre.members},
        "start": arm.theatre.start.isoformat(),
        "outlines": json.loads((files("sim") / "data" / "iraq_governorates.geojson").read_text(encoding="utf-8")),
    }


def scenario(name: str) -> dict[str, str]:
    """Return the readable name and the meaning of a scenario; its policies are composed when the scenario is chosen."""
    return {"title": name_of_scenario(name), "meaning": display_of(name).about}


def _policy(kind: type[Policy], shipped: Mapping[str, Any], arm: Arm) -> dict[str, object]:
    return {
        "title": sentence_case(in_words(re.sub(r"(?<!^)(?=[A-Z][a-z])", "_", kind.__name__).lower())),
        "meaning": " ".join(filter(None, (kind.description, sentence_case(kind.caveat)))),
        "shipped": {entry.name: shipped.get(entry.name) for entry in fields(kind)},
        "fields": [_field(kind, entry.name, shipped.get(entry.name), arm) for entry in fields(kind)],
    }


def _field(kind: type[Policy], name: str, shipped: Any, arm: Arm) -> dict[str, object]:
    """Return the control for a setting of a policy, from the declaration in the policy's class."""
    found: dict[str, object] = {"name": name, "title": in_words(name), "meaning": _meaning(kind, name), "shipped": shipped}
    if name == "start":
        return found | {"kind": "day", "title": "starts on day"}
    if name == "strength" and kind.switch:
        return found | {"kind": "switch"}
    if name == "strength":
        high = 1.0 if kind.strength_domain in (Domain.SHARE, Domain.PROBABILITY) else 2.0
        return found | {"kind": "number", "low": 0.0, "high": high, "step": 0.05}
    if name == kind.days_by_member:
        return found | {"kind": "days_by_member"}
    if isinstance(shipped, str):
        return found | {"kind": "choice", "choices": list(_CHOICES.get(name, (shipped,)))}
    if name in kind.reads:
        read = arm.ledger.parameters[kind.reads[name]]
        low, high = read.prior.bounds() if read.prior else (0.0, 2.0 * cast(float, read.value))
        return found | {"kind": "number", "low": low, "high": high, "step": _step(low, high), "reads": read.name,
                        "unit": read.unit}  # fmt: skip
    far = _WIDEST * shipped
    high = far if _allows(kind, name, far) else 1.0
    low = 0.0 if _allows(kind, name, 0.0) else shipped / _WIDEST
    step = _step(low, high)
    return found | {"kind": "number", "low": float(step * np.ceil(low / step - 1e-9)), "high": high, "step": step}


def _allows(kind: type[Policy], name: str, value: float) -> bool:
    dials = {dial: Parameter(dial, 1.0, None, Domain.NON_NEGATIVE) for dial in ("start", "strength")}
    try:
        kind(**dials, **{name: value})  # type: ignore[arg-type]
    except ValueError:
        return False
    return True


def _meaning(kind: type[Policy], name: str) -> str:
    """Return the sentence on a setting in the docstring of the class."""
    for owner in kind.__mro__:
        matched = re.search(rf"^ +{name}: (.+(?:\n {{6,}}.+)*)", inspect.getdoc(owner) or "", re.MULTILINE)
        if matched:
            return " ".join(matched[1].split()).replace("`", "")
    return ""


def _step(low: float, high: float) -> float:
    """Return a round step of about one fiftieth of the range."""
    size = 10.0 ** np.floor(np.log10((high - low) / 50.0))
    return float(next(step * size for step in (1, 2, 5, 10) if step * size >= (high - low) / 50.0))


def _can_be_held(parameter: Parameter) -> bool:
    return parameter.prior is not None and not isinstance(parameter.value, tuple) and parameter.prior.family != "dirichlet"


def _assumption(parameter: Parameter) -> dict[str, object]:
    prior, value = parameter.prior, cast(float, parameter.value)
    assert prior is not None
    low, high = prior.bounds()
    values = prior.quantile((np.arange(400) + 0.5) / 400, value)
    strip, _ = np.histogram(values, bins=_STRIP, range=(low, high))
    return {
        "name": parameter.name, "title": factor_name(parameter.name), "meaning": parameter.meaning, "unit": parameter.unit,
        "grade": parameter.grade, "source": " ".join(parameter.source.split()), "shipped": value, "low": low, "high": high,
        "step": _step(low, high) / 4, "strip": [round(float(part), 3) for part in strip / strip.max()],
    }  # fmt: skip
