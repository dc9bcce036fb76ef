"""Programmes of yes and no, solved to proven optimality by HiGHS (Huangfu and Hall, 2018)."""

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet

import numpy as np

OPTIMAL, INFEASIBLE = 0, 2  # of scipy.optimize.milp

Demand = tuple[str, object]  # what must hold, and of whom
Weights = list[tuple[int, float]]  # of columns
Row = tuple[Weights, float, float]  # a weighed sum, the least and the most that it may be


def solve_programme(
    cost: np.ndarray, rows: Sequence[Row], upper: np.ndarray | None = None
) -> np.ndarray | None:
    """Return (n,) 0 or 1 of each column that cost least under all rows; None where none hold.

    upper (n,): 0 for a column that must not be taken.
    """
    # Here, for it takes a seventh of the start of every process, and few solve one.
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415
    from scipy.sparse import csr_array  # noqa: PLC0415

    count = len(cost)
    if not count:  # the solver takes no empty programme
        return cost if all(least <= 0 <= most for _, least, most in rows) else None
    lengths = [len(weights) for weights, _, _ in rows]
    flat = [pair for weights, _, _ in rows for pair in weights]
    matrix = csr_array(
        (
            np.array([weight for _, weight in flat], float),
            np.array([column for column, _ in flat], np.int32),
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32),
        ),
        shape=(len(rows), count),
    )
    bounds = LinearConstraint(matrix, [row[1] for row in rows], [row[2] for row in rows])
    result = milp(
        cost,
        integrality=np.ones(count),
        bounds=Bounds(np.zeros(count), np.ones(count) if upper is None else upper),
        constraints=[bounds] if rows else [],
        options={"mip_rel_gap": 0},
    )
    if result.status == INFEASIBLE:
        return None
    if result.status != OPTIMAL:
        raise RuntimeError(f"the solver stopped: {result.message}")
    return np.rint(result.x)


def find_clash(
    demands: Iterable[Demand], holds: Callable[[AbstractSet[Demand]], bool]
) -> tuple[Demand, ...]:
    """Find demands that cannot all hold, and can once any one is dropped (by deletion).

    holds(dropped): whether the others can. Chinneck and Dravnieks, "Locating minimal infeasible
    constraint sets in linear programs" (1991), the deletion filter.
    """
    each = list(dict.fromkeys(demands))
    dropped: set[Demand] = set()
    for demand in each:
        if not holds(dropped | {demand}):
            dropped.add(demand)
    return tuple(demand for demand in each if demand not in dropped)
