"""Unit 11, augmentation and soft targets: the exercises and quizzes."""

from .average_views import AVERAGE_VIEWS
from .color_jitter import COLOR_JITTER
from .cutmix import CUTMIX
from .cutout import CUTOUT
from .mixup import MIXUP
from .pca_color import PCA_COLOR
from .quizzes import QUIZZES
from .random_crop import RANDOM_CROP
from .random_flip import RANDOM_FLIP
from .random_resized_crop import RANDOM_RESIZED_CROP
from .smooth_labels import SMOOTH_LABELS
from .soft_cross_entropy import SOFT_CROSS_ENTROPY
from .ten_crop import TEN_CROP

__all__ = ["EXERCISES", "MINUTES", "QUIZZES", "TITLE"]

TITLE = "Augmentation, soft targets and averaging noise out"
MINUTES = 100

EXERCISES = (
    RANDOM_FLIP,
    RANDOM_CROP,
    RANDOM_RESIZED_CROP,
    TEN_CROP,
    AVERAGE_VIEWS,
    COLOR_JITTER,
    PCA_COLOR,
    CUTOUT,
    MIXUP,
    CUTMIX,
    SMOOTH_LABELS,
    SOFT_CROSS_ENTROPY,
)
