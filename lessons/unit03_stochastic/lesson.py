# %% [markdown]
# # Unit 03: Stochastic gradients
#
# Two trainings of the same network on 1000 handwritten digits. Both use step size 0.1, both go through the data ten times, so both compute exactly 10 000 gradients. One averages all 1000 gradients before each step. Its training loss ends at 1.98, and it reads 40 % of new digits correctly. The other one averages only 10 at a time. Its gradients are wrong, every single one of them. Its loss ends at 0.08, and it reads 95 %. Why do wrong gradients win? And what is the price?
#
# **You will be able to**
#
# - say in which sense the gradient of a few examples is right, and compute how wrong it is otherwise;
# - write an epoch of mini-batches that neither loses, nor repeats, nor mixes up an example;
# - predict at which loss the noise will stop a training, and what a smaller step or a larger batch would change;
# - choose a step size for a new batch size, and say when that stops working;
# - read a noisy loss curve, and recognise one that is smooth for the wrong reason.
#
# **Time:** 90 minutes. **You need:** gradients and losses (unit 01), and from unit 02 the bowl with its curvatures and the largest stable step size.

# %%
import functools
import itertools
import time
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
# ## Two hundred points and a line
#
# To see noise, you need a problem that is small enough to draw. Here are 200 points. Two parameters, an intercept and a slope, are to be fitted, so that the mean of $\tfrac12(\text{prediction} - \text{target})^2$ becomes as small as possible. That is a bowl, with its minimum at the line drawn here.

# %%
FEATURES, TARGETS = problems.noisy_line()
LOSS = problems.squared_error(FEATURES, TARGETS)
GRADIENTS = problems.squared_error_gradients(FEATURES, TARGETS)
START = np.array([-1.5, -1.5])
BEST = np.linalg.lstsq(FEATURES, TARGETS, rcond=None)[0]

fig, ax = plt.subplots(figsize=(6, 3))
ax.plot(FEATURES[:, 1], TARGETS, "o", markersize=3)
ends = np.array([-6.0, 6.0])
ax.plot(ends, BEST[0] + BEST[1] * ends, label="least squares")
ax.plot(ends, START[0] + START[1] * ends, linestyle="--", label="start of every run")
ax.set(xlabel="position", ylabel="target", ylim=(-6, 8))
ax.legend()
plt.show()

# %% [markdown]
# *What to see:* the points scatter by about one unit around a line with intercept 0.92 and slope 0.51; the dashed line, from which every run starts, falls where it should rise.
#
# Now let gradient descent fit the line. In the explorer the left picture shows the two parameters and the level lines of the loss; the blue path is the *first* pass over the 200 points, and the orange dots are places that the run visits much later. The right picture shows how far the loss is above its minimum, against the number of examples that have been used. All controls work with the mouse and with the arrow keys.

# %%
explorers.noisy_path()

# %% [markdown]
# Four things to try:
#
# 1. Step size 0.05. Go from batch size 200 down to 1. What happens to the blue path? To the orange cloud?
# 2. Batch size 1. Go through the step sizes from 0.01 upwards. Where does the loss settle each time? What happens at 0.4, and what with batch size 200 at 0.4?
# 3. Batch size 5, step size 0.05, and batches that are "always the same". The path is smooth. Where does it lead?
# 4. Batch size 10, step size 0.02: compare "fresh epochs" with "independent draws". Is there a difference to the dashed line?
#
# Each of these is a section of this lesson.

# %% [markdown]
# ## One example is right on average
#
# The loss is a mean over the examples, so its gradient is the mean of their gradients:
#
# $$\nabla L(w) = \frac1N \sum_{i=1}^N \nabla L_i(w) .$$
#
# Computing it means looking at every example before the first step. With a million examples that is a lot of work for one step. Stochastic gradient descent takes one example at random, number $i$, and uses $\nabla L_i$ as if it were the whole gradient.
#
# How good is that? Take the 200 gradients at the start, and the 200 gradients at the minimum. Before you run the cell: what do you expect at the minimum?

# %% quiz: u03-at-the-minimum

# %%
fig, axes = plt.subplots(1, 2, figsize=(9, 3.6))
for ax, place, title in zip(axes, (START, BEST), ("at the start", "at the minimum"), strict=True):
    gradients = GRADIENTS(place)
    ax.plot(*gradients.T, "o", markersize=3, label="one example")
    ax.plot(*gradients.mean(axis=0), "P", markersize=11, label="full gradient")
    ax.axhline(0, color="black", linewidth=0.8)
    ax.axvline(0, color="black", linewidth=0.8)
    ax.set(title=title, xlabel="gradient, intercept", ylabel="gradient, slope")
axes[0].legend(loc="lower center", frameon=True, framealpha=1, edgecolor="none")
plt.show()
for place, name in ((START, "start"), (BEST, "minimum")):
    gradients = GRADIENTS(place)
    full = gradients.mean(axis=0)
    length, spread = np.linalg.norm(full), np.sqrt(np.sum(np.var(gradients, axis=0)))
    print(
        f"{name}: the full gradient has length {length:.2f}, the examples scatter by {spread:.2f}"
    )
downhill = np.mean(GRADIENTS(START) @ GRADIENTS(START).mean(axis=0) > 0)
print(f"at the start {downhill:.0%} of the examples alone would step downhill")

# %% [markdown]
# *What to see:* on the left the 200 gradients form an arch, most of it below zero, and the full gradient is its centre of mass; on the right, at a tenth of the scale, there is still a cloud, and only its *centre* is at zero.
#
# At the start a random example is a decent guide: 82 % of the examples would step downhill. At the minimum it is no guide at all. One thing always holds: the *average* is right. If $i$ is drawn at random, the expectation of $\nabla L_i$ is the sum over all $i$, each with probability $1/N$, and that is the full gradient. Such an estimate is called **unbiased**.
#
# The same holds for a **mini-batch**, the mean of $S$ gradients. With few examples you can check that by going through *all* the batches there are.

# %%
six = GRADIENTS(START)[:6]
pairs = [six[list(pair)].mean(axis=0) for pair in itertools.combinations(range(6), 2)]
print(f"{len(pairs)} batches of 2 out of 6 examples; the first three gradients:")
print(np.round(pairs[:3], 2))
print("the mean over all batches:", np.mean(pairs, axis=0))
print("the full gradient:        ", six.mean(axis=0))

# %% [markdown]
# No two batches agree, and their mean is the full gradient to the last digit.
#
# **Your turn.** Write `sgd`, one step against a gradient. It does not know whether that gradient is noisy, so it is plain gradient descent. All rules of this course have the same form: they get `param`, `grad` and a `state`, and return the new param and the new state. SGD remembers nothing, so its state is empty. If you are stuck, put `hint("sgd")` into a cell of your own.

# %% exercise: sgd

# %%
if examine("sgd", sgd).passed:
    place = START
    for i in np.random.default_rng(0).permutation(200):
        place, _ = sgd(place, GRADIENTS(place)[i], SGDState(), lr=0.05)
    one_step, _ = sgd(START, GRADIENTS(START).mean(axis=0), SGDState(), lr=0.05)
    print(f"your 200 steps, one per example: from loss {LOSS(START):.2f} to {LOSS(place):.2f}")
    print(
        f"one step with all 200 examples: to {LOSS(one_step):.2f}; the minimum is {LOSS(BEST):.2f}"
    )
else:
    print("When your sgd passes its check, its first 200 steps appear here.")

# %% [markdown]
# ## Epochs and mini-batches
#
# One example per step wastes your processor, which multiplies matrices as easily as vectors. All examples per step wastes the examples. So everybody uses something in between, and the words are these:
#
# - a **mini-batch** is a set of $S$ examples whose mean gradient is used for one **update**;
# - an **epoch** is one pass over all $N$ examples, so about $N/S$ updates.
#
# > **Find the mistake on these slides.** CS231n L3: the mini-batch has *32 / 64 / 128* examples, commonly; its code, on the same slide, samples *256*. CSC421 L7-8: *typical values are 10 or 100*.

# %% quiz: u03-batch-sizes

# %% [markdown]
# CS231n's code draws $S$ examples at random for each batch. After an "epoch" of $N$ such draws, some examples have come three times, and others not at all. A share of $(1 - 1/N)^N \approx 37\,\%$ would be missing. So in practice you shuffle the data once per epoch and cut the order into pieces.
#
# Does it have to be shuffled at all? The digits here come in random order. Suppose they came sorted: first all the zeros, then all the ones, as they do when each class has its own folder. What would the loss be?


# %%
@recorded
def sorted_or_shuffled(shuffled: bool, seeds: int = 5) -> dict:
    """Training loss and test accuracy after ten epochs of batches of 10; arrays (seeds,)."""
    data = datasets.load_digits()
    order = np.argsort(data.y_train, kind="stable")
    x, labels = data.x_train[order], data.y_train[order]
    losses, accuracies = [], []
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        params = models.init_mlp((64, 64, 10), rng=rng)
        states = train.init_states(SGDState, params)
        for _ in range(10):
            in_order = ((x[i : i + 10], labels[i : i + 10]) for i in range(0, 1000, 10))
            fresh = train.minibatches(x, labels, batch_size=10, rng=rng)
            for some_x, some_labels in fresh if shuffled else in_order:
                _, grads = models.mlp_loss(params, some_x, some_labels)
                params, states = train.step_all(optim.sgd, params, grads, states, lr=0.1)
        losses.append(models.nll(params, x, labels))
        accuracies.append(models.accuracy(params, data.x_test, data.y_test))
    return {"loss": np.array(losses), "accuracy": np.array(accuracies)}


def spread(values: Array) -> str:
    """Mean and standard deviation over the seeds."""
    return f"{np.mean(values):.3f} ± {np.std(values, ddof=1):.3f}"


for shuffled in (True, False):
    run = sorted_or_shuffled(shuffled)
    print(
        f"{'shuffled' if shuffled else 'sorted'}: training loss {spread(run['loss'])},",
        f"test accuracy {spread(run['accuracy'])} (5 seeds)",
    )

# %% [markdown]
# Sorted, the network learns "everything is a zero", then "everything is a one", and at the end of each epoch it is sure that everything is a nine. A gradient is right on average only if the batch is *random*, and ten zeros in a row are not.
#
# **Your turn.** Write `minibatches`, the generator behind every training loop of this course. One call is one epoch. The traps are all in the details: each example exactly once, each with its own label, the short batch at the end, a new order in each epoch, and chance only from `rng`, so that a run can be repeated. `hint("minibatches")` is there.

# %% exercise: minibatches

# %%
if examine("minibatches", minibatches).passed:
    rng = np.random.default_rng(0)
    for epoch in (1, 2):
        batches = list(minibatches(FEATURES, np.arange(200), batch_size=64, rng=rng))
        print(
            f"your epoch {epoch}: sizes {[len(x) for x, _ in batches]},",
            f"first examples {batches[0][1][:6]}",
        )
else:
    print("When your minibatches pass the check, two epochs of them appear here.")

# %% quiz: u03-count-updates

# %% [markdown]
# ## How noisy is a batch?
#
# Put a number on the noise: how far is a mini-batch gradient from the full gradient? The difference is a random vector. Take its squared length, and average over all batches: that is the variance, added up over the coordinates.
#
# > **Find the mistake on this slide.** CSC421 L7-8, for a mini-batch of $S$ examples: $\operatorname{Var}\big[\frac1S \sum_{i=1}^S g_i\big] = \frac{1}{S^2} \operatorname{Var}\big[\sum_{i=1}^S g_i\big] = \frac1S \operatorname{Var}[g_i]$. The steps look like those of every textbook. One of them needs an assumption that the slide does not print, and that the epochs of the last section break.

# %% quiz: u03-whole-set

# %% [markdown]
# Check it by going through all batches again: six examples, every batch size, and the mean of the squared distances.


# %%
def by_enumeration(gradients: Array, batch_size: int, replace: bool) -> float:
    """The mean squared distance to the full gradient, over all batches there are."""
    numbers = range(len(gradients))
    batches = list(
        itertools.product(numbers, repeat=batch_size)
        if replace
        else itertools.combinations(numbers, batch_size)
    )
    means = gradients[np.array(batches)].mean(axis=1)
    return float(np.mean(np.sum((means - gradients.mean(axis=0)) ** 2, axis=1)))


print("  S   with replacement  times S   without replacement  share of the first")
for size in range(1, 7):
    with_it, without = (by_enumeration(six, size, replace) for replace in (True, False))
    print(
        f"{size:3d} {with_it:17.3f} {with_it * size:8.3f} {without:20.3f} {without / with_it:20.3f}"
    )

# %% [markdown]
# With replacement the slide is right: the third column does not change. Without, the variance falls faster, and the share in the last column is 1, 0.8, 0.6, 0.4, 0.2, 0. The draws are not independent: what has been drawn cannot come again. For six examples the shares are $(6 - S)/5$; for $N$ examples
#
# $$\operatorname{Var} = \frac{\sigma^2}{S} \cdot \frac{N - S}{N - 1},$$
#
# where $\sigma^2$ is the variance of one example. The second fraction is the *finite-population factor*. For $S \ll N$ it is nearly 1, and you can forget it. For $S = N$ it is 0.
#
# **Your turn.** Write `minibatch_variance` for both ways of drawing, from the gradients of all examples. `hint("minibatch_variance")` helps to keep mean, sum and square apart.

# %% exercise: minibatch_variance

# %% [markdown]
# Now a real network: 64 pixels, 32 hidden units, 10 classes, 2410 parameters, 1000 digits. The dots are measured with 400 random batches of each size; the lines are the two formulas.


# %%
@recorded
def digit_gradients() -> Array:
    """The gradient of every one of the 1000 digits at the start of a training; (1000, 2410)."""
    data = datasets.load_digits()
    params = models.init_mlp((64, 32, 10), rng=np.random.default_rng(0))
    rows = []
    for i in range(1000):
        _, grads = models.mlp_loss(params, data.x_train[i : i + 1], data.y_train[i : i + 1])
        rows.append(np.concatenate([grads[name].ravel() for name in sorted(grads)]))
    return np.array(rows)


def measured_variance(gradients: Array, size: int, draws: int = 400) -> float:
    """Mean squared distance to the full gradient over random batches, without replacement."""
    rng, weights = np.random.default_rng(size), np.zeros((draws, len(gradients)))
    for row in weights:
        row[rng.permutation(len(gradients))[:size]] = 1 / size
    distances = weights @ gradients - gradients.mean(axis=0)
    return float(np.mean(np.sum(distances**2, axis=1)))


@recorded
def variance_curves(sizes: tuple[int, ...]) -> dict:
    """Both formulas and the measured values at every batch size."""
    gradients = digit_gradients()

    def curve(replace: bool) -> list:
        return [noise.minibatch_variance(gradients, batch_size=s, replace=replace) for s in sizes]

    measured = [measured_variance(gradients, size) for size in sizes]
    full = float(np.sum(gradients.mean(axis=0) ** 2))
    return {"with": curve(True), "without": curve(False), "measured": measured, "full": full}


SIZES = (1, 4, 16, 64, 256, 512, 768, 900)
found = variance_curves(SIZES)
fig, ax = plt.subplots()
ax.loglog(SIZES, found["with"], label="with replacement: 1/S")
ax.loglog(SIZES, found["without"], "--", label="without replacement")
ax.loglog(SIZES, found["measured"], "o", label="measured, without")
ax.axhline(found["full"], color="black", linestyle=":", label="full gradient, squared length")
ax.set(xlabel="batch size S", ylabel="variance of the gradient")
ax.legend()
plt.show()
slope = np.polyfit(np.log(SIZES[:4]), np.log(found["measured"][:4]), 1)[0]
print(f"slope of the measured dots up to S = 64: {slope:.3f}")
print(f"variance of one example: {found['with'][0]:.1f}; full gradient: {found['full']:.2f}")

# %% [markdown]
# *What to see:* on logarithmic axes both lines fall with slope $-1$ at first, and the dots lie on them; from about 100 examples on the dashed line bends down towards zero, and the dots follow it. The dotted line, the squared length of the full gradient, is crossed near batch size 32.
#
# Below that crossing the noise in a batch is larger than the signal: a single digit's gradient has 33 times more noise than signal, in squared lengths. It trains all the same, because the signal points the same way in every step and the noise does not.

# %% [markdown]
# ## The noise floor
#
# Close to the minimum the signal fades, but the noise stays: you saw the cloud. So the parameters are kicked around for ever, and the loss settles *above* its minimum. How far above?
#
# Take one direction, with curvature $\lambda$; let $x$ be the distance from the minimum. The gradient that SGD gets is $\lambda x + \varepsilon$, with noise $\varepsilon$ of variance $\sigma^2$, drawn anew in every step. One step:
#
# $$x' = x - \eta(\lambda x + \varepsilon) = (1 - \eta\lambda)\,x - \eta\,\varepsilon .$$
#
# The old place fades, a new kick is added. The two are independent, so their variances add up:
#
# $$V' = (1 - \eta\lambda)^2\, V + \eta^2 \sigma^2 .$$
#
# In the long run $V$ stops changing. Put $V' = V$, solve for $V$, and the mean loss in this direction is $\tfrac12 \lambda V$.

# %% quiz: u03-lower-floor

# %% [markdown]
# **Your turn.** Solve it, and write `noise_floor`: the mean loss above the minimum, added up over the directions of a bowl. `hint("noise_floor")` goes through the same steps.

# %% exercise: noise_floor

# %% [markdown]
# The formula assumes noise that is the same everywhere. In the fit of the line it is only nearly so: further out, the cloud of gradients is larger. So measure. The next cell runs SGD with batches of 10 from the minimum, sixteen runs of 12 000 steps for each step size, and averages the loss: once with independent draws, as the formula assumes, and once with shuffled epochs. Which of the two will have the lower floor?


# %%
RATES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2)


@recorded
def floors_of_the_line(size: int, epochs: bool, steps: int = 12_000, runs: int = 16) -> list:
    """Mean excess loss in the last three quarters, for every step size; all runs side by side."""
    rng, hessian = np.random.default_rng(0), FEATURES.T @ FEATURES / 200
    away = np.zeros((len(RATES), runs, 2))
    lr, total, per_epoch = np.array(RATES)[:, None, None], np.zeros(len(RATES)), 200 // size
    for step in range(steps):
        if epochs and step % per_epoch == 0:
            order = np.argsort(rng.random((runs, 200)), axis=1)
        start = size * (step % per_epoch)
        chosen = order[:, start : start + size] if epochs else rng.integers(200, size=(runs, size))
        x, y = FEATURES[chosen], TARGETS[chosen]
        errors = np.einsum("rsd,lrd->lrs", x, BEST + away) - y
        away, _ = optim.sgd(away, np.einsum("lrs,rsd->lrd", errors, x) / size, SGDState(), lr=lr)
        if step >= steps // 4:
            total += 0.5 * np.mean(np.sum(away @ hessian * away, axis=2), axis=1)
    return (total / (steps - steps // 4)).tolist()


@recorded
def predicted_floors(size: int) -> list:
    """The closed form, with the noise at the minimum."""
    curvatures, directions = np.linalg.eigh(FEATURES.T @ FEATURES / 200)
    variances = np.var(GRADIENTS(BEST) @ directions, axis=0) / size
    return [noise.noise_floor(curvatures, variances, lr=lr) for lr in RATES]


floors = {
    "closed form": predicted_floors(10),
    "independent draws": floors_of_the_line(10, False),
    "shuffled epochs": floors_of_the_line(10, True),
}
fig, ax = plt.subplots()
for index, (name, values) in enumerate(floors.items()):
    color, marker, dash = plots.style_of(index)
    ax.loglog(RATES, values, color=color, marker=marker, linestyle=dash, label=name)
ax.set(xlabel="step size", ylabel="loss above the minimum")
ax.legend()
plt.show()
print("step size         ", *(f"{lr:9g}" for lr in RATES))
for name, values in floors.items():
    slope = np.polyfit(np.log(RATES[:4]), np.log(values[:4]), 1)[0]
    print(f"{name:18s}", *(f"{value:9.2e}" for value in values), f"  slope {slope:.2f}")

# %% [markdown]
# *What to see:* the dots of independent draws lie on the line of the closed form over the whole range, with slope 1; the curve of shuffled epochs lies below it, the further the smaller the step, and falls with a slope near 2.
#
# For small steps $2 - \eta\lambda \approx 2$, and the floor becomes $\eta/4$ times the total variance of the batch gradient: **proportional to the step size, inversely proportional to the batch size, and independent of the curvature**. Steep directions are costly per distance, but kicks fade faster there; the two cancel.
#
# The third curve is a gift that none of the four lectures mentions. In a shuffled epoch the kicks are not independent: every example comes once, so over a whole epoch they add up to nearly zero. With a step size so small that the parameters remember the whole epoch, they cancel. At step size 0.005 the floor is about twelve times lower than for independent draws. At 0.2 the memory is short, and the gift is gone.
#
# CSC421 L7-8 draws the usual conclusion: large steps while you are far away, smaller ones later. Unit 07 is about that, and about its trap: when the step size drops, the loss drops at once. It looks like progress, but it is the *floor* that fell.

# %% [markdown]
# ## A hundred small steps or a long one?
#
# CSC421 L7-8 makes a claim: *if the wall-clock time were proportional to the number of FLOPs, then S = 1 would be optimal.* The argument is beautiful. Write an update with 100 examples as a loop over them, and put it beside 100 updates with one example each:
#
# $$\text{S = 1: } \; w_k = w_{k-1} - \eta\, \nabla L_k(w_{k-1}) \qquad\qquad \text{S = 100: } \; w_k = w_{k-1} - \tfrac{\eta'}{100}\, \nabla L_k(w_0) .$$
#
# The two loops cost the same. The only difference is *where* the gradient is taken: at the fresh place, or at the stale one from before the loop. If the loss were a plane, so that gradients are the same everywhere, the two would end at the same point, as long as $\eta' = 100\,\eta$. (The slide has the same $\alpha$ in both. Then the right loop goes a hundredth of the way, and the comparison is not one of fresh against stale.)
#
# Try it on the line, with the first hundred of the points.


# %%
@recorded
def unrolled(lr: float, plane: bool) -> dict:
    """Where 100 steps of one example end, and one step of 100 with 100 times the step size."""
    fresh = START
    for i in range(100):
        here = START if plane else fresh  # on a plane the gradient is the same everywhere
        fresh, _ = optim.sgd(fresh, GRADIENTS(here)[i], SGDState(), lr=lr)
    batch = GRADIENTS(START)[:100].mean(axis=0)
    stale, _ = optim.sgd(START, batch, SGDState(), lr=100 * lr)
    return {"fresh": fresh, "stale": stale}


print(
    "on a plane, step size 0.01, the two ends differ by",
    f"{np.abs(np.subtract(*unrolled(0.01, True).values())).max():.0e}",
)
print("on the bowl, loss above the minimum (at the start: " + f"{LOSS(START) - LOSS(BEST):.2f}):")
for lr in (0.0005, 0.001, 0.005, 0.01, 0.05):
    ends = unrolled(lr, False)
    print(
        f"  100 steps of {lr:<6g}: {LOSS(ends['fresh']) - LOSS(BEST):6.3f}",
        f"     1 step of {100 * lr:<4g}: {LOSS(ends['stale']) - LOSS(BEST):9.3f}",
    )

# %% [markdown]
# For short steps the two are nearly the same: 6.41 and 6.32 at 0.0005. (The stale gradients are even a little ahead, since the early gradients are the longest.) With steps of 0.005 the fresh gradients win clearly, 1.56 against 2.58. And a single step of 1 or 5 overshoots, where the small steps notice in time. That much of the claim is true. But look how long the steps have to be before it matters. For the same number of examples, **the step size per example, $\eta/S$, decides how far you get; small batches only get there more safely.**
#
# Does that hold in a network? Here is the training from the top of this unit, ten epochs over the digits. With batch size 10 and step size 0.1 the loss ends at 0.082 ± 0.006. Now take batches of 100.

# %% quiz: u03-scale-the-step


# %%
@recorded
def digits_by_batch(size: int, lr: float, seeds: int = 5) -> dict:
    """Training losses and test accuracies after ten epochs of SGD; arrays (seeds,)."""
    data, losses, accuracies = datasets.load_digits(), [], []
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        params, history = train.fit(
            models.init_mlp((64, 64, 10), rng=rng),
            (data.x_train, data.y_train),
            rule=optim.sgd,
            epochs=10,
            batch_size=size,
            lr=lr,
            rng=rng,
        )
        losses.append(history.train_loss[-1])
        accuracies.append(models.accuracy(params, data.x_test, data.y_test))
    return {"loss": np.array(losses), "accuracy": np.array(accuracies)}


def table(rows: tuple[tuple[int, float], ...]) -> None:
    """One line per batch size and step size; batches of 1 are slow, so they get fewer seeds."""
    print(
        "batch size  step size   training loss    test accuracy   (mean ± sd, 5 seeds; 1: 3 seeds)"
    )
    for size, lr in rows:
        run = digits_by_batch(size, lr, 3 if size == 1 else 5)
        print(f"{size:10d} {lr:10g}   {spread(run['loss'])}    {spread(run['accuracy'])}")


print("The same step size:")
table(((1, 0.1), (10, 0.1), (100, 0.1), (1000, 0.1)))
print("The same step size per example:")
table(((1, 0.01), (10, 0.1), (100, 1.0), (1000, 10.0)))

# %% [markdown]
# At the same step size, larger batches are simply slower: fewer steps, equally long. At the same step size *per example*, batch sizes 1, 10 and 100 go equally far. Of the five seeds with 100, four end between 0.077 and 0.091, as with 10; the fifth ends at 0.212, the first sign of a limit. At batch size 1000 the rule breaks: a step size of 10 is far beyond what the curvature allows, and all five trainings end above 2.3, which is $\ln 10$, the loss of pure guessing.
#
# Two effects that you may have heard of do *not* appear. Batches of 1 gain nothing from their fresher gradients: with steps this short nothing is stale. And smaller batches do not generalise better here: at equal step size per example, batches of 1, 10 and 100 read 0.953, 0.948 and 0.939 of the test digits, with spreads of up to 0.028, and the last number is low because of one seed.
#
# In the first row of the upper table, batch size 1 with step size 0.1 has the lowest loss of all, 0.033, and a spread of 0.024. It is near its own limit: at 0.3 such trainings end near 1.9.

# %% [markdown]
# ## What a batch costs
#
# So why not always $S = 1$? Because time is *not* proportional to the number of FLOPs (additions and multiplications). Guess how much longer a batch of 100 takes than a batch of 1; then measure it on your own computer.


# %%
@recorded
def seconds_per_update(sizes: tuple[int, ...], repeats: int = 30) -> list:
    """The median time of a gradient of the digits network at every batch size."""
    data, medians = datasets.load_digits(), []
    params = models.init_mlp((64, 64, 10), rng=np.random.default_rng(0))
    for size in sizes:
        times = []
        for _ in range(repeats):
            begin = time.perf_counter()
            models.mlp_loss(params, data.x_train[:size], data.y_train[:size])
            times.append(time.perf_counter() - begin)
        medians.append(float(np.median(times)))
    return medians


for size, seconds in zip((1, 10, 100, 1000), seconds_per_update((1, 10, 100, 1000)), strict=True):
    print(
        f"batch size {size:4d}: {1e6 * seconds:7.0f} µs per update,",
        f"{1e6 * seconds / size:7.1f} µs per example",
    )

# %% [markdown]
# A batch of 100 takes a few times as long as a batch of 1, not a hundred times. Until the processor is busy, examples are nearly free; after that, the time grows with their number. On a GPU that point comes later, and larger batches pay off.
#
# And how many updates do you save? Count how many are needed to bring the training loss below 0.3, if every batch size may have the step size that suits it best. (The step sizes are the best of 0.03, 0.1, 0.3, 0.5 and 1; with 3 not even the largest batches train.)


# %%
@recorded
def updates_needed(size: int, lr: float, seeds: int = 5) -> list:
    """Updates until the loss over the whole training set is below 0.3; one number per seed."""
    data, needed = datasets.load_digits(), []
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        params = models.init_mlp((64, 64, 10), rng=rng)
        states, updates, loss = train.init_states(SGDState, params), 0, np.inf
        while loss >= 0.3:
            for x, labels in train.minibatches(
                data.x_train, data.y_train, batch_size=size, rng=rng
            ):
                _, grads = models.mlp_loss(params, x, labels)
                params, states = train.step_all(optim.sgd, params, grads, states, lr=lr)
                updates += 1
                if updates % max(1, 16 // size) == 0:
                    loss = models.nll(params, data.x_train, data.y_train)
                    if loss < 0.3:
                        break
        needed.append(updates)
    return needed


BEST_RATES = {1: 0.1, 4: 0.3, 16: 0.5, 64: 0.5, 256: 1.0, 1000: 1.0}
needed = {size: updates_needed(size, lr) for size, lr in BEST_RATES.items()}
fig, ax = plt.subplots()
means = np.array([np.mean(runs) for runs in needed.values()])
ax.loglog(list(needed), means, marker="o", label="measured, mean of 5 seeds")
ax.loglog([1, 64], means[0] / np.array([1, 64]), "--", label="twice the batch, half the updates")
ax.set(xlabel="batch size S", ylabel="updates to a loss of 0.3")
ax.legend()
plt.show()
for size, runs in needed.items():
    print(
        f"batch size {size:4d}, step size {BEST_RATES[size]:g}: {np.mean(runs):5.0f} updates,",
        f"{size * np.mean(runs):6.0f} examples",
    )

# %% [markdown]
# *What to see:* from batch size 1 to 4 the points nearly follow the dashed line, where twice the batch needs half the updates; at 16 they have begun to bend away, and from 256 on the curve is flat.
#
# Those are the two regimes of CSC421 L7-8, and of Shallue et al. In the first, the noise limits you, and every example in the batch helps. In the second, the batch gradient is as good as the full one, the curvature limits you, and more examples are wasted: batch size 1000 needs as many updates as 256, 27 and 28, with four times the examples. The best batch size is near the bend. Where that is depends on the problem, on how far the training has come, and on the hardware. That is why the lectures' numbers differ.

# %% [markdown]
# ## Reading a noisy curve
#
# A training loop computes the loss of each batch anyway, so that is what people plot. It is a poor instrument: every point is measured on other examples. CS231n L7 advises *use a scatter plot and also plot moving average*. CSC421 L7-8 advises to measure on *a fixed subset of the training data*, always the same.
#
# Before you look at such a curve, here is one to be suspicious of.

# %% quiz: u03-smooth-curve

# %% [markdown]
# First the honest curve. To read it you need an average: each value is replaced by the mean of the last `window` values. *Last*, not the ones around it, because during a training the future is not known. And at the beginning, where there are fewer than `window` values, it is the mean of those there are.
#
# **Your turn.** Write `moving_average`. `hint("moving_average")` helps with the two ends of a slice.

# %% exercise: moving_average


# %%
@functools.cache
@recorded
def curves_of_a_training(seed: int, *, always_the_first: bool, epochs: int = 10) -> dict:
    """Loss of each batch of 10, and of 200 fixed examples before every tenth update."""
    data, rng = datasets.load_digits(), np.random.default_rng(seed)
    params = models.init_mlp((64, 64, 10), rng=rng)
    states, of_batch, monitor = train.init_states(SGDState, params), [], []
    for _ in range(epochs):
        for x, labels in train.minibatches(data.x_train, data.y_train, batch_size=10, rng=rng):
            if always_the_first:
                x, labels = data.x_train[:10], data.y_train[:10]
            if len(of_batch) % 10 == 0:
                monitor.append(models.nll(params, data.x_train[:200], data.y_train[:200]))
            loss, grads = models.mlp_loss(params, x, labels)
            of_batch.append(loss)
            params, states = train.step_all(optim.sgd, params, grads, states, lr=0.1)
    train_loss = models.nll(params, data.x_train, data.y_train)
    accuracy = models.accuracy(params, data.x_test, data.y_test)
    return {
        "batch": np.array(of_batch),
        "monitor": np.array(monitor),
        "train": train_loss,
        "accuracy": accuracy,
    }


@recorded
def smoothed(windows: tuple[int, ...]) -> list:
    """Moving averages of the batch losses of the first seed."""
    losses = np.asarray(curves_of_a_training(0, always_the_first=False)["batch"])
    return [noise.moving_average(losses, window=window) for window in windows]


honest = curves_of_a_training(0, always_the_first=False)
fig, ax = plt.subplots(figsize=(8, 4))
ax.plot(honest["batch"], ".", color="0.7", markersize=3, label="loss of the batch")
short, long = smoothed((10, 100))
for index, (curve, name) in enumerate(((short, "average of 10"), (long, "average of 100"))):
    ax.plot(
        curve, color=plots.style_of(index).color, linestyle=plots.style_of(index).dash, label=name
    )
ax.plot(
    np.arange(0, 1000, 10),
    honest["monitor"],
    color="black",
    linewidth=1,
    label="200 fixed examples",
)
ax.set(xlabel="update", ylabel="loss (nats)", yscale="log")
ax.legend()
plt.show()
for name, curve in (("batch", honest["batch"]), ("average of 10", short), ("average of 100", long)):
    print(f"{name:15s} scatters by {np.std(curve[-300:]):.3f} in the last 300 updates")

# %% [markdown]
# *What to see:* the grey dots cover a factor of fifty; the average of 10 still jumps; the average of 100 is calm, but at the beginning it lies clearly above the others, because it still remembers the high losses; the black line of the 200 fixed examples is calm *and* up to date.
#
# That is the bargain of every average: the scatter falls with the root of the window, 0.094, 0.032, 0.012, and the curve comes later. The fixed subset avoids it, at the price of some extra evaluations. It also measures every point with the same yardstick: a difference comes from the network, and never from the examples.
#
# CSC421 adds a second warning: a training curve can show that something is badly wrong, but never that a training has converged.
#
# Now the suspicious curve. It is the same network and the same loop, with one difference: the batch is cut from the first ten examples, every time. A forgotten `start`, an order that is never used, a cached batch: there are many ways to write that bug.

# %%
stuck = curves_of_a_training(0, always_the_first=True)
fig, ax = plt.subplots(figsize=(8, 3.6))
ax.plot(stuck["batch"], label="loss of the batch, always the same ten")
ax.plot(np.arange(0, 1000, 10), stuck["monitor"], "--", label="200 fixed examples")
ax.set(xlabel="update", ylabel="loss (nats)", yscale="log")
ax.legend()
plt.show()
for name, first in (("fresh batches", False), ("always the first ten", True)):
    runs = [curves_of_a_training(seed, always_the_first=first) for seed in range(5)]
    last = np.array([np.mean(run["batch"][-100:]) for run in runs])
    print(
        f"{name}: batch loss {np.mean(last):.4f}, training loss",
        f"{spread(np.array([run['train'] for run in runs]))},",
        f"test accuracy {spread(np.array([run['accuracy'] for run in runs]))}",
    )

# %% [markdown]
# *What to see:* the loss of the batch falls without a single bump to 0.0025; the loss of the 200 examples falls for a short while, and then rises above its start.
#
# The smooth curve measures ten memorised digits. On all the training data the loss is 3.129 ± 0.058, worse than the 2.3 of pure guessing, and half of the test digits are wrong. So keep the two apart: **monitor** on a fixed subset, **train** on fresh batches. And be suspicious of small batches whose curve shows no noise.

# %% [markdown]
# ## An average that forgets
#
# A moving average has to keep the last `window` values. Another kind of average keeps a single number. In every step, shrink the old average a little, and add a little of the new value:
#
# $$m \leftarrow \beta\, m + (1 - \beta)\, \text{value} .$$
#
# Unrolled, the newest value has weight $1 - \beta$, the one before it $(1-\beta)\,\beta$, then $(1-\beta)\,\beta^2$: the weights fade *exponentially*, hence the name exponential moving average, or EMA. With $\beta = 0.98$ it is about as smooth as a window of 100.
#
# It has to start somewhere. Start at $m = 0$, and let the values be 2.5, 2.5, 2.5 and $\beta = 0.9$. The first average is 0.25, the second 0.475, the third 0.6775. All far too small, since most of the weight still lies on the zero of the start. But you know exactly how much: after $t$ values, the weights of the values add up to
#
# $$(1 - \beta)(1 + \beta + \dots + \beta^{t-1}) = 1 - \beta^t .$$
#
# Divide by that, and the average is a weighted mean again: 0.25 / 0.1, 0.475 / 0.19 and 0.6775 / 0.271 are all 2.5. This is the **bias correction** that you will meet again in Adam. In the exercise, mind what is carried on to the next step: the average itself, not the corrected one.
#
# **Your turn.** Write `ema`. As everywhere in this course, `decay` is the weight of the *old* average; some lectures use the same letter for the weight of the new value. `hint("ema")` is there.

# %% exercise: ema


# %%
@recorded
def faded(decays: tuple[float, ...]) -> list:
    """Exponential averages of the batch losses of the first seed."""
    losses = np.asarray(curves_of_a_training(0, always_the_first=False)["batch"])
    return [noise.ema(losses, decay=decay) for decay in decays]


losses = np.asarray(honest["batch"])
(corrected,), raw = faded((0.98,)), [0.02 * losses[0]]
for loss in losses[1:]:
    raw.append(0.98 * raw[-1] + 0.02 * loss)
fig, ax = plt.subplots(figsize=(8, 3.6))
curves = {
    "EMA 0.98": corrected,
    "the same without correction": np.array(raw),
    "average of 100": long,
}
plots.draw_curves(ax, {name: curve[:300] for name, curve in curves.items()}, xlabel="update")
plt.show()
print(f"after the first batch: {corrected[0]:.2f} with correction, {raw[0]:.2f} without")
print(
    f"scatter in the last 300 updates: EMA {np.std(corrected[-300:]):.3f}, window {np.std(long[-300:]):.3f}"
)

# %% [markdown]
# *What to see:* with correction the EMA starts at the first loss and falls; without it, the curve starts near zero, rises for some sixty updates, and tells the story of a training that first got worse; the average of 100 is the slowest to come down, and from update 150 on the three agree.

# %% [markdown]
# ## What you now know
#
# - The gradient of a random example, or of a random mini-batch, is right on average: unbiased. Near the minimum it is mostly noise.
# - Its variance is $\sigma^2/S$ for independent draws, times $(N - S)/(N - 1)$ without replacement.
# - An epoch shuffles the numbers of the examples once and cuts the order into batches. Each example comes once, with its own label.
# - On a bowl SGD settles above the minimum by about $\eta/4$ times the variance of the batch gradient: proportional to $\eta/S$. Shuffled epochs settle lower.
# - For the same number of examples $\eta/S$ decides the progress, until $\eta$ reaches what the curvature allows.
# - More examples per batch save updates while noise is the limit, and nothing after that.
# - A trailing average trades scatter for delay. An EMA needs one number, and a correction for its start.
#
# ## Traps
#
# - **x and labels shuffled apart.** No error, no learning.
# - **Sorted data, not shuffled.** The last class wins.
# - **A new batch size with the old step size.** You have changed $\eta/S$.
# - **A loss curve without noise.** Ask what it is measured on.
# - **Comparing two trainings by their last batch.** The scatter between batches is larger than most differences between methods.
# - **Taking the drop after a smaller step size for progress.** It is the floor that fell.
#
# ## Read on
#
# - Herbert Robbins and Sutton Monro, *A stochastic approximation method*, 1951: where it began.
# - Léon Bottou, Frank Curtis and Jorge Nocedal, *Optimization methods for large-scale machine learning*, arXiv 1606.04838: sections 3 and 4, with proofs.
# - Christopher Shallue et al., *Measuring the effects of data parallelism on neural network training*, arXiv 1811.03600: the two regimes on many data sets.
# - Priya Goyal et al., *Accurate, large minibatch SGD*, arXiv 1706.02677: the linear scaling of the step size, and where it needs a warm-up (unit 07).
# - Stephan Mandt, Matthew Hoffman and David Blei, *Stochastic gradient descent as approximate Bayesian inference*, arXiv 1704.04289: the noise floor in many dimensions.
# - Goodfellow, Bengio and Courville, *Deep Learning*, sections 5.9, 8.1.3 and 8.3.1.
# - The lectures: CSC421 L7-8 "Optimization"; CS231n L3 "Regularization and Optimization" and L7 "Optimizing Neural Networks".
