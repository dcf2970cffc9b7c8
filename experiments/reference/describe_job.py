"""Describe a parameter, rule, policy, outcome, mechanism, switch or scenario: knockon describe militias.effect_of_restraint.

knockon describe                                 the names of everything
knockon describe scenarios                       a line on each; also policies, outcomes, parameters, mechanisms, switches
knockon describe militias.effect_of_restraint    all there is to say of one name
knockon describe Denmark                         where a word is used
knockon describe us_pullout strikes              several names
"""

from collections.abc import Sequence

from experiments.errors import InputError


def main(arguments: Sequence[str]) -> None:
    """Describe each given name; without any, list all names."""
    from experiments.reference.describe import describe, listing

    if flags := [argument for argument in arguments if argument.startswith("-") and argument not in ("-h", "--help")]:
        raise InputError(f"describe takes names and no flags such as {flags[0]}: knockon describe militias.effect_of_restraint")
    names = [argument for argument in arguments if not argument.startswith("-")]
    print("\n\n".join(map(describe, names)) if names else listing())
