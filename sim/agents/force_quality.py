"""The quality of local forces: the effects of advice and arrests."""

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
    presence: float,
    local_share_of_enablers: float,
) -> float:
    """Return the quality of local forces (0-1, 1 at the start) a day later.

    F* = 1 - F_loss (1 - advice_g) - b_div [recent arrests > level];  F += chi (F* - F);
    advice_g = (1 - l) advice + l presence at the base that supports the governorate

    Source: erosion of Iraqi forces 2011-14 (F_loss, chi); judgement (the rest).
    """
    near = (1.0 - local_share_of_enablers) * advice + local_share_of_enablers * presence
    target = 1.0 - force_quality_loss_without_advisers * (1.0 - near)
    if recent_arrests > arrest_level_divided:
        target -= force_quality_loss_when_divided
    return clip(quality + force_quality_adjustment_rate * (target - quality), 0.0, 1.0)
