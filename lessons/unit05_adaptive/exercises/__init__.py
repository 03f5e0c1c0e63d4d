"""Unit 05, AdaGrad, RMSProp and AdaDelta: the exercises and quizzes."""

from .adadelta import ADADELTA
from .adagrad import ADAGRAD
from .effective_lr import EFFECTIVE_LR
from .quizzes import QUIZZES
from .rmsprop import RMSPROP
from .rotate_quadratic import ROTATE

__all__ = ["EXERCISES", "MINUTES", "QUIZZES", "TITLE"]

TITLE = "Per-parameter steps: AdaGrad, RMSProp, AdaDelta"
MINUTES = 90

EXERCISES = (ADAGRAD, EFFECTIVE_LR, RMSPROP, ADADELTA, ROTATE)
