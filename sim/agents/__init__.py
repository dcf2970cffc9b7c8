"""The actors, one per file: rules first, then the kind."""

import pkgutil


def modules() -> tuple[str, ...]:
    """Return the dotted names of all modules here, without importing one."""
    return tuple(f"{__name__}.{module.name}" for module in pkgutil.iter_modules(__path__))
