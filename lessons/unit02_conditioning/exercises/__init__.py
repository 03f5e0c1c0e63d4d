"""Unit 02, landscape, Hessian and conditioning: the exercises and quizzes."""

from .classify_critical_point import CLASSIFY
from .condition_number import CONDITION_NUMBER
from .contraction_factor import CONTRACTION
from .gd_closed_form import CLOSED_FORM
from .max_stable_lr import MAX_STABLE_LR
from .numeric_hessian import NUMERIC_HESSIAN
from .optimal_lr import OPTIMAL_LR
from .quizzes import QUIZZES
from .standardize import STANDARDIZE
from .suboptimality import SUBOPTIMALITY

__all__ = ["EXERCISES", "MINUTES", "QUIZZES", "TITLE"]

TITLE = "Landscape, Hessian and conditioning"
MINUTES = 120

EXERCISES = (
    NUMERIC_HESSIAN,
    CLASSIFY,
    CONDITION_NUMBER,
    CLOSED_FORM,
    MAX_STABLE_LR,
    CONTRACTION,
    OPTIMAL_LR,
    SUBOPTIMALITY,
    STANDARDIZE,
)
