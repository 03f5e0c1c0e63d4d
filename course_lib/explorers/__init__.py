"""Figures that answer back: each function returns an Explorer to show in a notebook.

An explorer is a table that Python computed with the functions of this library; see ``table`` and
``component`` for how to make one.
"""

from course_lib.explorers.adam_first_steps import adam_first_steps
from course_lib.explorers.augment_gallery import augment_gallery
from course_lib.explorers.averaged_path import averaged_path
from course_lib.explorers.component import Answer, Drag, Explorer
from course_lib.explorers.decay_order import decay_order
from course_lib.explorers.digit_shift import test_shift
from course_lib.explorers.dropout_mask import dropout_mask
from course_lib.explorers.gradcheck_curve import gradient_check_curve
from course_lib.explorers.grid_or_random import grid_or_random
from course_lib.explorers.momentum_map import momentum_map
from course_lib.explorers.newton_model import newton_model
from course_lib.explorers.noisy_path import noisy_path
from course_lib.explorers.patient import patient
from course_lib.explorers.penalty_outline import penalty_outline
from course_lib.explorers.polynomial_fit import polynomial_fit
from course_lib.explorers.ravine import ravine
from course_lib.explorers.rosenbrock_race import rosenbrock_race
from course_lib.explorers.rotated_race import rotated_race
from course_lib.explorers.schedule_designer import schedule_designer

__all__ = [
    "Answer",
    "Drag",
    "Explorer",
    "adam_first_steps",
    "augment_gallery",
    "averaged_path",
    "decay_order",
    "dropout_mask",
    "gradient_check_curve",
    "grid_or_random",
    "momentum_map",
    "newton_model",
    "noisy_path",
    "patient",
    "penalty_outline",
    "polynomial_fit",
    "ravine",
    "rosenbrock_race",
    "rotated_race",
    "schedule_designer",
    "test_shift",
]
