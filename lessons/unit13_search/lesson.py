# %% [markdown]
# # Unit 13: Babysitting and hyper-parameter search
#
# ## Step 1: the loss before the first update

# %% exercise: initial_loss

# %% [markdown]
# ## Step 3: a learning rate that moves the loss

# %% exercise: update_ratio

# %% [markdown]
# ## On a log scale

# %% exercise: log_uniform

# %% [markdown]
# ## Step 4: a grid or random draws

# %% exercise: grid

# %% exercise: random_search

# %% [markdown]
# ## Step 5: closer, and longer

# %% exercise: refine

# %% [markdown]
# ## Step 6: look at the curves

# %% exercise: diagnose
