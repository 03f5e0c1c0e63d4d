"""Unit 09, penalties, overfitting and early stopping: the exercises and quizzes."""

from .diagnose_gap import DIAGNOSE_GAP
from .early_stopping import EARLY_STOPPING
from .elastic_net_penalty import ELASTIC_NET
from .l1_penalty import L1_PENALTY
from .l2_penalty import L2_PENALTY
from .quizzes import QUIZZES
from .ridge_solution import RIDGE_SOLUTION
from .soft_threshold import SOFT_THRESHOLD

__all__ = ["EXERCISES", "MINUTES", "QUIZZES", "TITLE"]

TITLE = "Penalties, overfitting and early stopping"
MINUTES = 90

EXERCISES = (
    DIAGNOSE_GAP,
    L2_PENALTY,
    L1_PENALTY,
    SOFT_THRESHOLD,
    ELASTIC_NET,
    RIDGE_SOLUTION,
    EARLY_STOPPING,
)
