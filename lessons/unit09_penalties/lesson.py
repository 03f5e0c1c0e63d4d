# %% [markdown]
# # Unit 09: Penalties, overfitting and early stopping
#
# ## Fitting too well
#
# ## Reading the gap

# %% exercise: diagnose_gap

# %% [markdown]
# ## A price on weights

# %% exercise: l2_penalty

# %% [markdown]
# ## The lost two
#
# ## Spread out or bundled?

# %% exercise: l1_penalty

# %% [markdown]
# ## Exact zeros

# %% exercise: soft_threshold

# %% [markdown]
# ## Both at once

# %% exercise: elastic_net_penalty

# %% [markdown]
# ## What a penalty does to a bowl

# %% exercise: ridge_solution

# %% [markdown]
# ## Stop while it is good

# %% exercise: early_stopping
