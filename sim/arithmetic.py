"""Plain arithmetic as rules, for the steps between two equations, over agents and worlds."""

from sim.rule import rule, total


@total
def over_agents(value: float) -> float:
    """Add a value over the agents of each world."""
    return value


@total
def product(first: float, second: float) -> float:
    """Add the product of two values over the agents of each world."""
    return first * second


@rule
def plus(first: float, second: float) -> float:
    """Return a sum."""
    return first + second


@rule
def minus(first: float, second: float) -> float:
    """Return a difference."""
    return first - second


@rule
def times(first: float, second: float) -> float:
    """Return a product."""
    return first * second


@rule
def divided(first: float, second: float) -> float:
    """Return a quotient."""
    return first / second


@rule
def above(first: float, second: float) -> float:
    """Return 1 where the first is larger, else 0."""
    return 1.0 if first > second else 0.0


@rule
def equal(first: float, second: float) -> float:
    """Return 1 where both are the same, else 0."""
    return 1.0 if first == second else 0.0


@rule
def same(value: float) -> float:
    """Return the value: a copy."""
    return value


@rule
def nothing() -> float:
    """Return 0."""
    return 0.0
