"""The day, stage by stage: who does what, and in which order."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sim.model import IraqModel


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the day: who does what.

    Attributes:
        story: what happens, in plain words.
        kind: the model's attribute that acts. `method`: the method of this kind.
    """

    story: str
    kind: str
    method: str


DAY: tuple[Stage, ...] = (
    Stage("known events happen and policies take effect on their day", "levers", "act"),
    Stage("the lead nation reviews its ultimatum; a successor may withdraw the exit", "lead", "decide_on_exit"),
    Stage("its troops go on leaving", "lead", "leave"),
    Stage("patron and members see what is announced", "lead", "perceive"),
    Stage("the patron restrains the militias or lets go; campaigns wax and wane", "patron", "steer"),
    Stage("a truce begins or ends", "truce", "settle"),
    Stage("the lead nation strikes the militias or not", "lead", "retaliate"),
    Stage("the government enforces, arrests, protects, takes a stance", "government", "govern"),
    Stage("each member of the coalition stays, leaves or returns", "coalition", "decide"),
    Stage("the NATO mission grows or withers", "nato", "adjust"),
    Stage("the presence of the troops at the sites is brought up to date", "sites", "deploy"),
    Stage("air power, surveillance and advice are set to what is left of them", "enablers", "support"),
    Stage("the militias attack", "militias", "attack"),
    Stage("attacks on sites land", "sites", "land"),
    Stage("displaced attacks land", "elsewhere", "land"),
    Stage("the harm of the day is added up", "harm", "add_up"),
    Stage("the Islamic State grows and attacks", "islamic_state", "fight"),
    Stage("attacks on its region cost the Kurds' trust", "kurdistan", "react"),
    Stage("the street mobilises", "crowd", "mobilise"),
    Stage("the crowd comes to the embassy or not; the mission stays or goes", "embassy", "endure"),
    Stage("the government gains or loses capital, and may fall", "government", "politics"),
    Stage("the neighbours feel what crosses the border", "neighbours", "feel"),
    Stage("the militias remember", "militias", "remember"),
    Stage("the government remembers", "government", "remember"),
    Stage("the lead nation remembers", "lead", "remember"),
    Stage("everybody's picture of the situation moves", "situation", "remember"),
    Stage("the day is recorded", "records", "take"),
)
"""The day, stage by stage. Each reads only what earlier stages, or yesterday, settled."""

_OF_THE_COALITION = {
    ("levers", "act"), ("lead", "decide_on_exit"), ("lead", "leave"), ("lead", "perceive"), ("coalition", "decide"),
    ("records", "take"),
}  # fmt: skip
COALITION_ALONE: tuple[Stage, ...] = tuple(stage for stage in DAY if (stage.kind, stage.method) in _OF_THE_COALITION)
"""The day of a coalition whose theatre stands still: the lead leaves, the members decide, nobody else acts."""


class Observer(Protocol):
    """Receives each day at its end: it reads the model and never draws."""

    def take(self, model: "IraqModel") -> None:
        """Record the day."""


class Records:
    """Hands the day to the recorder, if there is one."""

    def __init__(self, model: "IraqModel", recorder: Observer | None) -> None:
        self.model = model
        self.recorder = recorder

    def take(self) -> None:
        """Record the day."""
        if self.recorder is not None:
            self.recorder.take(self.model)
