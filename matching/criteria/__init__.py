"""The desk's side of each criterion, a module each: what feeds it from the database, how its facts
are said.

Each module declares a CRITERION; how it scores is the module of the same name in
`engine/criteria/`. A test walks all criteria, and fails where one is not fed from a real row or not
put in words.
"""

from importlib import import_module
from pkgutil import iter_modules

from engine.criteria import CRITERIA as ENGINE_CRITERIA
from matching.criterion import DeskCriterion


def read_criteria() -> dict[str, DeskCriterion]:
    """Read the CRITERION of every module here, by key, in the order of the engine's."""
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    declared = (module.CRITERION for module in modules)
    return {
        one.key: one for one in sorted(declared, key=lambda one: ENGINE_CRITERIA[one.key].place)
    }


CRITERIA = read_criteria()
