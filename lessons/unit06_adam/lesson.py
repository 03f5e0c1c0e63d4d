# %% [markdown]
# # Unit 06: Adam, bias correction and weight decay
#
# **You will be able to**
#
# - build Adam from its parts.

# %%
import numpy as np

from course_lib.arrays import Array
from course_lib.check import check, hint
from course_lib.optim import AdamState

# %% [markdown]
# ## Momentum over RMSProp
#
# ## Two averages that start at zero

# %% exercise: uncorrected_step_ratio

# %% [markdown]
# ## Adam, line by line

# %% exercise: adam

# %% [markdown]
# ## The small print
#
# ## Where the weight comes to rest

# %% exercise: l2_and_decay_fixed_points

# %% [markdown]
# ## Four ways to write a decay
#
# ## The decay before the moments

# %% exercise: adam_l2

# %% [markdown]
# ## The decay after the moments

# %% exercise: adamw
