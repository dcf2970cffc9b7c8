"""An announced exit: its kinds, how the troops leave, and how others perceive the exit."""

from sim.distributions import clip
from sim.rule import rule


@rule
def troops_leaving(
    days_since: float, duration: float, share_to_go: float, residual_share: float, share_then: float, share_now: float
) -> tuple[float, float]:
    """Return the lead's troop share under an announcement (0-1), and the progress of the exit (0-1).

    progress = days since the announcement / duration; the share moves in a straight line from the share on that day
    to 1 - share to go (1 - residual). The share never rises: troops that have left do not come back.
    """
    progress = clip(days_since / duration, 0.0, 1.0)
    target = min(share_then, 1.0 - share_to_go * (1.0 - residual_share))
    return min(share_now, share_then + progress * (target - share_then)), progress


@rule
def perceived_exit(weight: float, progress: float, lead_loss_tolerated: float) -> tuple[float, float]:
    """Return how credible an exit is to the patron (Q, 0-1) and how large a loss the members see (L).

    Q = weight [progress < 1];  L = clip((weight - L0)/(1 - L0), 0, 1).
    L is convex in the announced share: members tolerated partial cuts of the lead (United States in Iraq 2008-09).
    """
    credibility = weight if progress < 1.0 else 0.0
    loss = clip((weight - lead_loss_tolerated) / (1.0 - lead_loss_tolerated), 0.0, 1.0) if weight > 0.0 else 0.0
    return credibility, loss
