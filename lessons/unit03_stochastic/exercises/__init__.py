"""Unit 03, stochastic gradients: the exercises and quizzes."""

from .ema import EMA
from .minibatch_variance import MINIBATCH_VARIANCE
from .minibatches import MINIBATCHES
from .moving_average import MOVING_AVERAGE
from .noise_floor import NOISE_FLOOR
from .quizzes import QUIZZES
from .sgd import SGD

__all__ = ["EXERCISES", "MINUTES", "QUIZZES", "TITLE"]

TITLE = "Stochastic gradients"
MINUTES = 90

EXERCISES = (SGD, MINIBATCHES, MINIBATCH_VARIANCE, NOISE_FLOOR, MOVING_AVERAGE, EMA)
