"""The quality of local forces: what advice, arrests, a caretaker and trust do to it."""

from sim.distributions import clip
from sim.rule import rule


@rule
def force_quality_after(
    quality: float,
    adjustment_rate: float,
    advice: float,
    loss_without_advice: float,
    recent_arrests: float,
    divided_level: float,
    loss_when_divided: float,
    caretaker_days: float,
    loss_under_caretaker: float,
    effect_of_kurdish_forces: float,
    disputed: float,
    effort: float,
    trust_above_neutral: float,
) -> float:
    """Return the quality of local forces (0-1, 1 at the start) a day later.

    F* = 1 - F_loss (1 - advice) - b_div [recent arrests > level] - F_care [caretaker]
    + b_pk disputed effort (trust - neutral);  F += chi (F* - F)

    Source: erosion of Iraqi forces 2011-14 (F_loss, chi); judgement (the rest).
    """
    target = 1.0 - loss_without_advice * (1.0 - advice)
    if recent_arrests > divided_level:
        target -= loss_when_divided
    if caretaker_days > 0.0:
        target -= loss_under_caretaker
    target += effect_of_kurdish_forces * disputed * effort * trust_above_neutral
    return clip(quality + adjustment_rate * (target - quality), 0.0, 1.0)
