"""Unit 01, losses, gradients and the gradient check: the exercises and quizzes."""

from .affine_backward import BACKWARD
from .affine_forward import FORWARD
from .hinge_loss import HINGE
from .numeric_gradient import NUMERIC
from .quizzes import QUIZZES
from .relative_error import RELATIVE
from .softmax_cross_entropy import SOFTMAX
from .two_layer_loss import NETWORK

__all__ = ["EXERCISES", "MINUTES", "QUIZZES", "TITLE"]

TITLE = "Losses, gradients and the gradient check"
MINUTES = 90

EXERCISES = (HINGE, SOFTMAX, NUMERIC, RELATIVE, FORWARD, BACKWARD, NETWORK)
