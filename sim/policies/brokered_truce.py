"""Somebody brokers a truce between the factions and the coalition."""

from sim.policies.policy import Dial, Direction, Effect


class BrokeredTruce(Dial):
    """Make truces likelier; strength scales the log effect. During a truce, no law is enforced against the militias."""

    sets = "truce.brokered"
    description = "A broker makes truces more likely. During a truce the law is not enforced against the militias."
    needs = ("truce",)
    alone = ("truce.effect_of_broker",)
    effects = (
        Effect("truce_days", Direction.UP, "truces begin more easily"),
        Effect("attacks", Direction.DOWN, "a truce covers rockets, and convoys a little"),
        Effect("coalition_deaths", Direction.DOWN, "fewer attacks"),
        Effect("propensity", Direction.OPEN, "a truce stops enforcement, but also means fewer deaths and so fewer strikes"),
    )
