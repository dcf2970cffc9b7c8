"""A special force that protects the Green Zone."""

from sim.policies.policy import Dial, Direction, Effect


class GreenZoneForce(Dial):
    """The government stands up a force for the Green Zone; strength scales the protection it aims at."""

    sets = "government.force"
    description = "A special force raises the Green Zone's protection and enforcement, and moves attacks elsewhere."
    alone = ("government.green_zone_protection_with_force", "government.enforcement_of_force")
    effects = (
        Effect("green_zone_protection", Direction.UP, "the force is there"),
        Effect("incident_hazard", Direction.DOWN, "a crowd finds the way barred"),
        Effect("breach_hazard", Direction.DOWN, "a crowd finds the way barred"),
        Effect("attacks", Direction.DOWN, "enforcement, and some of the violence turns away from the embassy"),
    )
