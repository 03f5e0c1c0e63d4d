"""Unit 04, momentum and Nesterov: the exercises and quizzes."""

from .momentum import MOMENTUM
from .nesterov import NESTEROV
from .nesterov_lookahead import LOOKAHEAD
from .quizzes import QUIZZES
from .stability_limit import STABILITY_LIMIT
from .terminal_velocity import TERMINAL_VELOCITY
from .velocity_weights import VELOCITY_WEIGHTS

__all__ = ["EXERCISES", "MINUTES", "QUIZZES", "TITLE"]

TITLE = "Momentum and Nesterov"
MINUTES = 100

EXERCISES = (MOMENTUM, VELOCITY_WEIGHTS, TERMINAL_VELOCITY, LOOKAHEAD, NESTEROV, STABILITY_LIMIT)
