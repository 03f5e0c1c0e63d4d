# %% [markdown]
# # Unit 07: Learning-rate schedules
#
# A classifier for handwritten digits trains with learning rate 2. After three epochs you divide the rate by ten, and in the next epoch the training loss falls from 0.214 to 0.053. Four times better overnight. Was that progress? A twin of this training, with the same start and the same batches, kept the large rate: it stands at 0.107. But you have not seen epoch 40 yet.
#
# **You will be able to**
#
# - write every learning-rate schedule of the lectures as a function of the step, with the right end points;
# - compute the noise floor of a learning rate, and say why the loss falls at a drop;
# - tell a loss that falls because the training gets somewhere from one that falls because it stops shaking;
# - choose a learning rate with a range test, and carry it over to another batch size, as far as that goes;
# - read a comparison of methods, and say what it does *not* show.
#
# **Time:** 120 minutes, 30 of them for the comparison at the end. **You need:** gradient noise (unit 03) and the update rules of units 04 to 06, at least by name.

# %%
from collections.abc import Callable, Sequence

import matplotlib.pyplot as plt
import numpy as np

from course_lib import datasets, explorers, models, optim, plots, schedules, search, train
from course_lib.arrays import Array
from course_lib.check import check, examine, hint
from course_lib.quiz import quiz
from course_lib.recorded import recorded
from course_lib.schedules import Schedule

plots.use_course_style()

# %% [markdown]
# ## Four times better overnight
#
# The training is as simple as it can be: softmax regression (unit 01), no hidden layer, 1000 digits in batches of 4, so 250 updates per epoch. The loss is convex, so that nobody can get stuck anywhere. Everything runs with the same five seeds.

# %%
DIGITS = datasets.load_digits()


@recorded
def plans_on_digits(milestones: tuple[int, ...], epochs: int = 40, seeds: int = 5) -> dict:
    """Softmax regression from rate 2, divided by 10 after the given epochs; by seed and epoch."""
    losses, accuracies = [], []
    plan = schedules.step_decay(2.0, milestones=tuple(250 * epoch for epoch in milestones))
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        params, history = train.fit(
            models.init_mlp((64, 10), rng=rng),
            (DIGITS.x_train, DIGITS.y_train),
            rule=optim.sgd,
            epochs=epochs,
            batch_size=4,
            schedule=plan,
            rng=rng,
        )
        losses.append(history.train_loss)
        accuracies.append(models.accuracy(params, DIGITS.x_test, DIGITS.y_test))
    return {"loss": np.array(losses), "accuracy": np.array(accuracies)}


PLANS = {
    "never lowered": plans_on_digits(()),
    "divided by 10 after 3 epochs": plans_on_digits((3,)),
}
fig, ax = plt.subplots()
first = {name: run["loss"][:, :8] for name, run in PLANS.items()}
plots.draw_curves(ax, first, xlabel="epoch", ylabel="training loss (nats)", first=1, log=True)
plt.show()

# %% [markdown]
# *What to see:* for three epochs both curves are one; then the lowered one falls to about 0.05 within a single epoch and lies there calmly, while the mean of the other falls slowly and its seeds jump between 0.03 and 0.2. The bands reach from the lowest to the highest of five seeds.

# %% quiz: u07-overnight

# %% [markdown]
# Keep your answer in mind. Before you hear ours, drive a model of this training yourself. The explorer shows SGD with noisy gradients on a bowl that is steep in one direction and flat in the other. On the left is the learning rate, in the middle the loss, on the right the same loss split into its two directions. All controls answer to the mouse and to the arrow keys.

# %%
explorers.schedule_designer()

# %% [markdown]
# Three things to try:
#
# 1. Stay with the constant rate 0.5 and noise 1, and walk the base rate up and down. Where does the mean loss end? Which of the two parts decides at small rates, which at large ones?
# 2. Switch to the early step, then to the other one. Look at the right panel: what happens to each part at the drop?
# 3. Find a setting that ends below 0.01, with noise 1. Then see how little noise it takes until a schedule makes hardly any difference.

# %% [markdown]
# ## A schedule is a function
#
# The lectures write schedules as formulas for a learning rate $\alpha_t$. In code, the form that keeps out of trouble is a *function of the step*: it takes the number of an update and returns the learning rate of that update. It counts nothing and remembers nothing. So you can ask it for step 1000 first and for step 3 afterwards, draw it before you train, and resume an interrupted training where it stopped.
#
# So the exercises of this unit are functions that *make* functions. The simplest one looks like this:


# %%
def constant(lr: float) -> Schedule:
    """The learning rate ``lr`` for ever."""

    def rate_at(step: int) -> float:
        return lr

    return rate_at


def rates(schedule: Schedule, steps: int) -> Array:
    """The learning rates of the first ``steps`` updates."""
    return np.array([schedule(step) for step in range(steps)])


half = constant(0.5)
print(half(0), half(1000), rates(half, 4))

# %% [markdown]
# The inner function sees `lr`, the argument of the outer one, and keeps seeing it after the outer one has returned. Mind the last line: it returns the function itself, without parentheses. In this course step 0 is the first update. `train.fit` asks the schedule before every update; `train.fit(..., schedule=half)` would train with 0.5.

# %% [markdown]
# ## Dropping it by hand
#
# CS231n L7 puts four loss curves on a slide, of a very high, a high, a good and a low learning rate, and asks which of these rates is best to use.

# %% quiz: u07-which-rate

# %% [markdown]
# The oldest schedule does by plan what people did by hand: train until nothing moves, divide by ten, go on. The lecture's example is "multiply the learning rate by 0.1 after epochs 30, 60 and 90". DD2424 L5 has the same in its own words: after every $n$-th epoch set $\eta = \alpha\eta$ with some $\alpha \in (0, 1)$.

# %% quiz: u07-after-thirty

# %% [markdown]
# **Your turn.** Write `step_decay`. The milestones are listed one by one and may come in any order; the factor is called `gamma`, as in PyTorch. Your function must be right for every step, in whatever order it is asked. If you are stuck, put `hint("step_decay")` into a cell of your own: it gives nudges, one at a time.

# %% exercise: step_decay

# %%
if examine("step_decay", step_decay).passed:
    lecture = step_decay(0.1, milestones=(30, 60, 90))
    print("your schedule at 0, 29, 30, 60, 90:", [f"{lecture(t):.2g}" for t in (0, 29, 30, 60, 90)])
else:
    print("When your step_decay passes its check, the lecture's plan appears here.")

# %% [markdown]
# ## Why the loss falls overnight
#
# CS231n L7 shows a whole series of slides called "Phases of learning": the loss levels off, falls suddenly when the rate is divided by ten, levels off again, and so on. Where does the fall come from? Not from a better direction: the gradients are what they were.
#
# You have the answer from unit 03, in one direction with curvature $h$ and a gradient with noise of variance $s^2$. A step of SGD shrinks the coordinate $x$ by the factor $1 - \eta h$ and adds a kick, $\eta$ times the noise. The kicks are independent, so the squares add up:
#
# $$\mathrm{E}\,x'^2 = (1 - \eta h)^2\, \mathrm{E}\,x^2 + \eta^2 s^2 .$$
#
# The first term shrinks, the second is added in every step. Where the two balance, the loss $\tfrac12 h\,\mathrm{E}\,x^2$ stays where it is, at the **noise floor**:
#
# $$\text{floor} = \frac{\eta\, s^2}{2\,(2 - \eta h)} \approx \frac{\eta\, s^2}{4} \quad\text{for small } \eta h .$$

# %% quiz: u07-floor

# %%
rng = np.random.default_rng(0)
x = np.ones(2000)  # two thousand runs at once, curvature 1, noise of variance 1
for lr, steps in ((0.5, 60), (0.05, 200), (0.005, 2000)):
    tail = []
    for _ in range(steps):
        x = x - lr * (x + rng.normal(size=x.shape))
        tail.append(0.5 * np.mean(x**2))
    after = next(i for i, loss in enumerate(tail) if loss < 1.2 * lr / (2 * (2 - lr))) + 1
    print(f"rate {lr}: loss {tail[-1]:.5f}, formula {lr / (2 * (2 - lr)):.5f}, there after {after}")

# %% [markdown]
# The formula holds. The last column says how many steps it took to come within 20 % of the new floor, and that is the price: a small rate has a low floor, and needs long to get there.
#
# Now look at the drop again. In *steep* directions the training had arrived long ago and was only shaking. There the loss falls to the new floor within a few steps: about $2/(\eta h)$ of them to come within 20 %. In *flat* directions nothing had arrived. There the drop changes just one thing: from now on every step is a tenth as long.

# %% [markdown]
# ## Decay only looks like progress
#
# CSC421 L7-8 states it as a warning: *by reducing the learning rate, you reduce the fluctuations, which can appear to make the loss drop suddenly. But this can come at the expense of long-run performance.* Back to the digits, all 40 epochs this time, with a third training that waits until epoch 20.

# %%
PLANS["divided by 10 after 20 epochs"] = plans_on_digits((20,))
fig, ax = plt.subplots(figsize=(7.5, 4.2))
curves = {name: run["loss"] for name, run in PLANS.items()}
plots.draw_curves(ax, curves, xlabel="epoch", ylabel="training loss (nats)", first=1, log=True)
plt.show()
for name, run in PLANS.items():
    loss, acc = run["loss"][:, -1], run["accuracy"]
    print(
        f"{name:30s} training loss {loss.mean():.4f} ± {loss.std(ddof=1):.4f},"
        f" test accuracy {acc.mean():.4f} ± {acc.std(ddof=1):.4f}"
    )

# %% [markdown]
# *What to see:* the early drop leads for more than ten epochs and then lies above the others, on a line that hardly falls; the curve that is never lowered jumps up and down while it sinks, and ends lowest; the drop after 20 epochs makes a step down at once and is then almost flat.
#
# So here is the answer. On the training set the early drop was no progress. It took the shaking out of the loss, and with it the speed: after 40 epochs it stands at 0.0196, the training that was never lowered at 0.0025, almost eight times lower. In the explorer you saw why: what was left lay along flat directions.
#
# Two honest remarks. First, even the late drop ends above the training without any: on this problem no drop was needed. Softmax regression can fit these 1000 digits perfectly. As it does, the gradients of all examples go to zero, and their noise with them, so the floor sinks by itself. On a problem that cannot be fitted perfectly the noise stays, and the rate has to come down. Second, look at the test accuracies. They do not differ by more than their spread; if anything, the run with the highest training loss is ahead. A low training loss is not the goal.

# %% [markdown]
# ## Formulas instead of milestones
#
# Milestones are many numbers to choose. DD2424 L5 lists two formulas that need one, a rate of decay $k$:
#
# $$\eta_t = \eta_0\, e^{-kt} \qquad\text{and}\qquad \eta_t = \frac{\eta_0}{1 + kt} .$$
#
# The first loses the same *share* in every step. The second begins exactly like it, with slope $-k\eta_0$, but loses less and less. Before you look: with $k = 0.05$, what is left of each after 100 steps?


# %%
@recorded
def two_decays(rate: float, steps: int) -> dict:
    """Learning rates of both formulas, from 1."""
    return {
        "exponential": rates(schedules.exponential_decay(1.0, rate=rate), steps),
        "1/t": rates(schedules.inverse_time_decay(1.0, rate=rate), steps),
    }


fig, ax = plt.subplots()
plots.draw_curves(ax, two_decays(0.05, 201), ylabel="learning rate", log=True)
plt.show()

# %% [markdown]
# *What to see:* both start at 1 with the same slope; on this logarithmic scale the exponential is a straight line down to 5e-5 at step 200, and 1/t bends and is still near 0.1.
#
# After 100 steps 0.7 % of the exponential is left, and 17 % of 1/t. There is a theorem behind the second one. Robbins and Monro showed in 1951 when SGD comes to rest in the minimum itself, in spite of the noise. The rates must shrink so fast that the sum of their *squares* is finite, or the noise never dies. And they must shrink so slowly that their own sum is infinite, or the training cannot get everywhere. $1/t$ does both. The exponential fails the second condition: all its rates together add up to less than $\eta_0/k + \eta_0$, so with bounded gradients a minimum that is far enough away is never reached. DD2424 says it in words: decay too slowly, and you bounce around; too aggressively, and the system is unable to reach the best position it can.
#
# **Your turn.** Write `exponential_decay` and `inverse_time_decay`. Both get the initial rate and `rate`, the $k$ of the slide, and both are one line inside a function. `hint("exponential_decay")` and `hint("inverse_time_decay")` help.

# %% exercise: exponential_decay

# %% exercise: inverse_time_decay

# %% [markdown]
# ## A slide that counts from somewhere
#
# CS231n L7 adds a third formula, from the paper that introduced the transformer: $\alpha_t = \alpha_0/\sqrt{t}$.
#
# > **Find the mistake on this slide.** CS231n L3 and L7, "Learning rate decay": $\alpha_0$ is the *initial learning rate*, $\alpha_t$ the *learning rate at epoch* $t$, and *inverse sqrt:* $\alpha_t = \alpha_0/\sqrt{t}$. Put in the first $t$.
#
# If $t$ begins at 0, the first rate is infinite. If it begins at 1, the formula is fine; but "after epochs 30, 60 and 90" on the same slide counts epochs that are over, and the first epoch begins when none is. DD2424 is careful at least in one place: its $t$ is the *iteration number, either with respect to the number of update steps or epochs*. So a formula with a $t$ is not a schedule yet. You need to know what $t$ counts, and from where. In this course: updates, unless the text says otherwise, and the first one is step 0. That makes the formula $\alpha_0/\sqrt{\text{step} + 1}$.

# %% quiz: u07-epoch-or-step

# %% [markdown]
# **Your turn.** Write `inverse_sqrt`. `hint("inverse_sqrt")` is there.

# %% exercise: inverse_sqrt

# %% [markdown]
# How much does it matter what $t$ counts? Train a network with one hidden layer of 64 units, 15 epochs with batches of 32, so 32 updates per epoch, with $\alpha_0 = 0.5$: once with $t$ in updates, once with $t$ in epochs.


# %%
def digits_run(
    rule: str, plan: Schedule, seed: int, epochs: int, *, batch: int = 32, depth: int = 1
) -> tuple[dict, train.History]:
    """Parameters and history of one training on the digits; ``depth`` hidden layers of 64."""
    rng = np.random.default_rng(seed)
    return train.fit(
        models.init_mlp((64, *[64] * depth, 10), rng=rng),
        (DIGITS.x_train, DIGITS.y_train),
        rule=getattr(optim, rule),
        epochs=epochs,
        batch_size=batch,
        schedule=plan,
        rng=rng,
    )


@recorded
def two_clocks(seeds: int = 5) -> dict:
    """Final training loss and test accuracy, (seeds, 2), of the inverse root in two readings."""
    by_update = schedules.inverse_sqrt(0.5)
    readings = {"t counts updates": by_update, "t counts epochs": lambda t: by_update(t // 32)}
    results = {}
    for name, plan in readings.items():
        runs = [digits_run("sgd", plan, seed, 15) for seed in range(seeds)]
        results[name] = [
            (history.train_loss[-1], models.accuracy(params, DIGITS.x_test, DIGITS.y_test))
            for params, history in runs
        ]
    return results


def spread(values: Sequence[float], digits: int = 3) -> str:
    """Mean and standard deviation over the seeds."""
    return f"{np.mean(values):.{digits}f} ± {np.std(values, ddof=1):.{digits}f}"


for name, pairs in two_clocks().items():
    losses, accuracies = np.array(pairs).T
    print(f"{name}: training loss {spread(losses)}, test accuracy {spread(accuracies)}")

# %% [markdown]
# Same slide, same $\alpha_0$, same seeds. The two readings end farther apart than any two schedules in the comparison at the end of this unit, where every schedule has a tuned rate of its own. When you take a schedule from a paper, take its clock along.

# %% [markdown]
# ## A plan with an end
#
# All schedules so far go on for ever. Usually you know how long you will train, and can plan the descent to the end. CS231n L7 has two such plans. With $T$ the number of steps,
#
# $$\text{linear: } \alpha_t = \alpha_0\Big(1 - \frac{t}{T}\Big), \qquad \text{cosine: } \alpha_t = \tfrac12\,\alpha_0\Big(1 + \cos\frac{\pi t}{T}\Big) .$$
#
# There is nothing to choose but $\alpha_0$ and $T$: "very few hyperparameters", as the lecture says about the cosine.


# %%
@recorded
def planned(total: int, shown: int) -> dict:
    """Learning rates of three plans from 1 for ``total`` steps, and of a step decay beside them."""
    plans = {
        "step decay": schedules.step_decay(1.0, milestones=(total // 2, 3 * total // 4)),
        "linear": schedules.linear_decay(1.0, total_steps=total),
        "cosine": schedules.cosine(1.0, total_steps=total),
        "cosine to 0.1": schedules.cosine(1.0, total_steps=total, lr_min=0.1),
    }
    return {name: rates(plan, shown) for name, plan in plans.items()}


fig, ax = plt.subplots()
plots.draw_curves(ax, planned(100, 121), ylabel="learning rate")
ax.axvline(100, color="black", linestyle=":", linewidth=1)
plt.show()

# %% [markdown]
# *What to see:* the cosine stays near 1 longer than the straight line, crosses it half way and is flatter again at the end; all plans stand still behind the dotted line, where the 100 steps are over.
#
# Why do they work so well? Think of the explorer. Flat directions need many steps at a large rate; the noise needs only a few at small ones. A plan with an end gives the large rates most of the time and passes through *all* small rates at the end, so that every steep direction gets its turn.
#
# The formulas have a trap that no slide mentions. What do they give for $t > T$? Train a few epochs longer than planned, and the linear rate turns negative, so that SGD climbs, and the cosine goes up again (PyTorch's does). Here the end is the end.
#
# **Your turn.** Write `linear_decay` and `cosine`. The cosine has a floor, `lr_min`: it runs from `lr` to `lr_min`, not to zero. `hint("linear_decay")` and `hint("cosine")` help.

# %% exercise: linear_decay

# %% exercise: cosine

# %% [markdown]
# ## Warming up
#
# CS231n L7: *high initial learning rates can make the loss explode; linearly increasing the learning rate from 0 over the first ~5000 iterations can prevent this.* The idea comes from trainings with huge batches (Goyal et al. 2017). At the start the weights are random, the curvature can be large, and a rate that is fine later is too large now.
#
# A warm-up is not a schedule of its own: it replaces the beginning of another one. So `warmup` gets a schedule and returns one. Where should the climb lead? If it led to the rate of step 0, the rate would jump at the end of the climb, because the schedule has come down meanwhile. So it leads to where the schedule *then* stands, at step `steps`.
#
# **Your turn.** Write `warmup`. Step $t$ of the climb has the share $(t+1)/\text{steps}$. (With $t/\text{steps}$, "from 0" to the letter, the first update would do nothing.) `hint("warmup")` is there.

# %% exercise: warmup

# %% [markdown]
# Does it work? The network gets three hidden layers, the rule is momentum 0.9, the plan a cosine over ten epochs of 32 updates. Two base rates: 0.1, which is good for this network, and 0.3, which is too much. Warm-ups of none, one and three epochs.

# %% quiz: u07-warmup


# %%
@recorded
def with_warmup(lr: float, steps: int, seeds: int = 5) -> list:
    """Training losses by seed and epoch of a deep network with momentum, cosine and warm-up."""
    plan = schedules.warmup(schedules.cosine(lr, total_steps=320), steps=steps)
    runs = [digits_run("momentum", plan, seed, 10, depth=3) for seed in range(seeds)]
    return [history.train_loss for _, history in runs]


WARM = {(lr, steps): np.array(with_warmup(lr, steps)) for lr in (0.1, 0.3) for steps in (0, 32, 96)}
for (lr, steps), losses in WARM.items():
    ends = losses[:, -1]
    print(f"base rate {lr}, {steps:2d} steps of warm-up: {spread(ends)}, seeds {ends.round(3)}")

# %%
fig, axes = plt.subplots(1, 2, figsize=(9.5, 3.4), sharey=True, layout="constrained")
for ax, lr in zip(axes, (0.1, 0.3), strict=True):
    curves = {f"{steps} steps": WARM[lr, steps] for steps in (0, 32, 96)}
    plots.draw_curves(ax, curves, xlabel="epoch", ylabel="training loss (nats)", first=1, log=True)
    ax.set_title(f"base rate {lr}")
plt.show()

# %% [markdown]
# *What to see:* on the left the three curves end together near 0.02; on the right those without warm-up and with one epoch of it stay between 1 and 3, and with three epochs all seeds get below 2, some of them to 0.1.
#
# Where the rate is right, a warm-up changes nothing that you could measure here (0.019, 0.019 and 0.021, with a spread of 0.003 to 0.005). Where it is too large, a *short* warm-up does not help either, and a long one rescues the training, though not to the level of the right rate.
#
# One suspicion is left. With 96 of 320 steps of warm-up, the cosine is down to 0.24 when the climb is over. Perhaps it is not the climb that helps, but the lower peak. So start at the lower peak, without a climb:


# %%
@recorded
def lower_peak(seeds: int = 5) -> dict:
    """The control: the rate that the climb leads to, from the start; final losses."""
    peak = schedules.cosine(0.3, total_steps=320)(96)
    return {"peak": peak, "ends": [losses[-1] for losses in with_warmup(peak, 0, seeds)]}


control = lower_peak()
print(f"from {control['peak']:.3f}, without a climb: {spread(control['ends'])}")
print("by seed, lower peak:", np.round(control["ends"], 3))
print("by seed, and climb: ", WARM[0.3, 96][:, -1].round(3))

# %% [markdown]
# On average the loss is 1.961 without either, 1.435 with the lower peak alone and 0.564 with both. With spreads of 0.4 to 0.9 such means say little. But the same seed starts from the same weights, so compare seed by seed: the climb beats the lower peak five times out of five, which chance does once in 32 tries. The lower peak alone beats the plain cosine three times out of five, which is what chance does. So it is the climb. And the plainest lesson is in the left panel: with a third of the learning rate the whole question disappears.

# %% [markdown]
# ## Up and down again
#
# Must the rate fall at all? Smith (2017) lets it swing between two bounds, $\eta_{min}$ and $\eta_{max}$, again and again. DD2424 L5 presents this as a recent idea, and you will meet it once more in unit 12: at the end of every cycle the training is in a quiet place, and snapshots from there make an ensemble.
#
# The simplest form is a triangle: `half_cycle` steps up, as many down. Most mistakes here are about where the peak is. Draw the first two cycles for `half_cycle = 4` on paper: at which steps are the peaks?
#
# **Your turn.** Write `triangular`. `hint("triangular")` is there.

# %% exercise: triangular

# %%
if all(examine(f.__name__, f).passed for f in (cosine, warmup, triangular)):
    mine = {
        "cosine": rates(cosine(1.0, total_steps=100), 120),
        "cosine with warm-up": rates(warmup(cosine(1.0, total_steps=100), steps=20), 120),
        "triangular": rates(triangular(lr_min=0.1, lr_max=1.0, half_cycle=20), 120),
    }
    fig, ax = plt.subplots()
    plots.draw_curves(ax, mine, ylabel="learning rate")
    ax.set_ylim(top=1.4)  # room for the legend
    plt.show()
else:
    print("When cosine, warmup and triangular pass their checks, your own schedules appear here.")

# %% [markdown]
# In the explorer the triangle shows what it does: at each peak the steep direction shakes, and the flat one makes good progress; at each low the shaking stops for a moment. If you stop at a low, you have a rather good loss. If you stop at a peak, you do not.

# %% [markdown]
# ## Waiting for a plateau
#
# A plan needs to know the end. DD2424 L5 mentions the alternative in brackets: *sometimes people monitor the validation loss and reduce the learning rate when this loss stops improving.* That is what a person does who watches the curve. It is no longer a function of the step: what happens depends on what was seen.
#
# "Stops improving" needs a definition, and every word of it is a trap. A validation loss is noisy, so one bad epoch proves nothing: the rule has **patience**. Improving means better than the *best so far*, not better than the last epoch. After a drop the waiting begins anew. And the rate of an epoch is fixed before its loss is known.
#
# **Your turn.** Write `reduce_on_plateau`. It gets the validation losses of a whole training, one per epoch, and returns the rate that was used in each of them. The docstring says what patience means here; Keras means one epoch less. `hint("reduce_on_plateau")` helps.

# %% exercise: reduce_on_plateau

# %% [markdown]
# How do you train with it? Before every epoch, ask for its rate, although you do not know its loss yet. In the cell below the unknown loss is `nan`, which never counts as an improvement, and only the last rate is used. The training is the first one of this unit, softmax regression from rate 2.


# %%
@recorded
def plateau_run(patience: int, seed: int, epochs: int = 40) -> dict:
    """Training with the validation loss in charge: rates, training and validation losses."""
    rng, seen = np.random.default_rng(seed), []
    params, used, on_train = models.init_mlp((64, 10), rng=rng), [], []
    for _ in range(epochs):
        known = np.append(seen, np.nan)
        lr = schedules.reduce_on_plateau(known, lr=2.0, patience=patience)[-1]
        params, history = train.fit(
            params,
            (DIGITS.x_train, DIGITS.y_train),
            rule=optim.sgd,
            epochs=1,
            batch_size=4,
            lr=float(lr),
            val=(DIGITS.x_val, DIGITS.y_val),
            rng=rng,
        )
        used.append(float(lr))
        on_train.append(float(history.train_loss[0]))
        seen.append(float(history.val_loss[0]))
    return {"rate": used, "train": on_train, "val": seen}


WAITS = {patience: plateau_run(patience, seed=1) for patience in (1, 5)}
fig, axes = plt.subplots(1, 2, figsize=(9.5, 3.4), layout="constrained")
for ax, what in zip(axes, ("rate", "val"), strict=True):
    curves = {f"patience {p}": np.maximum(run[what], 1e-6) for p, run in WAITS.items()}
    label = "learning rate" if what == "rate" else "validation loss (nats)"
    plots.draw_curves(ax, curves, xlabel="epoch", ylabel=label, first=1, log=True)
plt.show()
for patience, run in WAITS.items():
    drops = [i + 1 for i in range(1, 40) if run["rate"][i] < run["rate"][i - 1]]
    print(f"patience {patience}: lower from epochs {drops}; training loss {run['train'][-1]:.4f}")

# %% [markdown]
# *What to see:* with patience 1 the rate falls from epoch 7 on in a stair that goes on to the bottom, and the validation loss freezes near 0.16; with patience 5 the rate stays at 2 for 31 epochs, and the validation loss jumps until then.
#
# The impatient rule took the noise for a plateau. Once the rate is tiny, nothing improves any more, so it is lowered again, and again: the rule makes the plateau that it waits for. The training loss tells what it cost, 0.0218 against 0.0030. With four other seeds it came out alike, between 0.018 and 0.040 against 0.004 to 0.008. As before, the validation loss does not mind.

# %% [markdown]
# ## A larger batch
#
# CS231n L7, as an "empirical rule of thumb": *if you increase the batch size by $N$, also scale the initial learning rate by $N$.* The reason fits into one line. $N$ small steps in a row, as long as the gradient hardly changes meanwhile, are
#
# $$-\eta\,(g_1 + g_2 + \dots + g_N) = -(N\eta)\cdot\frac{g_1 + \dots + g_N}{N} ,$$
#
# and the fraction on the right is the gradient of one batch that holds all of them. So one step with the large batch and $N\eta$ goes where the $N$ steps went.
#
# **Your turn.** Write `scaled_lr`. It is one line; the check is about the direction, and about batches that are no multiples. `hint("scaled_lr")` is there.

# %% exercise: scaled_lr

# %% [markdown]
# The condition was "as long as the gradient hardly changes meanwhile". So the rule must fail somewhere. Where? The network has one hidden layer; at batch 32 the rate is 0.1; all batch sizes get the same ten epochs. Besides the linear rule there is the square-root rule, which keeps the noise of a step the same instead of its length.

# %% quiz: u07-batch


# %%
@recorded
def batch_sizes(sizes: tuple[int, ...], seeds: int = 5) -> dict:
    """Final training losses of three ways to scale, (batch sizes, seeds)."""
    table: dict[str, list] = {"same rate": [], "linear rule": [], "square-root rule": []}
    for size in sizes:
        linear = schedules.scaled_lr(0.1, batch_size=size, base_batch_size=32)
        chosen = (0.1, linear, 0.1 * np.sqrt(size / 32))
        for ends, lr in zip(table.values(), chosen, strict=True):
            runs = [digits_run("sgd", constant(lr), seed, 10, batch=size) for seed in range(seeds)]
            ends.append([history.train_loss[-1] for _, history in runs])
    return table


SIZES = (16, 32, 128, 250, 500, 1000)
BATCHES = {name: np.array(ends) for name, ends in batch_sizes(SIZES).items()}
fig, ax = plt.subplots()
for index, (name, ends) in enumerate(BATCHES.items()):
    color, marker, dash = plots.style_of(index)
    middle = np.median(ends, axis=1)
    whiskers = np.abs(np.array([ends.min(axis=1), ends.max(axis=1)]) - middle)
    ax.errorbar(SIZES, middle, whiskers, color=color, marker=marker, ls=dash, capsize=3, label=name)
ax.set(xscale="log", yscale="log", xlabel="batch size", ylabel="training loss (nats)")
ax.set_xticks(SIZES, [str(size) for size in SIZES])
ax.minorticks_off()
ax.legend()
plt.show()
for name, ends in BATCHES.items():
    print(
        f"{name:17s}",
        "  ".join(f"{size}: {spread(e)}" for size, e in zip(SIZES, ends, strict=True)),
    )

# %% [markdown]
# *What to see:* the linear rule is a horizontal line near 0.2 from batch 16 to batch 250, and then shoots up, with long whiskers; at the same rate the loss rises with every larger batch; the square-root rule lies between and never breaks. The marks are medians, the whiskers reach from the lowest to the highest of five seeds.
#
# From batch 16 to 128 the rule is astonishingly exact: 0.202, 0.208 and 0.209. At 250 it begins to lag. At 500 it asks for a rate of 1.56, and at 1000 for 3.1, far beyond what this network bears, and no averaging over examples helps against that: the limit is set by the curvature (unit 02), not by the noise.
#
# The lectures' remedy is a warm-up. Try it in a cell of your own, with `schedules.warmup` or your own: at batch 500, three epochs of climbing lead to 1.33 ± 0.38 instead of 1.08 ± 0.51. It does not help here. There are only 20 updates in ten epochs.

# %% [markdown]
# ## The range test
#
# All of this starts from one number, the initial rate. How do you find it? CS231n L7 makes it the third of its seven steps: *find a learning rate that makes the loss drop significantly within ~100 iterations; good learning rates to try: 1e-1, 1e-2, 1e-3, 1e-4.* CSC421 L7-8 says: between 0.001 and 0.1; try 0.1, 0.03, 0.01. DD2424 L5 draws $\alpha$ uniformly from $(-6, 1)$ and takes $10^\alpha$.
#
# > **Find the mistake on this slide.** One lecture stops at 0.1, another one draws rates up to 10. For the weight decay they disagree as much: CS231n L7 has a grid from 1e-4 to 1e-1 on one slide, and "1e-4, 1e-5, 0" on another.

# %% quiz: u07-two-ranges

# %% [markdown]
# Run it on the digits: a fresh network for every rate, the same start, the same batches, 100 updates, then the loss on the whole training set.


# %%
@recorded
def range_test(rule: str, lrs: tuple[float, ...], seed: int = 0, updates: int = 100) -> list:
    """Training loss after 100 updates with each constant rate."""
    losses = []
    for lr in lrs:
        rng = np.random.default_rng(seed)
        params = models.init_mlp((64, 64, 10), rng=rng)
        states = train.init_states(train.state_class(getattr(optim, rule)), params)
        with np.errstate(all="ignore"):
            for batch in range(updates):
                if batch % 32 == 0:
                    epoch = train.minibatches(
                        DIGITS.x_train, DIGITS.y_train, batch_size=32, rng=rng
                    )
                _, grads = models.mlp_loss(params, *next(epoch))
                params, states = train.step_all(getattr(optim, rule), params, grads, states, lr=lr)
            losses.append(models.nll(params, DIGITS.x_train, DIGITS.y_train))
    return losses


LRS = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 0.7, 1.0, 2.0, 3.0, 10.0, 1000.0)
TESTS = {rule: np.array(range_test(rule, LRS)) for rule in ("sgd", "momentum", "adam")}
fig, ax = plt.subplots()
for index, (rule, losses) in enumerate(TESTS.items()):
    color, marker, dash = plots.style_of(index)
    ax.plot(LRS[:-1], losses[:-1], color=color, marker=marker, linestyle=dash, label=rule)
ax.axhline(np.log(10), color="black", linestyle=":", linewidth=1)
ax.set(xscale="log", yscale="log", xlabel="learning rate", ylabel="loss after 100 updates (nats)")
ax.legend()
plt.show()
print("loss at rate 1000:", {rule: float(losses[-1].round(1)) for rule, losses in TESTS.items()})

# %% [markdown]
# *What to see:* three valleys of the same shape, with their lowest points near 0.7 for SGD, 0.1 for momentum and 0.01 for Adam; to the left of each the loss rises slowly towards 2.3; to the right it soon comes back there, for SGD between 1 and 2. The dotted line is $\ln 10$, the loss of a network that knows nothing.
#
# The left side is a slope, the right side is a cliff. A rate that is three times too small costs some time; a rate that is three times too large costs the training. Note also that "too large" seldom shows as `nan` here: at a rate of 3 the network is dead, with all ReLUs off, and reports 2.32 without complaint.
#
# **Your turn.** Write `pick_lr`, the eye of the range test: of all runs, the learning rate of the one that ended lowest, whatever `nan` and `inf` the others produced. `hint("pick_lr")` is there.

# %% exercise: pick_lr


# %%
@recorded
def picked(rules: tuple[str, ...], seeds: int = 3) -> dict:
    """The picks of the range test by rule and seed."""
    return {
        rule: [
            search.pick_lr(np.array(LRS), np.array(range_test(rule, LRS, s))) for s in range(seeds)
        ]
        for rule in rules
    }


for rule, choices in picked(("sgd", "momentum", "adam")).items():
    print(f"{rule:9s} picks", choices)

# %% [markdown]
# The pick is the highest rate before the cliff, more or less, after 100 updates. That makes it a good *first* rate for a plan that comes down, and a risky constant one: cliffs move while a network trains. If you have to train at a constant rate, take a third of it.

# %% [markdown]
# ## Every schedule, the same budget
#
# Now everything against everything, on the digits: first the schedules with SGD, then the rules. Comparisons like this decide what people use, and many of them are unfair, mostly because one side was tuned and the other was not. So here are the rules of the game, fixed beforehand.
#
# - The task: one hidden layer of 64 units, batches of 32, 20 epochs.
# - Every contestant may try five rates, a factor of about three apart, for 10 epochs, with one seed that is not used again. The rate with the lowest *validation* loss wins. That is the whole tuning.
# - Then three new seeds, 20 epochs. The test set is looked at for the curves and the table, and decides nothing.
# - A schedule has no further knob: its other numbers are fixed multiples of the length of the training.

# %%
EPOCHS, SEEDS = 20, (0, 1, 2)
GRIDS = {
    "sgd": (0.03, 0.1, 0.3, 1.0, 3.0),
    "momentum": (0.01, 0.03, 0.1, 0.3, 1.0),
    "nesterov": (0.01, 0.03, 0.1, 0.3, 1.0),
    "adagrad": (0.01, 0.03, 0.1, 0.3, 1.0),
    "rmsprop": (0.001, 0.003, 0.01, 0.03, 0.1),
    "adadelta": (1e-7, 1e-6, 1e-5, 1e-4, 1e-3),  # it has no rate: this is its eps
    "adam": (0.001, 0.003, 0.01, 0.03, 0.1),
    "adam_l2": (0.001, 0.003, 0.01, 0.03, 0.1),
    "adamw": (0.001, 0.003, 0.01, 0.03, 0.1),
}
EXTRA = {"adam_l2": {"l2": 1e-4}, "adamw": {"weight_decay": 0.01}}


def plan_called(name: str, lr: float, epochs: int) -> Schedule:
    """Every schedule of the unit for a training of this length, 32 updates per epoch."""
    total = 32 * epochs
    cosine_plan = schedules.cosine(lr, total_steps=total)
    return {
        "constant": constant(lr),
        "step": schedules.step_decay(lr, milestones=(total // 2, 3 * total // 4)),
        "exponential": schedules.exponential_decay(lr, rate=5 / total),
        "1/t": schedules.inverse_time_decay(lr, rate=9 / total),
        "inverse root": schedules.inverse_sqrt(lr),
        "linear": schedules.linear_decay(lr, total_steps=total),
        "cosine": cosine_plan,
        "warm-up, cosine": schedules.warmup(cosine_plan, steps=total // 20),
        "triangular": schedules.triangular(lr_min=lr / 10, lr_max=lr, half_cycle=total // 8),
    }[name]


def contest_run(rule: str, plan: str, rate: float, *, seed: int, epochs: int, on) -> train.History:
    """One training; ``on`` is the set that is measured beside the training set."""
    rng = np.random.default_rng(seed)
    hyper = dict(EXTRA.get(rule, {}))
    if rule == "adadelta":
        hyper["eps"] = rate
    else:
        hyper["schedule"] = plan_called(plan, rate, epochs)
    params = models.init_mlp((64, 64, 10), rng=rng)
    data = (DIGITS.x_train, DIGITS.y_train)
    _, history = train.fit(
        params, data, rule=getattr(optim, rule), epochs=epochs, val=on, rng=rng, **hyper
    )
    return history


@recorded
def contest(rule: str, plan: str) -> dict:
    """Tune on validation, then three fresh seeds: curves (seeds, epochs) and the tuning itself."""
    val, test = (DIGITS.x_val, DIGITS.y_val), (DIGITS.x_test, DIGITS.y_test)
    tried = [contest_run(rule, plan, rate, seed=100, epochs=10, on=val) for rate in GRIDS[rule]]
    ends = np.array([np.inf if h.diverged else h.val_loss[-1] for h in tried])
    rate = search.pick_lr(np.array(GRIDS[rule]), ends)
    runs = [contest_run(rule, plan, rate, seed=s, epochs=EPOCHS, on=test) for s in SEEDS]
    return {
        "tuning": ends,
        "rate": rate,
        "train loss": np.array([h.train_loss for h in runs]),
        "test loss": np.array([h.val_loss for h in runs]),
        "test accuracy": np.array([h.val_accuracy for h in runs]),
    }


def table_row(name: str, rule: str, run: dict) -> str:
    """The chosen rate (* at an end of its grid), training loss, test accuracy and its range."""
    loss, acc = run["train loss"][:, -1], run["test accuracy"][:, -1]
    edge = "*" if run["rate"] in (GRIDS[rule][0], GRIDS[rule][-1]) else " "
    reach = f"{acc.min():.3f} to {acc.max():.3f}"
    return f"{name:22s} {run['rate']:7g}{edge} {spread(loss, 4)}   {spread(acc, 4)}   {reach}"


PLAN_NAMES = ("constant", "step", "exponential", "1/t", "inverse root", "linear", "cosine")
PLAN_NAMES = (*PLAN_NAMES, "warm-up, cosine", "triangular")
SCHEDULES = {plan: contest("sgd", plan) for plan in PLAN_NAMES}
print(f"{'SGD with':22s}    rate  training loss     test accuracy     (mean ± sd, 3 seeds)")
for plan, run in SCHEDULES.items():
    print(table_row(plan, "sgd", run))

# %%
fig, axes = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
for ax, what in zip(axes, ("train loss", "test loss"), strict=True):
    shown = ("constant", "step", "1/t", "inverse root", "cosine", "triangular")
    curves = {plan: SCHEDULES[plan][what] for plan in shown}
    ax.set_xticks(range(0, 21, 5))
    plots.draw_curves(ax, curves, xlabel="epoch", ylabel=f"{what} (nats)", first=1, log=True)
axes[1].get_legend().remove()
plt.show()

# %% [markdown]
# *What to see:* until the middle all curves shake and overlap; in the last five epochs the ones that have come down (step, cosine, triangular) lie at the bottom of the left panel, 1/t between, and the inverse root and the constant rate on top, the latter still shaking. The bands reach from the lowest to the highest of three seeds.
#
# What may you read out of the table?
#
# - **To come down helps.** Seed by seed, the cosine beats the constant rate by 0.014, 0.022 and 0.026 in test accuracy. That is larger than the spread between seeds, and has the same sign three times.
# - **How you come down matters little.** Step, linear, cosine, with and without a warm-up, 1/t and triangular: from 0.961 to 0.968, and most of the ranges overlap. Three seeds cannot order them.
# - **A plan changes the rate that suits it.** The constant rate must do for the whole training, and 0.3 wins. Whoever comes down can afford 1. Compare all of them at the constant rate's 0.3, and the plans look worse than they are; compare all at 1, and the constant rate collapses.
# - **The star is a warning.** The inverse root took the largest rate of its grid. Perhaps a larger one would be better still: its row says what it can do at least.

# %% [markdown]
# ## Every rule, the same budget
#
# The same game for all rules of units 03 to 06, each once with a constant rate and once with a cosine, each with five rates of its own. AdaDelta has no learning rate, and so no schedule either; it may try five values of its `eps`. Adam with an L2 penalty and AdamW have fixed strengths, 1e-4 and 0.01.

# %%
RULES = {
    (rule, plan): contest(rule, plan)
    for rule in GRIDS
    for plan in ("constant", "cosine")
    if (rule, plan) != ("adadelta", "cosine")
}
print(f"{'rule, plan':22s}    rate  training loss     test accuracy     (mean ± sd, 3 seeds)")
for (rule, plan), run in RULES.items():
    print(table_row(f"{rule}, {plan}", rule, run))

# %%
fig, axes = plt.subplots(3, 3, figsize=(10, 8), sharex=True, sharey=True, layout="constrained")
for ax, rule in zip(axes.flat, GRIDS, strict=True):
    plan = "constant" if rule == "adadelta" else "cosine"
    curves = {what: RULES[rule, plan][what] for what in ("train loss", "test loss")}
    plots.draw_curves(ax, curves, xlabel="", ylabel="", first=1, log=True)
    ax.set_title(f"{rule}, {plan}, {RULES[rule, plan]['rate']:g}", fontsize=10)
    ax.get_legend().remove()
axes[0, 0].legend(loc="upper right")
axes[0, 0].set_xticks(range(0, 21, 5))
fig.supxlabel("epoch")
fig.supylabel("loss (nats)")
plt.show()

# %% [markdown]
# *What to see:* nine panels with nine different training curves, which end anywhere between 0.04 and 0.001, and nine test curves that all come to rest between 0.11 and 0.14; AdaDelta, the one without a schedule, shakes to the end.

# %% quiz: u07-conclude

# %% [markdown]
# ## What the tables do not show
#
# Look at the same results in another way: who wins, seed by seed?

# %%
ALL = {**{("sgd", plan): run for plan, run in SCHEDULES.items()}, **RULES}
FINAL = {" ".join(key): run["test accuracy"][:, -1] for key, run in ALL.items()}
for seed in SEEDS:
    ranked = sorted(FINAL, key=lambda name: -FINAL[name][seed])
    best = [name for name in ranked if FINAL[name][seed] == FINAL[ranked[0]][seed]]
    place = 1 + sum(values[seed] > FINAL["adadelta constant"][seed] for values in FINAL.values())
    print(f"seed {seed}: best {', '.join(best)}; AdaDelta is number {place} of {len(FINAL)}")
means = np.array([values.mean() for values in FINAL.values()])
error = np.sqrt(means.max() * (1 - means.max()) / len(DIGITS.y_test))
close = int(np.sum(means > means.max() - error))
print(f"standard error from 497 test digits: {error:.4f}; {close} of {len(means)} means within it")

# %%
print("validation loss in the tuning, cosine plan, from the lowest to the highest rate")
for (rule, plan), run in RULES.items():
    if plan == "cosine" or rule == "adadelta":
        print(f"{rule:9s}", "  ".join(f"{loss:7.3f}" for loss in run["tuning"]))

# %% [markdown]
# Now the honest report.
#
# **What one may say.** On this task every rule of the library, with a tuned rate, gets between 94.7 and 96.8 % of the test digits right. The learning rate matters more than the rule: within a row of the tuning table the validation loss varies by a factor of 3 to 23, between the best entries of the rules by less than two. SGD gains most from a plan that comes down, about two points. Rules that scale every coordinate gain less. Training loss and test accuracy are two competitions: RMSProp with a cosine drives the training loss to 0.0009, eighty times lower than SGD at a constant rate, and that buys two points on the test set.
#
# **What one may not say.**
#
# - *"X is best."* Every seed has another winner. AdaDelta is next to last with one seed and first with another.
# - *"0.9678 is better than 0.9638."* The test set has 497 digits, so a share of 0.965 has a standard error of 0.008 from that alone, whatever the seeds do. More than half of all contestants lie within it.
# - *"± 0.0000, so this one is stable."* Three equal accuracies out of three are luck: a deviation from three numbers is a very rough number itself. The losses of the same runs differ.
# - *"Adam needs no tuning."* Its grid has the factor 7 between the best and the worst rate. That is milder than SGD's 18, and no reason to skip the tuning.
# - *"This holds for ResNets."* One small network, 1000 examples, 20 epochs. Where an epoch costs a day nobody tries five rates, and the method that forgives a bad one wins. That is a fact about budgets.
#
# And a comparison is no better than its weakest contestant's tuning. Two rows carry a star. Before you publish such a table, extend those grids, take ten seeds, and write down the question *before* you look.

# %% [markdown]
# ## What you now know
#
# - A schedule is a function of the step. It counts nothing; step 0 is the first update; know what a paper's $t$ counts, and from where.
# - A learning rate has a noise floor, about $\eta s^2/4$ in every noisy direction, and needs about $2/(\eta h)$ steps to get down to it from ten times the rate.
# - When the rate drops, the loss falls because steep directions stop shaking. Flat directions only get slower. So the fall is not progress, and a drop that comes too early costs.
# - Plans with an end spend most of their time at large rates and pass through all small ones: linear, cosine. They must know what to do after the end.
# - A warm-up protects the first steps from a rate that is too large, if it is long enough. Where the rate is right you do not see it.
# - $N$ times the batch, $N$ times the rate: exact while the gradient hardly changes during $N$ steps, and impossible beyond the largest stable rate.
# - In a range test the left side is a slope and the right side a cliff.
# - Tune every contestant with the same budget, report the spread, mark the edges of the grids, and keep the test set out of all choices.
#
# ## Traps
#
# - **A schedule that counts its calls.** It breaks when a training is resumed, or when somebody draws it first.
# - **Milestones off by one**, and milestones in epochs given to a schedule that counts updates.
# - **Training past the end of a plan.** A linear rate turns negative.
# - **A warm-up that jumps.** The climb has to lead to where the schedule stands when it takes over.
# - **Impatience.** A plateau rule with little patience makes its own plateau.
# - **Comparing methods at one learning rate.** Every rule and every plan has its own.
# - **Praising the drop.** The day after the rate was lowered is the worst day to judge a training.
#
# ## Read on
#
# - Loshchilov and Hutter, *SGDR: Stochastic Gradient Descent with Warm Restarts*, arXiv 1608.03983: the cosine, with its restarts.
# - Smith, *Cyclical Learning Rates for Training Neural Networks*, arXiv 1506.01186: the triangle and the range test.
# - Goyal et al., *Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour*, arXiv 1706.02677: the linear rule and the warm-up.
# - Robbins and Monro, *A Stochastic Approximation Method*, 1951: which rates bring SGD to rest.
# - Shallue et al., *Measuring the Effects of Data Parallelism on Neural Network Training*, arXiv 1811.03600: where larger batches stop paying.
# - Choi et al., *On Empirical Comparisons of Optimizers for Deep Learning*, arXiv 1910.05446: how the tuning decides who wins.
# - The lectures: CS231n L3 and L7 "Learning rate schedules"; DD2424 L5 "Annealing the learning rate"; CSC421 L7-8 "SGD learning rate".
