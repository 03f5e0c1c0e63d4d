"""Unit 06, Adam, bias correction and weight decay: the exercises and quizzes."""

from .adam import ADAM
from .adam_l2 import ADAM_L2
from .adamw import ADAMW
from .l2_and_decay_fixed_points import FIXED_POINTS
from .quizzes import QUIZZES
from .uncorrected_step_ratio import STEP_RATIO

__all__ = ["EXERCISES", "MINUTES", "QUIZZES", "TITLE"]

TITLE = "Adam, bias correction and weight decay"
MINUTES = 120

EXERCISES = (STEP_RATIO, ADAM, FIXED_POINTS, ADAM_L2, ADAMW)
