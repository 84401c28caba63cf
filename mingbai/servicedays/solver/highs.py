"""HiGHS, with the few ways in which the planner asks it: a limit, a start, and what it finds on the way."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from time import process_time

import highspy
import numpy as np

from mingbai.servicedays.solver.slots import Model

WORTH_WAITING = 5e-4
Report = Callable[[float], None]
"""Hears each better proven bound."""


@dataclass(frozen=True)
class Found:
    """Values of the columns (None: no solution in time), their objective, and what is proven."""

    values: np.ndarray | None
    objective: float
    bound: float


@dataclass(frozen=True)
class Limits:
    seconds: float
    gap: float = 0.0
    seed: int = 0
    patience: float = inf
    """Seconds of processor time without a bound that is better by WORTH_WAITING."""


def solve(
    model: Model,
    limits: Limits,
    start: np.ndarray | None = None,
    report: Report | None = None,
    better: Callable[[np.ndarray], None] | None = None,
) -> Found:
    """The best solution within the limits, from `start` where there is one; `better` sees each on the way."""
    highs = _silent()
    for name, value in (
        ("threads", 1),
        ("time_limit", max(0.05, limits.seconds)),
        ("mip_rel_gap", limits.gap),
        ("mip_abs_gap", 0.005),
        ("random_seed", limits.seed),
    ):
        highs.setOptionValue(name, value)
    highs.passModel(_lp(model))
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = list(start)
        highs.setSolution(solution)
    if report is not None:
        _listen(highs, report, limits.patience)
    if better is not None:
        highs.cbMipImprovingSolution.subscribe(lambda event: better(np.array(event.data_out.mip_solution)))
    highs.run()
    info = highs.getInfo()
    solved = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    values = np.array(highs.getSolution().col_value) if solved else None
    if not any(model.whole):  # an LP: HiGHS speaks of a bound only where it branches
        done = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return Found(values, info.objective_function_value, info.objective_function_value if done else 0.0)
    return Found(values, info.objective_function_value, info.mip_dual_bound)


def _silent() -> highspy.Highs:
    """HiGHS greets on standard output when it is made; whoever reads us wants JSON there."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        highs = highspy.Highs()
        highs.silent()
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
    return highs


def _listen(highs: highspy.Highs, report: Report, patience: float) -> None:
    """Each better bound once. HiGHS asks very often whether to go on; its log, when silent, says nothing."""
    last = risen = -np.inf
    risen_at = inf

    def asked(event: highspy.HighsCallbackEvent) -> None:
        nonlocal last, risen, risen_at
        if event.data_out.mip_dual_bound > last + 0.01:
            last = event.data_out.mip_dual_bound
            report(last)
        if last - risen > WORTH_WAITING * abs(last):
            risen, risen_at = last, process_time()
        elif process_time() - risen_at > patience:
            event.interrupt()

    highs.cbMipInterrupt.subscribe(asked)


def _lp(model: Model) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(model.cost), len(model.rows)
    lp.offset_ = model.offset
    lp.col_cost_ = np.array(model.cost)
    lp.col_lower_, lp.col_upper_ = np.array(model.low, float), np.array(model.high, float)
    kinds = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
    lp.integrality_ = [kinds[not whole] for whole in model.whole]
    lp.row_lower_ = np.array([row[0] for row in model.rows], float)
    lp.row_upper_ = np.array([row[1] for row in model.rows], float)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0, *(len(row[2]) for row in model.rows)])
    lp.a_matrix_.index_ = np.array([column for row in model.rows for column, _value in row[2]], np.int32)
    lp.a_matrix_.value_ = np.array([value for row in model.rows for _column, value in row[2]], float)
    return lp
