# %% [markdown]
# # Optimization and regularization for neural networks
#
# You will write the methods that train neural networks, one small function at a time, and **the
# notebook tells you which mistake you made**. Everything runs on this computer, without a network.
#
# <!-- map -->
#
# Work from top to bottom; a unit needs what the units before it taught, and says so at its
# beginning. Half a unit per sitting is a good pace. This cell shows how far you are (click it,
# then **Shift+Enter**, or **Run ▸ Run All Cells** for the whole page):

# %%
from course_lib.check import examine, hint
from course_lib.overview import overview

overview()

# %% [markdown]
# ## How a check answers
#
# ![A card under a wrong answer: it names the mistake, lists the cases that agree and shows the student's numbers beside the expected ones.](../docs/verdict-card.png)
#
# Try it. Here is a wrong answer to an exercise of unit 04: how far does momentum carry the parameters in
# each step, once it has settled under a constant gradient? Before you run the cell, guess what the
# check will say about it.


# %%
def terminal_velocity(grad, *, lr, momentum):
    return -lr * grad * (1 - momentum)


examine("terminal_velocity", terminal_velocity)

# %% [markdown]
# The card names the mistake, shows which cases agree, and puts your numbers beside the expected
# ones. Change the function and run the cell again, as often as you like: a check costs nothing,
# takes a fraction of a second and never gives the line away. When you are stuck, ask for a hint;
# every call gives the next one, from a nudge to nearly the formula.

# %%
hint("terminal_velocity")

# %% [markdown]
# ## What the notebooks hold
#
# - **Explorers**: figures with controls. Click one, then use Tab and the arrow keys, or the mouse.
#   The line of text below says what you see.
# - **Questions**: choose first, then open. Every choice comes with its reason, the wrong ones too.
# - **Exercises**: a function with a docstring. Replace `raise NotImplementedError()` by your code,
#   run the cell, run the check below it.
# - **Find the mistake on this slide**: the lectures that this course grew out of contain errors
#   that are easy to copy into code. You hunt them.
#
# Two keys are enough: **Shift+Enter** runs a cell and moves on, **Ctrl+S** saves. If a notebook
# behaves oddly, **Kernel ▸ Restart Kernel and Run All Cells** gives it a fresh start; exercises
# that are not solved yet do not stop it.
#
# Words and signs used everywhere (what is a row, where does eps stand, what does momentum weight)
# are fixed in [docs/conventions.md](../docs/conventions.md).
