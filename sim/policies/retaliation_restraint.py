"""The lead strikes less."""

from sim.policies.policy import Dial, Direction, Effect


class RetaliationRestraint(Dial):
    """Multiply the probability of every strike by 1 - strength."""

    sets = "lead.restraint"
    description = "The lead nation answers fewer attacks with strikes."
    effects = (
        Effect("strikes", Direction.DOWN, "it holds strikes back"),
        Effect("militia_deaths", Direction.DOWN, "fewer strikes"),
        Effect("civilian_deaths_by_strikes", Direction.DOWN, "fewer strikes"),
        Effect("incident_hazard", Direction.DOWN, "fewer strikes to mobilise the street"),
        Effect("political_capital", Direction.UP, "fewer strikes to answer for"),
        Effect("attacks", Direction.OPEN, "strikes deter or provoke (switch strikes)"),
    )
