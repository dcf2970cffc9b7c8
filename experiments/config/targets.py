"""Classes that a config names by `_target_`: policies and events, of this package or the analyst's own."""

import importlib

from experiments.errors import InputError


def class_named[T](where: str, target: object, base: type[T]) -> type[T]:
    """Return the class of a dotted name.

    Args:
        where: the setting that names it, for the message.
        target: dotted name, "my_policies.Escort".
        base: what it must be a subclass of.

    Raises:
        InputError: it cannot be imported, or is something else.
    """
    module, _, attribute = str(target).rpartition(".")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except Exception as error:  # whatever the analyst's own module raises
        raise InputError(f"{where}={target!r} cannot be imported ({type(error).__name__}: {error})") from None
    if not (isinstance(found, type) and issubclass(found, base)):
        raise InputError(f"{where}={target!r} is not a {base.__name__.lower()}: it must be a subclass of {_name(base)}")
    return found


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"
