"""Unit 10, dropout and other noise: the exercises and quizzes."""

from .batchnorm_backward import BATCHNORM_BACKWARD
from .batchnorm_forward import BATCHNORM_FORWARD
from .dropconnect_forward import DROPCONNECT
from .dropout_backward import DROPOUT_BACKWARD
from .dropout_forward import DROPOUT_FORWARD
from .mc_dropout_predict import MONTE_CARLO
from .quizzes import QUIZZES
from .stochastic_depth_forward import STOCHASTIC_DEPTH
from .vanilla_dropout_predict import VANILLA_PREDICT

__all__ = ["EXERCISES", "MINUTES", "QUIZZES", "TITLE"]

TITLE = "Dropout and its test-time scaling, and other noise"
MINUTES = 100

EXERCISES = (
    VANILLA_PREDICT,
    DROPOUT_FORWARD,
    DROPOUT_BACKWARD,
    MONTE_CARLO,
    DROPCONNECT,
    STOCHASTIC_DEPTH,
    BATCHNORM_FORWARD,
    BATCHNORM_BACKWARD,
)
