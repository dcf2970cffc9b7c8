"""Somebody brokers a truce between the factions and the coalition."""

from sim.policies.policy import Dial, Direction, Effect


class BrokeredTruce(Dial):
    """Make truces likelier and longer; strength scales both log effects."""

    sets = "truce.brokered"
    description = "A broker makes truces likelier and longer."
    needs = ("truce",)
    alone = ("truce.effect_of_broker", "truce.effect_of_broker_on_end")
    effects = (
        Effect("truce_days", Direction.UP, "truces begin more easily and last longer"),
        Effect("attacks", Direction.DOWN, "a truce covers rockets, and convoys a little"),
        Effect("coalition_deaths", Direction.DOWN, "fewer attacks"),
    )
