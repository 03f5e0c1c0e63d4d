"""Unit 13, babysitting and hyper-parameter search: the exercises and quizzes."""

from .diagnose import DIAGNOSE
from .grid import GRID
from .initial_loss import INITIAL_LOSS
from .log_uniform import LOG_UNIFORM
from .quizzes import QUIZZES
from .random_search import RANDOM_SEARCH
from .refine import REFINE
from .update_ratio import UPDATE_RATIO

__all__ = ["EXERCISES", "MINUTES", "QUIZZES", "TITLE"]

TITLE = "Babysitting and hyper-parameter search"
MINUTES = 100

EXERCISES = (INITIAL_LOSS, UPDATE_RATIO, LOG_UNIFORM, GRID, RANDOM_SEARCH, REFINE, DIAGNOSE)
