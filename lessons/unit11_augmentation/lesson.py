# %% [markdown]
# # Unit 11: Augmentation, soft targets and averaging noise out
#
# A net reads 93 % of the handwritten test digits. Push every digit one pixel to the side, and it reads about one third. Nothing has changed for you and me. How do you teach a net that a digit may stand anywhere?

# %%
from collections.abc import Callable, Sequence

import matplotlib.pyplot as plt
import numpy as np

from course_lib import augment, datasets, explorers, losses, models, optim, plots, train
from course_lib.arrays import Array, Labels
from course_lib.augment import resize
from course_lib.check import check, examine, hint
from course_lib.quiz import quiz
from course_lib.recorded import recorded

plots.use_course_style()

# %% [markdown]
# ## A picture and its mirror image

# %% exercise: random_flip

# %% [markdown]
# ## A little to the left

# %% exercise: random_crop

# %% [markdown]
# ## Nearer and farther

# %% exercise: random_resized_crop

# %% [markdown]
# ## Ten looks at one picture

# %% exercise: ten_crop

# %% quiz: u11-what-to-average

# %% exercise: average_views

# %% [markdown]
# ## Light and colour

# %% exercise: color_jitter

# %% exercise: pca_color

# %% [markdown]
# ## Cut a hole

# %% exercise: cutout

# %% [markdown]
# ## Blend two pictures

# %% exercise: mixup

# %% [markdown]
# ## Paste a piece of another

# %% quiz: u11-slide-cutmix

# %% exercise: cutmix

# %% [markdown]
# ## A little doubt

# %% quiz: u11-slide-smoothing

# %% exercise: smooth_labels

# %% exercise: soft_cross_entropy

# %% [markdown]
# ## Does it help?

# %% quiz: u11-which-labels

# %% quiz: u11-flip-digits

# %% quiz: u11-more-shifts

# %% quiz: u11-pattern
