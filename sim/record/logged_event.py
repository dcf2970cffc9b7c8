"""Events in the log of a world: their kinds, the units of their magnitudes, and the event itself."""

from dataclasses import dataclass
from enum import StrEnum


class LoggedKind(StrEnum):
    """The kinds of events, in the order of the day."""

    POLICY = "policy begins"
    ELECTION = "lead's election"
    INAUGURATION = "successor inaugurated"
    ULTIMATUM_ISSUED = "ultimatum issued"
    ULTIMATUM_EXTENDED = "ultimatum extended"
    ULTIMATUM_EXECUTED = "ultimatum executed"
    ULTIMATUM_ENDED = "ultimatum ended"
    DIPLOMATS_LEAVE = "closing of the mission announced"
    PARTIAL_EXIT = "partial exit announced"
    FULL_EXIT = "full exit announced"
    WITHDRAWN = "announcement withdrawn"
    EXIT_COMPLETE = "announced exit complete"
    TRUCE_BEGINS = "truce begins"
    TRUCE_ENDS = "truce ends"
    STRIKE = "strike"
    ARREST = "arrest that lasts"
    ARREST_REVERSED = "arrest that is reversed"
    STANCE = "government's stance changes"
    DECIDES_TO_LEAVE = "decides to leave for good"
    KNOCKED_ON = "decides to leave for good, by the knock-on"
    ARRIVES = "troops arrive"
    RELOCATES = "troops relocate"
    RETURNS = "troops return"
    HAS_LEFT = "last troops leave"
    ATTACK = "attack on a site"
    DISPLACED_ATTACK = "displaced attack"
    FACADE_CLAIM = "claimed by a facade"
    COALITION_DEATHS = "coalition deaths"
    CIVILIAN_DEATHS = "Iraqi civilian deaths"
    FORCE_DEATHS = "Iraqi force deaths"
    MILITIA_DEATHS = "militia deaths"
    WOUNDED = "wounded"
    IS_ATTACK = "IS attack"
    RESURGENCE = "IS resurgence"
    SEVERE_RESURGENCE = "severe IS resurgence"
    INCIDENT = "crowd incident at the embassy"
    BREACH = "breach of the embassy"
    LETHAL_BREACH = "lethal breach of the embassy"
    MISSION_OPEN = "mission open again"
    MISSION_REDUCED = "mission reduced"
    MISSION_MOVED = "mission moved"
    MISSION_CLOSED = "mission closed"
    FALL = "government falls"
    EARLY_ELECTION = "early election held"
    CABINET = "cabinet takes office"


UNITS: dict[LoggedKind, str] = {
    LoggedKind.POLICY: "strength 0-1",
    **dict.fromkeys((LoggedKind.ULTIMATUM_ISSUED, LoggedKind.ULTIMATUM_EXTENDED), "days to the deadline"),
    **dict.fromkeys((LoggedKind.PARTIAL_EXIT, LoggedKind.FULL_EXIT), "share of the lead's troops"),
    LoggedKind.EXIT_COMPLETE: "persons of the lead left",
    LoggedKind.STANCE: "-1 asks to leave, 1 to stay",
    **dict.fromkeys(
        (LoggedKind.DECIDES_TO_LEAVE, LoggedKind.KNOCKED_ON, LoggedKind.ARRIVES, LoggedKind.RELOCATES, LoggedKind.RETURNS,
         LoggedKind.HAS_LEFT), "persons"),
    **dict.fromkeys((LoggedKind.ATTACK, LoggedKind.DISPLACED_ATTACK, LoggedKind.FACADE_CLAIM, LoggedKind.IS_ATTACK), "attacks"),
    **dict.fromkeys((LoggedKind.COALITION_DEATHS, LoggedKind.CIVILIAN_DEATHS, LoggedKind.FORCE_DEATHS,
                     LoggedKind.MILITIA_DEATHS), "deaths"),
    LoggedKind.WOUNDED: "persons",
    **dict.fromkeys((LoggedKind.RESURGENCE, LoggedKind.SEVERE_RESURGENCE), "times the capability at the start"),
    LoggedKind.CABINET: "1 close to the patron",
}  # fmt: skip
"""What the magnitude counts, by kind of event; for all other kinds the magnitude is 1."""


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One thing that happened.

    Attributes:
        day: of the model. `actor`: who did it.
        place: governorate, or "convoy routes"; empty if the model has none.
        target: site, displaced target or faction that it fell on; empty for none.
        magnitude: in the unit that `UNITS` gives for the kind; 1 for a kind without a unit.
    """

    day: int
    actor: str
    kind: LoggedKind
    place: str = ""
    target: str = ""
    magnitude: float = 1.0

    @property
    def unit(self) -> str:
        """Return what the magnitude counts."""
        return UNITS.get(self.kind, "events")
