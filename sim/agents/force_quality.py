"""The quality of local forces: what advice, arrests, a caretaker and trust do to it."""

from sim.distributions import clip
from sim.rule import rule


@rule
def force_quality_after(
    quality: float,
    force_quality_adjustment_rate: float,
    advice: float,
    force_quality_loss_without_advisers: float,
    recent_arrests: float,
    arrest_level_divided: float,
    force_quality_loss_when_divided: float,
    caretaker_days_left: float,
    caretaker_loss: float,
    effect_on_force_quality: float,
    disputed_weight: float,
    effort: float,
    trust_above_neutral: float,
) -> float:
    """Return the quality of local forces (0-1, 1 at the start) a day later.

    F* = 1 - F_loss (1 - advice) - b_div [recent arrests > level] - F_care [caretaker]
    + b_pk disputed effort (trust - neutral);  F += chi (F* - F)

    Source: erosion of Iraqi forces 2011-14 (F_loss, chi); judgement (the rest).
    """
    target = 1.0 - force_quality_loss_without_advisers * (1.0 - advice)
    if recent_arrests > arrest_level_divided:
        target -= force_quality_loss_when_divided
    if caretaker_days_left > 0.0:
        target -= caretaker_loss
    target += effect_on_force_quality * disputed_weight * effort * trust_above_neutral
    return clip(quality + force_quality_adjustment_rate * (target - quality), 0.0, 1.0)
