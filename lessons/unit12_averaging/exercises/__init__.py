"""Unit 12, averaging: the exercises and quizzes."""

from .ensemble_predict import ENSEMBLE_PREDICT
from .permute_hidden import PERMUTE_HIDDEN
from .polyak_update import POLYAK_UPDATE
from .quizzes import QUIZZES
from .snapshot_steps import SNAPSHOT_STEPS

__all__ = ["EXERCISES", "MINUTES", "QUIZZES", "TITLE"]

TITLE = "Averaging: ensembles, snapshots, Polyak"
MINUTES = 60

EXERCISES = (POLYAK_UPDATE, ENSEMBLE_PREDICT, SNAPSHOT_STEPS, PERMUTE_HIDDEN)
