"""Unit 08, second-order methods: the exercises and quizzes."""

from .bfgs_update import BFGS
from .damped_newton_step import DAMPED
from .lbfgs_direction import LBFGS
from .newton_cost import COST
from .newton_step import NEWTON
from .quizzes import QUIZZES

__all__ = ["EXERCISES", "MINUTES", "QUIZZES", "TITLE"]

TITLE = "Second-order methods"
MINUTES = 75

EXERCISES = (NEWTON, DAMPED, COST, BFGS, LBFGS)
