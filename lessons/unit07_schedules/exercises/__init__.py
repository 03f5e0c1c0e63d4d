"""Unit 07, learning-rate schedules: the exercises and quizzes."""

from .cosine import COSINE
from .exponential_decay import EXPONENTIAL_DECAY
from .inverse_sqrt import INVERSE_SQRT
from .inverse_time_decay import INVERSE_TIME_DECAY
from .linear_decay import LINEAR_DECAY
from .pick_lr import PICK_LR
from .quizzes import QUIZZES
from .reduce_on_plateau import REDUCE_ON_PLATEAU
from .scaled_lr import SCALED_LR
from .step_decay import STEP_DECAY
from .triangular import TRIANGULAR
from .warmup import WARMUP

__all__ = ["EXERCISES", "MINUTES", "QUIZZES", "TITLE"]

TITLE = "Learning-rate schedules"
MINUTES = 120

EXERCISES = (
    STEP_DECAY,
    EXPONENTIAL_DECAY,
    INVERSE_TIME_DECAY,
    INVERSE_SQRT,
    LINEAR_DECAY,
    COSINE,
    WARMUP,
    TRIANGULAR,
    REDUCE_ON_PLATEAU,
    SCALED_LR,
    PICK_LR,
)
