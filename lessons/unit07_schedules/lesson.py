# %% [markdown]
# # Unit 07: Learning-rate schedules
#
# Skeleton.

# %%
import bisect
from collections.abc import Callable, Sequence

import matplotlib.pyplot as plt
import numpy as np

from course_lib import plots
from course_lib.arrays import Array
from course_lib.check import check, examine, hint
from course_lib.quiz import quiz
from course_lib.recorded import recorded
from course_lib.schedules import Schedule

plots.use_course_style()

# %% [markdown]
# ## A schedule is a function
#
# ## Dropping it by hand

# %% exercise: step_decay

# %% [markdown]
# ## A slide that counts from somewhere

# %% exercise: inverse_sqrt

# %% [markdown]
# ## Formulas instead of milestones

# %% exercise: exponential_decay

# %% exercise: inverse_time_decay

# %% [markdown]
# ## A plan with an end

# %% exercise: linear_decay

# %% exercise: cosine

# %% [markdown]
# ## Warming up

# %% exercise: warmup

# %% [markdown]
# ## Up and down again

# %% exercise: triangular

# %% [markdown]
# ## Waiting for a plateau

# %% exercise: reduce_on_plateau

# %% [markdown]
# ## A larger batch

# %% exercise: scaled_lr

# %% [markdown]
# ## The range test

# %% exercise: pick_lr
