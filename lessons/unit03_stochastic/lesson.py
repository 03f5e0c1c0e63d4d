# %% [markdown]
# # Unit 03: Stochastic gradients
#
# Skeleton.

# %%
from collections.abc import Iterator

import matplotlib.pyplot as plt
import numpy as np

from course_lib import datasets, explorers, models, noise, optim, plots, problems, train
from course_lib.arrays import Array, Labels
from course_lib.check import check, examine, hint
from course_lib.optim import SGDState
from course_lib.quiz import quiz
from course_lib.recorded import recorded

plots.use_course_style()

# %% [markdown]
# ## One example is right on average

# %% exercise: sgd

# %% [markdown]
# ## Epochs and mini-batches

# %% exercise: minibatches

# %% [markdown]
# ## How noisy is a batch?

# %% exercise: minibatch_variance

# %% [markdown]
# ## The noise floor

# %% exercise: noise_floor

# %% [markdown]
# ## Reading a noisy curve

# %% exercise: moving_average

# %% [markdown]
# ## An average that forgets

# %% exercise: ema
