# %% [markdown]
# # Unit 08: Second-order methods
#
# **Time:** 75 minutes. **You need:** unit 02.

# %%
from collections.abc import Sequence

import numpy as np

from course_lib.arrays import Array
from course_lib.check import check, examine, hint

# %% [markdown]
# ## A bowl that touches

# %% [markdown]
# ## The step to the critical point

# %% exercise: newton_step

# %% [markdown]
# ## Saddles attract Newton

# %% [markdown]
# ## A step that always goes down

# %% exercise: damped_newton_step

# %% [markdown]
# ## What it would cost

# %% exercise: newton_cost

# %% [markdown]
# ## Learning the curvature from gradients

# %% exercise: bfgs_update

# %% [markdown]
# ## A memory of a few steps

# %% exercise: lbfgs_direction

# %% [markdown]
# ## Threes and eights

# %% [markdown]
# ## The tool that practitioners use

# %% [markdown]
# ## Mini-batches

# %% [markdown]
# ## What you now know

# %% [markdown]
# ## Traps

# %% [markdown]
# ## Read on
