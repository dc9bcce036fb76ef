"""The soft criteria, a module each: a new one needs no other change in the engine.

Each module declares a CRITERION; what feeds it and how its facts are said stands in
`matching/criteria/`.
"""

from importlib import import_module
from pkgutil import iter_modules

from engine.criterion import Criterion


def read_criteria() -> dict[str, Criterion]:
    """Read the CRITERION of every module here, by key, in the order of their places."""
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    declared = sorted((module.CRITERION for module in modules), key=lambda one: one.place)
    if [one.place for one in declared] != list(range(len(declared))):
        raise ValueError(f"places must be 0, 1, 2 …: {[(one.key, one.place) for one in declared]}")
    return {one.key: one for one in declared}


CRITERIA = read_criteria()
