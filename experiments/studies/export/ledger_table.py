"""Table 1 of a paper: every number that the model reads, by grade."""

from collections.abc import Mapping
from typing import Any

import pandas as pd


def ledger_table(config: Mapping[str, Any], shipped: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> pd.DataFrame:
    """Return every parameter as an arm has it, the best founded first.

    Args:
        config: of the arm, plain values.
        shipped: the ledger as its files have it, by group and entry; what is said of a number that was set stands there.

    Returns:
        One row per parameter: grade, group, parameter, value, prior, unit, meaning, source, set_for_this_arm.
    """
    rows = []
    for group, entries in shipped.items():
        for name, entry in entries.items():
            given = config.get(group, {}).get(name, entry)
            held = given if isinstance(given, Mapping) else {"value": given, "fixed": True}
            rows.append(
                {
                    "grade": entry["grade"],
                    "group": group,
                    "parameter": name,
                    "value": _written(held.get("value")),
                    "prior": _prior(held),
                    "unit": entry["unit"],
                    "meaning": entry["meaning"],
                    "source": entry["source"],
                    "set_for_this_arm": (held.get("value"), held.get("prior")) != (entry.get("value"), entry.get("prior")),
                }
            )
    return pd.DataFrame(rows).sort_values(["grade", "group"], kind="stable", ignore_index=True)


def grades_table(ledger: pd.DataFrame, grades: Mapping[str, str]) -> pd.DataFrame:
    """Count the parameters by grade: all, those with a prior, those fixed, those set for this arm.

    Args:
        ledger: of `ledger_table`.
        grades: what each grade stands for.
    """
    rows = []
    for grade, meaning in grades.items():
        of_grade = ledger[ledger["grade"] == grade]
        fixed = of_grade["prior"] == "fixed"
        rows.append(
            {
                "grade": grade,
                "meaning": meaning,
                "parameters": len(of_grade),
                "share": len(of_grade) / len(ledger),
                "with_a_prior": int((~fixed).sum()),
                "fixed": int(fixed.sum()),
                "set_for_this_arm": int(of_grade["set_for_this_arm"].sum()),
            }
        )
    return pd.DataFrame(rows)


def _written(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_written(entry)}" for name, entry in value.items())
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _prior(held: Mapping[str, Any]) -> str:
    prior = held.get("prior")
    if not isinstance(prior, (list, tuple)):
        return "fixed"
    kind, *numbers = prior
    return f"{kind}({', '.join(map(_written, numbers))})"
