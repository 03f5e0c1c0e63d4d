# %% [markdown]
# # Unit 13: Babysitting and hyper-parameter search
#
# Nine trainings on the digits, each a different choice of learning rate and penalty, and you keep the best. Put the nine on a 3 × 3 grid and you reach 68 % accuracy on average. Throw them at random and you reach 76 %, with the same ranges and the same cost. How can chance beat order? And when does order win after all? First, though: what should you look at *before* you pay for nine trainings?
#
# **You will be able to**
#
# - take a net from its first loss to a tuned setting, in the seven steps of CS231n L7;
# - say from two learning curves what is wrong with a training, and what to turn;
# - search on a log scale, on a grid and at random, and refine a search;
# - say when random draws beat a grid, and when they do not;
# - keep the number that you report apart from the numbers that you choose by.
#
# **Time:** 100 minutes. **You need:** training with mini-batches (unit 03), the penalty of unit 01, and the range test of unit 07.

# %%
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import product

import matplotlib.pyplot as plt
import numpy as np

from course_lib import datasets, diagnosis, explorers, models, optim, plots, search, train
from course_lib.arrays import Array
from course_lib.check import check, examine, hint
from course_lib.quiz import quiz
from course_lib.recorded import recorded
from course_lib.search import Setting, Trial

plots.use_course_style()
DIGITS = datasets.load_digits()

# %% [markdown]
# ## Seven patients
#
# Seven trainings come to your surgery. Each has something wrong with it: the learning rate, the penalty, or the size of its initial weights. The knobs count from the settings with which it came, and you are not told what those were. All you see are the instruments: the learning curves, two accuracies, and how far the first updates move the weights. Every curve is a real training, 40 epochs on 200 digits, a quarter of whose labels were drawn anew.

# %%
explorers.patient()

# %% [markdown]
# Three things to try:
#
# 1. Patient 1. Before you turn anything, say in your own words what you see. Then find *two* different knobs that help.
# 2. Patients 2 to 6. Write down a guess for each, then turn one knob at a time until validation accuracy is above 0.8. When you are done, let the list "And now" ask `diagnose`, or open the file.
# 3. Patient 7. Its curves fall, and the rules of `diagnose` call it healthy. It is not. One number in the text gives it away; which?
#
# You will write `diagnose` at the end of this unit. Until then we follow the recipe of CS231n L7: seven steps, the cheap ones first.

# %% [markdown]
# ## Step 1: the loss before the first update
#
# *Check initial loss: turn off weight decay, sanity check loss at initialization, e.g. $\log(C)$ for softmax with $C$ classes.* A net that knows nothing gives every class the same score. The softmax turns equal scores into equal probabilities, and the cross-entropy of an example is minus the logarithm of the probability that its own class got. With that you have all you need.
#
# **Your turn.** Write `initial_loss`. `hint("initial_loss")` gives nudges.

# %% exercise: initial_loss

# %% [markdown]
# Does a real net begin there? Here is one with 64 hidden units, for three sizes of initial weights, before any update. He's size is $\sqrt{2/\text{inputs}}$, here 0.18 in both layers.


# %%
@recorded
def first_losses(scale: float | None, l2: float = 0.0, seeds: int = 10) -> list:
    """Training loss before the first update, one for every seed."""
    found = []
    for seed in range(seeds):
        params = models.init_mlp((64, 64, 10), rng=np.random.default_rng(seed), scale=scale)
        found.append(models.mlp_loss(params, DIGITS.x_train, DIGITS.y_train, l2=l2)[0])
    return found


for name, scale in (("0.01", 0.01), ("He's", None), ("1", 1.0)):
    found = np.array(first_losses(scale))
    print(f"initial weights {name:5s} loss {found.mean():6.3f} ± {found.std(ddof=1):.3f}")
print(f"log 10 = {np.log(10):.3f}")

# %% [markdown]
# So $\log C$ holds for *small* weights, 2.303 ± 0.000. He's weights are meant to keep activations alive, not to make scores equal: they begin at 2.50 ± 0.13, and that is no bug. A loss of 34 is a different matter. The net is not ignorant, it is *sure*, and wrong: it has to unlearn before it can learn.

# %% quiz: u13-first-loss

# %% [markdown]
# ## Step 2: a few examples, by heart
#
# *Overfit a small sample: try to train to 100 % training accuracy on a small sample.* We take 50 digits and full batches. A net with 64 hidden units has room for them many times over. If it cannot learn them by heart, something is broken, and no search over anything will mend it. Five attempts:


# %%
@recorded
def by_heart(rule: str, lr: float, scale: float | None, seed: int = 0, steps: int = 200) -> dict:
    """Loss and accuracy on 50 digits before every step, and after the last."""
    x, labels = DIGITS.x_train[:50], DIGITS.y_train[:50]
    params = models.init_mlp((64, 64, 10), rng=np.random.default_rng(seed), scale=scale)
    method = getattr(optim, rule)
    states = train.init_states(train.state_class(method), params)
    curve, hits = [], []
    with np.errstate(all="ignore"):
        for _ in range(steps + 1):
            loss, grads = models.mlp_loss(params, x, labels)
            curve.append(loss)
            hits.append(models.accuracy(params, x, labels))
            params, states = train.step_all(method, params, grads, states, lr=lr)
    return {"loss": np.array(curve), "accuracy": np.array(hits)}


ATTEMPTS = {
    "Adam 0.01": ("adam", 0.01, None),
    "SGD 0.5": ("sgd", 0.5, None),
    "SGD 0.5, weights 1e-4": ("sgd", 0.5, 1e-4),
    "SGD 0.001": ("sgd", 0.001, None),
    "SGD 0.5, weights 0": ("sgd", 0.5, 0.0),
}
fig, ax = plt.subplots()
plots.draw_curves(ax, {n: by_heart(*a)["loss"] for n, a in ATTEMPTS.items()}, ylabel="loss (nats)")
plt.show()
for name, attempt in ATTEMPTS.items():
    known = [by_heart(*attempt, seed)["accuracy"] == 1 for seed in range(5)]
    firsts = [int(np.argmax(hits)) if hits.any() else "never" for hits in known]
    print(f"{name:22s} knows all 50 at step", *firsts)

# %% [markdown]
# *What to see:* Adam and SGD from He's weights fall at once, the run with tiny weights lies flat for about fifty steps and then drops, and two curves seem to stay up for ever, one of them sinking a little.
#
# The slide has two rules for those who fail. *Loss not going down? LR too low, bad initialization. Loss explodes to Inf or NaN? LR too high, bad initialization.* Both suspects stand in both rules, so look closer. The run with rate 0.001 does fall, too slowly to be seen. The tiny weights show the other telltale, a plateau and then a drop. And the last one?

# %% quiz: u13-flat

# %% [markdown]
# ## Step 3: a learning rate that moves the loss
#
# *Use all training data, find a learning rate that makes the loss drop significantly within ~100 iterations.* That is the range test of unit 07. There you looked at the loss. CS231n L7 and DD2424 L5 have a second instrument, which needs no comparison with other runs: how long is an update, compared with the weights that it changes?
#
# > **Find the mistake on this slide.** CS231n L7: `print update_scale / param_scale # want ~1e-3`, and below it: *ratio between the updates and values: ~0.0002 / 0.02 = 0.01 (about okay)*.

# %% quiz: u13-slide-ratio

# %% [markdown]
# **Your turn.** Write `update_ratio` for one parameter array and the update that is added to it. Lengths are Euclidean norms over all entries. `hint("update_ratio")` is there.

# %% exercise: update_ratio

# %% [markdown]
# Now the measurement: 100 updates of SGD with batches of 32, five seeds, the median ratio of the first layer. The last column counts hidden units that answer to no training digit at all, the "dead units" of the recap table below.


# %%
@recorded
def gauge(lr: float, seed: int, updates: int = 100) -> list:
    """Median update ratio of W1, training loss, validation accuracy, and the share of dead units."""
    rng = np.random.default_rng(seed)
    params, ratios = models.init_mlp((64, 64, 10), rng=rng), []
    states = train.init_states(optim.SGDState, params)
    with np.errstate(all="ignore"):
        for step in range(updates):
            if step % 32 == 0:
                epoch = train.minibatches(DIGITS.x_train, DIGITS.y_train, batch_size=32, rng=rng)
            old, (_, grads) = params, models.mlp_loss(params, *next(epoch))
            params, states = train.step_all(optim.sgd, params, grads, states, lr=lr)
            ratios.append(diagnosis.update_ratio(old["W1"], params["W1"] - old["W1"]))
        active = DIGITS.x_train @ params["W1"] + params["b1"] > 0
    loss = models.nll(params, DIGITS.x_train, DIGITS.y_train)
    accuracy = models.accuracy(params, DIGITS.x_val, DIGITS.y_val)
    return [np.median(ratios), loss, accuracy, 1 - active.any(axis=0).mean()]


print("rate    update/weights   loss            accuracy        dead units")
for lr in (0.001, 0.01, 0.1, 0.5, 1.0, 3.0, 10.0):
    rows = np.array([gauge(lr, seed) for seed in range(5)])
    means, deviations = rows.mean(axis=0), rows.std(axis=0, ddof=1)
    parts = [f"{m:.3f} ± {d:.3f}" for m, d in zip(means[1:3], deviations[1:3], strict=True)]
    print(f"{lr:<7g} {means[0]:<16.1e} {parts[0]}   {parts[1]}   {means[3]:.0%}")

# %% [markdown]
# In this net neither number of the slide is a good goal. The best rate after 100 updates is 0.5, and its updates are 2.6e-2 of the weights, 26 times the wanted 1e-3. Whoever turned the rate until the gauge said 1e-3 would end between 0.01 and 0.1, and lose most of the 100 updates.
#
# The gauge is good for something else. Far below 1e-3 a training crawls: 7.4e-5 at rate 0.001. And it says how a training *died*. At rate 10 the loss is near $\log 10$, as if nothing had happened yet; but all hidden units are dead, the gradient of the first layer is zero, and so is the ratio. A training that has not begun and a training that is over have the same loss. The gauge tells them apart.

# %% [markdown]
# ## On a log scale
#
# So there is a rate that works. From here on you search. In which range, and how? CS231n L7 draws learning rates log-uniformly from 1e-4 to 1e-1. DD2424 L5 prints one line of code for the same idea, with a wider range: $\alpha = \text{uniform}(-6, 1)$, $\eta = 10^\alpha$.
#
# Why not uniformly from 1e-6 to 10? Guess first: of a thousand such draws, how many lie below 0.1?

# %%
rng = np.random.default_rng(0)
flat = rng.uniform(1e-6, 10.0, size=1000)
print("uniform:", np.sum(flat < 0.1), "of 1000 below 0.1, and", np.sum(flat > 1.0), "above 1")

# %% [markdown]
# One draw in a hundred asks about everything from 1e-6 to 0.1, five decades out of seven. But doubling the rate matters as much at 0.01 as at 1: what should be uniform is the *logarithm*, so that every decade gets its share.
#
# **Your turn.** Write `log_uniform` for any range, whose ends need not be powers of ten. All chance comes from `rng`, or nobody can repeat your search. `hint("log_uniform")` helps.

# %% exercise: log_uniform

# %%
if examine("log_uniform", log_uniform).passed:
    yours = log_uniform(1e-6, 10.0, size=1000, rng=np.random.default_rng(0))
    print("yours:", np.sum(yours < 0.1), "of 1000 below 0.1, and", np.sum(yours > 1.0), "above 1")
else:
    print("When your log_uniform passes its check, its count appears here.")

# %% [markdown]
# ## Step 4: a grid or random draws
#
# *Choose a few values of learning rate and weight decay around what worked from step 3, train a few models for ~1-5 epochs.* The obvious way is a grid: CS231n L7 lists four values for each, and trains all combinations.
#
# **Your turn.** Write `grid`. It gets the values to try for each name, and returns one dict per training. `hint("grid")` is there.

# %% exercise: grid

# %% [markdown]
# Four values for two names are 16 trainings; for five names they are 1024. That is one reason to distrust grids. The next figure shows another. It is a map of real results: validation accuracy after four epochs on 500 digits, for every learning rate and penalty. Black dots are the trainings of one search. The red squares are their shadows on the two axes.

# %%
explorers.grid_or_random()

# %% [markdown]
# Four things to try:
#
# 1. Count the red squares on the lower axis, for the grid and for random draws.
# 2. Move through the draws. How often does each search miss the blue stripe entirely?
# 3. Compare the two means in the text for 4, 9, 16 and 25 trainings.
# 4. Choose the corner as ranges, where the penalty is strong enough to hurt. Compare again before you read on.

# %% quiz: u13-nine-trials

# %% [markdown]
# This is the argument of Bergstra and Bengio (2012). The blue stripe stands upright: within these ranges the learning rate decides nearly everything, and the penalty next to nothing until it gets strong, near the top. Seen from the side of the learning rate, the grid asks three questions and asks each of them three times. Random draws ask nine. You did not have to know *which* knob matters. That is the point.
#
# **Your turn.** Write `random_search`. The objective is anything that turns a setting into a number, lower is better, and it may return `nan`: trainings blow up. Return the best setting and the list of everything you tried. `hint("random_search")` has three nudges.

# %% exercise: random_search

# %% [markdown]
# The map above was smoothed, the mean of five seeds. Now without the map: real trainings, 60 searches of each kind, nine trainings per search. The grid is shifted as a whole by a random amount, so that it is neither lucky nor unlucky.


# %%
RANGES = {"lr": (1e-4, 10.0), "l2": (1e-6, 1.0)}


@cache
def short_training(lr: float, l2: float, seed: int) -> tuple[float, float]:
    """Accuracies on the validation and the test set after four epochs on 500 digits."""
    rng = np.random.default_rng(seed)
    params, _ = train.fit(
        models.init_mlp((64, 32, 10), rng=rng),
        (DIGITS.x_train[:500], DIGITS.y_train[:500]),
        rule=optim.sgd, lr=lr, l2=l2, epochs=4, batch_size=50, rng=rng,
    )  # fmt: skip
    return (
        models.accuracy(params, DIGITS.x_val, DIGITS.y_val),
        models.accuracy(params, DIGITS.x_test, DIGITS.y_test),
    )


@recorded
def compared(searches: int) -> dict:
    """Best validation accuracy of nine trainings, at random and on a shifted grid, by search."""
    bests = {"random": [], "grid": []}
    for seed in range(searches):
        rng = np.random.default_rng(seed)

        def error(setting: Setting, seed: int = seed) -> float:
            return 1 - short_training(**setting, seed=seed)[0]

        _, trials = search.random_search(error, RANGES, trials=9, rng=rng)
        axes = {
            name: (low * (high / low) ** ((np.arange(3) + rng.random()) / 3)).tolist()
            for name, (low, high) in RANGES.items()
        }
        bests["random"].append(1 - min(trial.value for trial in trials))
        bests["grid"].append(1 - min(error(setting) for setting in search.grid(axes)))
    return {name: np.array(values) for name, values in bests.items()}


bests = compared(60)
for name, values in bests.items():
    quarters = ", ".join(f"{q:.3f}" for q in np.quantile(values, (0.25, 0.5, 0.75)))
    print(f"{name:7s} {values.mean():.3f} ± {values.std(ddof=1):.3f}   quarters {quarters}")
lead = bests["random"] - bests["grid"]
error = lead.std(ddof=1) / np.sqrt(len(lead))
print(f"random - grid: {lead.mean():.3f} ± {error:.3f} (standard error of the mean)")
print(f"random is better in {np.mean(lead > 0):.0%} of the pairs")

# %% [markdown]
# On average random draws win, 0.757 against 0.678, and the difference, 0.079 ± 0.032, is larger than its error. But look at the spread: in a single search the better way loses in 38 % of the pairs. One comparison would have told you nothing.
#
# > **Find the mistake on this slide.** DD2424 L5: *Prefer random search to grid search*, with the sentence that "randomly chosen trials are more efficient for hyper-parameter optimization than trials on a grid".
#
# You have seen the counterexample, if you tried the corner in the explorer. There both knobs matter, the good region is a spot and not a stripe, and the order turns round: nine trainings reach 0.744 on the grid and 0.695 at random, averaged over 300 searches of each kind. Random draws waste no questions on a knob that does not matter. They do waste them by falling close together, and by leaving holes. The sentence needs its condition: *when only a few of the knobs matter*, which is what Bergstra and Bengio showed for their nets, and what you mostly have when you search five knobs at once.

# %% [markdown]
# ## Step 5: closer, and longer
#
# *Refine grid, train longer.* DD2424 L5 calls it coarse to fine: the winner of one stage is the middle of the next, whose ranges are smaller.
#
# **Your turn.** Write `refine`. Ranges shrink on the log scale, and what would stick out of the old range is cut off. `hint("refine")` is there.

# %% exercise: refine

# %% quiz: u13-edge

# %% [markdown]
# Does refining pay? Take 18 trainings. Spend them all on the wide ranges, or nine on the wide ones and nine on the refined ones.


# %%
@recorded
def two_stages(searches: int) -> dict:
    """Best validation accuracy of 18 trainings: all wide, or the second nine refined."""
    bests = {"18 wide": [], "9 wide, 9 refined": []}
    for seed in range(searches):
        rng = np.random.default_rng(seed)

        def error(setting: Setting, seed: int = seed) -> float:
            return 1 - short_training(**setting, seed=seed)[0]

        best, first = search.random_search(error, RANGES, trials=9, rng=rng)
        stages = zip(bests, (RANGES, search.refine(RANGES, best)), strict=True)
        for name, ranges in stages:
            _, second = search.random_search(error, ranges, trials=9, rng=rng)
            bests[name].append(1 - min(trial.value for trial in first + second))
    return {name: np.array(values) for name, values in bests.items()}


staged = two_stages(30)
for name, values in staged.items():
    print(f"{name:18s} {values.mean():.3f} ± {values.std(ddof=1):.3f}, worst {values.min():.3f}")
lead = staged["9 wide, 9 refined"] - staged["18 wide"]
print(f"lead of refining: {lead.mean():.3f} ± {lead.std(ddof=1) / np.sqrt(len(lead)):.3f}")

# %% [markdown]
# On average hardly: the lead is 0.021 ± 0.013, and nine more wide draws often find the stripe as well. What changes is the bad end. The worst of the 30 refined searches reached 0.757, the worst of the others 0.523, and the spread is half as large, 0.036 instead of 0.077. Refining is a safeguard more than a gain, as long as there is a stripe this wide to be found. (The slide says *train longer*, too. That we have not done here: four epochs in both stages, so that the budgets are equal.)

# %% [markdown]
# ## Step 6: look at the curves
#
# A search returns numbers. Why a setting is bad, a number does not say; the curves do. CSC421 L7-8 ends with a recap, nine problems with their diagnostics and workarounds, and you have met all of them:
#
# | problem | diagnostic | workaround | unit |
# |---|---|---|---|
# | incorrect gradients | finite differences | fix them | 01 |
# | local optima | (hard) | random restarts | 02 |
# | symmetries | look at $W$ | initialize $W$ randomly | step 2 above |
# | slow progress | slow, linear training curve | increase the learning rate; momentum | 02, 04 |
# | instability | cost increases | decrease the learning rate | 02 |
# | oscillations | fluctuations in the training curve | decrease the learning rate; momentum | 02, 04 |
# | fluctuations | fluctuations in the training curve | decay the learning rate; averaging | 03, 07, 12 |
# | dead or saturated units | histograms of activations | initial scale of $W$; ReLU | step 3 above |
# | ill-conditioning | (hard) | normalization; momentum; Adam; second order | 02 to 08 |

# %% quiz: u13-fluctuations

# %% [markdown]
# CS231n L7 shows curves and asks: *you see this, what should you do?* Here are five of them, drawn anew from the patients above. Answer for each before you go on: what is wrong, and which knob do you turn?


# %%
def patient_curves(lr: float, l2: float, scale: float) -> Array:
    """Training and validation losses (2, epochs + 1) of a run of the data file."""
    runs = datasets.load_training_runs()
    wanted = zip((runs.lrs, runs.penalties, runs.scales), (lr, l2, scale), strict=True)
    return runs.losses[tuple(int(np.argmin(np.abs(values - want))) for values, want in wanted)]


PANELS = {
    "Q1": (4e-4, 1e-2, 1.0),
    "Q2": (0.04, 1e-4, 1.0),
    "Q3": (0.04, 0.1, 1.0),
    "Q4": (0.4, 1e-2, 1.0),
    "Q5": (0.04, 1e-2, 1e-3),
}
fig, axes = plt.subplots(1, 5, figsize=(13, 2.8), sharey=True)
for ax, (name, setting) in zip(axes, PANELS.items(), strict=True):
    curves = dict(zip(("training", "validation"), patient_curves(*setting), strict=True))
    plots.draw_curves(ax, curves, xlabel="epoch", ylabel="loss (nats)" if name == "Q1" else "")
    ax.set(title=name, ylim=(0, 3))
    ax.get_legend().set_visible(name == "Q1")
plt.show()

# %% [markdown]
# *What to see:* Q1 sinks slowly and evenly; in Q2 training falls on while validation turns flat and parts from it; Q3 dips once, climbs back and lies flat near the top; Q4 jumps up and down; Q5 lies flat for some fifteen epochs and then falls.
#
# Can a program read such curves? Up to a point. The docstring of `diagnose` holds a list of rules of thumb; the first that applies decides. All losses are counted in shares of the *first training loss*, so that the rules work for any number of classes. Their order matters as much as their numbers: a curve that jumps may also have a gap, and while it jumps, the gap means nothing.
#
# **Your turn.** Write `diagnose`. Take the rules one at a time; `hint("diagnose")` has advice on where to begin.

# %% exercise: diagnose

# %% [markdown]
# The five panels, and a map of what the rules say about the runs of the data file, with initial weights of He's size:


# %%
@recorded
def verdicts() -> dict:
    """What ``diagnose`` says of the five panels, and by learning rate and penalty."""
    lrs, penalties = (4e-4, 4e-3, 0.04, 0.4, 4.0), (0.0, 1e-3, 1e-2, 0.1)
    return {
        "panels": [diagnosis.diagnose(*patient_curves(*setting)) for setting in PANELS.values()],
        "map": {
            f"{l2:g}": [diagnosis.diagnose(*patient_curves(lr, l2, 1.0)) for lr in lrs]
            for l2 in penalties
        },
    }


said = verdicts()
for name, verdict in zip(PANELS, said["panels"], strict=True):
    print(f"{name}: {verdict}")
print("\nl2      rate 4e-4      4e-3           0.04           0.4            4")
for l2, row in said["map"].items():
    print(f"{l2:7s}", *(verdict.replace("learning rate", "lr").ljust(14) for verdict in row))

# %% [markdown]
# The five panels get the names that you would give them. The map deserves a second look. Read it from left to right: slow, healthy, healthy or overfitting, too high, diverged, a whole lecture on learning rates in one line. Then look at the last row. With a penalty of 0.1 the rules say "underfitting" at nearly every rate, and whoever follows the textbook answer and buys a larger net will be disappointed: the *penalty* holds the weights down. A name like this is a symptom, and a symptom has more than one cause.
#
# Patient 1 is an example of the reverse, one cause and two cures: a hundred times the penalty brings validation accuracy from 0.76 to 0.83, and a tenth of the learning rate brings it to 0.84, because a slower training has not had the time to learn the wrong labels.
#
# And patient 7, the healthy one? It begins at a loss of 56, because its weights are ten times too large. In shares of 56 every later loss is small, so all the rules are content, and validation accuracy is 0.66. With a tenth of the initial weights it is 0.76. Step 6 cannot see what step 1 sees at once. That is why the recipe has both.

# %% [markdown]
# ## What the search may look at
#
# DD2424 L5: *use performance on the validation set to identify good hyper-parameter settings.* Every search is a training of a kind: it fits the setting to the validation set. So the best validation accuracy has the flaw of a training loss. How large is it?

# %% quiz: u13-winner


# %%
@recorded
def seeds_only(groups: int = 10, size: int = 20) -> dict:
    """One good setting with many seeds: accuracies on validation and test set, (groups, size)."""
    rows = np.array([short_training(0.5, 1e-4, seed) for seed in range(groups * size)])
    return {"val": rows[:, 0].reshape(groups, size), "test": rows[:, 1].reshape(groups, size)}


runs = seeds_only()
winner = np.argmax(runs["val"], axis=1)
for name, found in runs.items():
    best = found[np.arange(len(found)), winner]
    print(
        f"{name:5s} all seeds {found.mean():.3f} ± {found.std(ddof=1):.3f}, chosen of 20 "
        f"{best.mean():.3f} ± {best.std(ddof=1):.3f}, lead {best.mean() - found.mean():.3f}"
    )

# %% [markdown]
# The runs differ in nothing but the seed. On the validation set the chosen ones lead by 0.054. On the test set, which had no say, they lead by 0.028. About half of the lead is a good start of the weights, which is real after four short epochs; the other half is luck with 300 digits, and goes up with every further trial.
#
# So there are three sets with three jobs. The training set fits the weights, the validation set chooses the setting, and the test set is read once, at the end, for the report. And step 7 of the recipe? *GOTO step 5.* You will go round this loop many times. That is one more reason to keep the test set out of it.

# %% [markdown]
# ## What you now know
#
# - A softmax classifier that knows nothing has the loss $\log C$; with the penalty on, or with scores that are not small, more. This first loss says nothing about labels and gradients.
# - A sound net learns 50 examples by heart within a few dozen steps. One that does not is broken, and no search will mend it.
# - The ratio of update to weights shows training that crawls and training that is dead. The famous 1e-3 is no goal: in our net the best rate had 2.6e-2.
# - Rates and strengths live on a log scale. A uniform draw spends itself on the highest decade.
# - Random draws beat a grid when few knobs matter, because every trial asks about a new value of each. When all matter, a grid leaves no holes and is better.
# - A winner at the border of its range means: move the range.
# - Curves tell what a number does not: slow, too fast, stuck, overfitting, badly begun.
# - What was chosen on a set looks better on that set than it is.
#
# ## Traps
#
# - **Searching before step 2.** A bug does not go away at a better learning rate.
# - **Comparing losses with the penalty inside.** The runs with the weaker penalty win.
# - **Comparing two ways of searching by one search each.** The spread between searches was 0.15 here.
# - **Whole powers of ten at random.** That is a grid with holes.
# - **A new generator in every trial.** With the same seed all trials are one.
# - **Letting nan win.** For `np.argmin` a nan is the smallest number there is.
# - **Reporting the number you chose by.**
#
# ## Read on
#
# - James Bergstra and Yoshua Bengio, *Random Search for Hyper-Parameter Optimization*, JMLR 13, 2012: figure 1 is the shadow plot, and their measurements say how few of the knobs mattered.
# - Andrej Karpathy, *A Recipe for Training Neural Networks*, 2019, karpathy.github.io/2019/04/25/recipe: much the same steps, told by one who has gone through all of them many times.
# - Leslie Smith, *A disciplined approach to neural network hyper-parameters*, arXiv 1803.09820: reading curves early.
# - Lisha Li and others, *Hyperband*, arXiv 1603.06560: random search that stops its hopeless trials.
# - Goodfellow, Bengio and Courville, *Deep Learning*, section 11.4.
# - The lectures: CS231n L7 "Choosing hyperparameters"; DD2424 L5 "Optimization of the training hyper-parameters"; CSC421 L7-8 "Recap".
