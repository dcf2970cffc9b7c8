"""The government cracks down on the militias."""

from sim.policies.policy import Dial, Direction, Effect


class Crackdown(Dial):
    """Raise enforcement and make arrests; strength scales both."""

    sets = "government.crackdown"
    description = (
        "The government enforces the law and arrests militiamen. Most arrests are reversed, which costs political capital."
    )
    caveat = (
        "raises IS attacks a little and makes the government's fall likelier, both by construction (divided forces, backlash):"
        " not a finding"
    )
    alone = ("government.enforcement_of_crackdown", "government.force_quality_loss_when_divided")
    effects = (
        Effect("arrests", Direction.UP, "the policy consists of arrests"),
        Effect("attacks", Direction.DOWN, "enforcement and arrests lower them; reversed arrests raise grievance"),
        Effect("political_capital", Direction.DOWN, "reversed arrests cost it: by construction"),
        Effect("fall_hazard", Direction.UP, "capital lost: by construction"),
        Effect("force_quality", Direction.DOWN, "forces at odds with the militias are divided: by construction"),
        Effect("islamic_state_attacks", Direction.UP, "divided forces: by construction"),
    )
