# %% [markdown]
# # Unit 12: Averaging: ensembles, snapshots, Polyak
#
# Two nets read handwritten digits, and each gets about 95 in 100 right. Average what they *say*, and together they read 96. Average their *weights*, and what comes out reads 87. It gets stranger: average a net with a twin that says exactly the same as it does about every digit, and the result reads 88. When is an average a good idea, and when is it a disaster?
#
# **You will be able to**
#
# - keep an average of the parameters beside a noisy training, choose its memory, and say what it is worth;
# - combine several models the right way, and say which promise that keeps and which it does not;
# - measure the gain of an ensemble with error bars, instead of believing "2 %";
# - take snapshots at the right steps, and compare them with what else the same budget buys;
# - show why the weights of two nets must not be averaged.
#
# **Time:** 60 minutes. **You need:** mini-batches and gradient noise (unit 03), momentum (unit 04), the cosine schedule (unit 07).

# %%
from collections import deque
from collections.abc import Iterator
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from course_lib import (
    averaging,
    datasets,
    explorers,
    losses,
    models,
    optim,
    plots,
    schedules,
    train,
)
from course_lib.arrays import Array, Indices, Labels, Params
from course_lib.check import check, examine, hint
from course_lib.optim import MomentumState
from course_lib.quiz import quiz
from course_lib.recorded import recorded
from course_lib.schedules import Schedule

plots.use_course_style()

# %% [markdown]
# ## A cloud and its centre
#
# SGD with a constant step size does not arrive. Mini-batch noise keeps throwing it about, and it ends up as a cloud around the minimum (unit 03). The usual cure is a smaller step, later (unit 07). Here is another one.
#
# The explorer shows 600 steps of SGD in DD2424's second ravine, $x_1^2 + 10\,x_2^2$, with noise in every gradient. The orange dots are the parameters after each step. Beside them runs an average: after every step it keeps the share `decay` of itself and takes up a little of the newest parameters. At decay 0 it *is* the parameters.

# %%
explorers.averaged_path()

# %% [markdown]
# Three things to try, with the mouse or with Tab and the arrow keys:
#
# 1. Raise the decay slowly to 0.98. What becomes of the blue line, and of the loss in the second half?
# 2. Go on to 0.995 and 0.999. Now the average is calm, and bad. Where on its way is it?
# 3. Set the decay to 0 and walk through the step sizes; then the same with 0.98. Which of the two loses more when the step size grows sixteenfold?
#
# The average never computes a gradient. It watches.

# %% [markdown]
# ## One line beside the training
#
# CS231n L7 shows the loop. Everything is plain SGD but the last line:
#
# ```python
# while True:
#     data_batch = dataset.sample_data_batch()
#     loss = network.forward(data_batch)
#     dx = network.backward()
#     x += - learning_rate * dx
#     x_test = 0.995*x_test + 0.005*x # use for test set
# ```
#
# The training never sees `x_test`. It is what you hand over in the end. As everywhere in this course, `decay` is the weight of the *old* average.
#
# **Your turn.** Write `polyak_update`, the last line for any decay. It gets two arrays and makes a third. `hint("polyak_update")` gives nudges, one at a time.

# %% exercise: polyak_update

# %% [markdown]
# > **Find the mistake on this slide.** Under the loop the slide quotes Polyak and Juditsky, *Acceleration of stochastic approximation by averaging*, 1992. That paper averages *all* parameters so far, each with the same weight. And one line of the loop cannot run as printed. Which one, and why?
#
# Take the paper first. How would you keep a plain mean without storing anything? After $t$ updates there are $t + 1$ places. The mean of the first $t$ of them has to count $t/(t+1)$, the newest $1/(t+1)$. So the paper's average is your function with a decay that grows. The next cell tries it on a noisy path.

# %%
if examine("polyak_update", polyak_update).passed:
    path = np.random.default_rng(0).normal(size=(400, 2)) + 3
    average = path[0]
    for t, place in enumerate(path[1:], start=1):
        average = polyak_update(average, place, decay=t / (t + 1))
    print("your average with decay t / (t + 1):", average.round(4))
    print("the mean of all 400 places:         ", path.mean(axis=0).round(4))
else:
    print("When your polyak_update passes its check, it computes a plain mean here.")

# %% [markdown]
# The difference matters. In the explorer, "the mean of all" goes on falling as long as you train, because it averages over ever more noise. The slide's average forgets, so it stops at a floor: the dashed line. But what forgets also forgets a bad start.
#
# The line that cannot run is the last one: `x_test` is used before it has a value. Start it at zeros, and after 100 updates it is only $1 - 0.995^{100} = 0.394$ times what it should be. It has to start at the parameters themselves. Then nothing is too small; but these first parameters are random.

# %% quiz: u12-share-of-the-start

# %% [markdown]
# ## How long a memory?
#
# A weight of $1 - d$ for the newest place means that the average looks back over about $1/(1-d)$ steps. Call this its memory $M$: 200 steps for 0.995. What does it buy?
#
# Look along one direction with curvature $\lambda$. SGD's place keeps the share $1 - \eta\lambda$ of itself per step, so it wanders: for about $1/(\eta\lambda)$ steps it stays on the same side. Averaging over fewer steps than that averages over what is nearly one single place. Only a memory that is longer sees both sides. For small steps the noise floor is multiplied by about
#
# $$\frac{1}{1 + \eta\,\lambda\, M}.$$
#
# (`averaging.averaged_floor` has the exact form.) The floor itself is proportional to $\eta$. Before you look at the figure: what happens to their product when $M$ is long?

# %% quiz: u12-which-direction


# %%
@recorded
def floors_of_averages(rates: tuple[float, ...], memories: list[float]) -> Array:
    """The floor in the explorer's bowl, for every step size and memory; (rates, memories)."""
    bowl, variances = np.array([2.0, 20.0]), np.full(2, 64.0)
    floor = averaging.averaged_floor
    return np.array(
        [[floor(bowl, variances, lr=lr, decay=1 - 1 / m) for m in memories] for lr in rates]
    )


RATES = (0.08, 0.02, 0.005)
memories = np.geomspace(1, 1000, 31).tolist()
fig, ax = plt.subplots(figsize=(6.4, 3.6))
for index, floors in enumerate(floors_of_averages(RATES, memories)):
    color, marker, dash = plots.style_of(index)
    look = {"color": color, "marker": marker, "linestyle": dash, "markevery": 5}
    ax.loglog(memories, floors, label=f"step size {RATES[index]}", **look)
ax.set(xlabel="memory of the average (steps)", ylabel="floor of the loss")
ax.legend()
plt.show()

# %% [markdown]
# *What to see:* without a memory the floors of the three step sizes lie a factor of 50 apart; with growing memory the curves come down and together, and at 1000 steps they are one line that falls like $1/M$.
#
# With a long memory the step size has cancelled. A large step makes a large cloud, but it also wanders to the other side sooner, so that the average has more independent places to work with. That is Polyak's and Juditsky's point: keep the step size large, move fast, and let the average remove the noise.
#
# The price is delay. The average lags behind by its memory, and as long as the training still makes progress, this costs more than the noise. A good memory is long against $1/(\eta\lambda)$ and short against the training.

# %% [markdown]
# ## Noisy digits
#
# A network is no bowl. Let us see what is left: 1000 digits, 64 hidden units, batches of only 4 with step size 0.2, five epochs of 250 updates. The tool of the whole unit is a training that shows its parameters after every update.

# %%
DIGITS = datasets.load_digits()
CLEAN = (DIGITS.x_train, DIGITS.y_train)


def updates(
    seed: int,
    schedule: Schedule,
    *,
    epochs: int,
    examples: tuple[Array, Labels] = CLEAN,
    batch_size: int = 32,
    momentum: float = 0.9,
) -> Iterator[Params]:
    """The parameters of a net before its first update and after each one."""
    rng = np.random.default_rng(seed)
    params = models.init_mlp((64, 64, 10), rng=rng)
    states = train.init_states(MomentumState, params)
    yield params
    step = 0
    for _ in range(epochs):
        for x, labels in train.minibatches(*examples, batch_size=batch_size, rng=rng):
            _, grads = models.mlp_loss(params, x, labels)
            hyper = {"lr": schedule(step), "momentum": momentum}
            params, states = train.step_all(optim.momentum, params, grads, states, **hyper)
            step += 1
            yield params


def last(way: Iterator[Any]) -> Any:
    """Where it ends."""
    return deque(way, maxlen=1).pop()


NOISY = {"epochs": 5, "batch_size": 4, "momentum": 0.0}
DECAYS = (0.9, 0.995, 0.999)


def with_averages(seed: int) -> Iterator[dict[str, Params]]:
    """SGD at step size 0.2, and its average with every decay, after each update."""
    averages: dict[float, Params] = {}
    for params in updates(seed, lambda step: 0.2, **NOISY):
        for decay in DECAYS:
            old = averages.get(decay, params)
            averages[decay] = {
                name: averaging.polyak_update(old[name], value, decay=decay)
                for name, value in params.items()
            }
        yield {"last parameters": params, **{f"decay {d}": averages[d] for d in DECAYS}}


@recorded
def losses_on_the_way(every: int) -> dict:
    """Training losses of one seed: parameters and averages, every so many updates."""
    curves: dict[str, list[float]] = {}
    for step, nets in enumerate(with_averages(0)):
        if step % every == 0:
            for name, params in nets.items():
                curves.setdefault(name, []).append(models.nll(params, *CLEAN))
    return curves


fig, ax = plt.subplots()
curves = {name: np.array(curve) for name, curve in losses_on_the_way(25).items()}
plots.draw_curves(ax, curves, xlabel="update", ylabel="training loss (nats)", log=True)
ax.set_xticks(range(0, 51, 10), [str(update) for update in range(0, 1251, 250)])
plt.show()

# %% [markdown]
# *What to see:* the loss of the parameters jumps up and down by a factor of two and more; decay 0.9 follows it with smaller jumps; decay 0.995 begins high, is smooth, and is the lowest of all from update 900 on; decay 0.999 is smooth as well and far behind, up to the end.
#
# One seed is one story. Here are ten, beside the other cure: the same training with a step size that falls to zero along a straight line.


# %%
@recorded
def polyak_on_digits(seeds: int) -> dict:
    """Training loss and test accuracy at the end; (seeds, 2) for every way to end."""
    rows: dict[str, list[list[float]]] = {}
    for seed in range(seeds):
        falling = schedules.linear_decay(0.2, total_steps=1250)
        nets = {
            **last(with_averages(seed)),
            "step size to zero": last(updates(seed, falling, **NOISY)),
        }
        for name, params in nets.items():
            measured = [models.nll(params, *CLEAN), test_accuracy(params)]
            rows.setdefault(name, []).append(measured)
    return {name: np.array(values) for name, values in rows.items()}


def test_accuracy(params: Params) -> float:
    return models.accuracy(params, DIGITS.x_test, DIGITS.y_test)


def spread(values: Array, digits: int = 3) -> str:
    return f"{np.mean(values):.{digits}f} ± {np.std(values, ddof=1):.{digits}f}"


print("                     training loss    test accuracy   (mean ± sd, 10 seeds)")
ends = polyak_on_digits(10)
for name, measured in ends.items():
    print(f"{name:18s}", *(f"{spread(column):>16s}" for column in measured.T))
gain = ends["decay 0.995"][:, 1] - ends["last parameters"][:, 1]
print("decay 0.995 against the last parameters, seed by seed:", spread(gain))

# %% [markdown]
# What is larger than the spread, and what is not?
#
# - **The average against the last parameters:** yes. With decay 0.995 the training loss is 0.035 ± 0.002 instead of 0.057 ± 0.024, the test accuracy 0.959 ± 0.004 instead of 0.943 ± 0.013. For the same seed it reads 1.7 points more on average. Look at the spreads as well: who takes the last parameters plays a lottery, and the average takes most of it away.
# - **The average against a step size that falls to zero:** 0.959 ± 0.004 and 0.956 ± 0.003 are nearly the same. CSC421 L7-8 names both in its table of problems, side by side: against fluctuations, "decay α; iterate averaging". They are two ways to the same end. The average has one advantage: you need not know in advance when the training will be over.
# - **A memory of 1000 steps in a training of 1250:** too long. The loss is 0.148, two and a half times that of the last parameters. And yet it reads more test digits than they do.

# %% [markdown]
# ## Ask several nets
#
# Until now we averaged one net with its own past. Now train five nets, each from its own random start, and ask all of them. CS231n L7: *train multiple independent models; at test time average their results*. In brackets the slide says which results, and in which order. It matters.

# %% quiz: u12-three-nets

# %% [markdown]
# **Your turn.** Write `ensemble_predict`. The predictions of all models come in one array of shape (M, N, C): models, examples, classes. `hint("ensemble_predict")` is there.

# %% exercise: ensemble_predict

# %% [markdown]
# ## What an average promises
#
# Is an ensemble better than its members? There is one thing that can be proved, and the figure holds the proof. It shows what a net pays for one digit, $-\log p$, where $p$ is the probability that it gives to the right class. Two nets stand on the curve. Where does their ensemble stand, and where is the mean of what they pay?

# %%
chances = np.linspace(0.02, 1.0, 200)
pair = np.array([0.1, 0.8])
fig, ax = plt.subplots(figsize=(6.4, 3.4))
ax.plot(chances, -np.log(chances), color="0.4")
ax.plot(pair, -np.log(pair), "o--", color=plots.PALETTE[0], label="two nets")
ax.plot(
    pair.mean(), -np.log(pair).mean(), "s", color=plots.PALETTE[1], label="mean of their losses"
)
ax.plot(pair.mean(), -np.log(pair.mean()), "^", color=plots.PALETTE[2], label="loss of their mean")
ax.set(xlabel="probability of the right class", ylabel="loss (nats)", ylim=(-0.1, 3))
ax.legend()
plt.show()

# %% [markdown]
# *What to see:* the curve sags between any two of its points; the mean of the two losses lies on the dashed chord, at 1.26, and the loss of the mean prediction below it on the curve, at 0.80.
#
# A function whose chords lie above it is **convex**. For a convex function $f$ the value of the mean is at most the mean of the values, however many points there are and however they are weighted. This is Jensen's inequality:
#
# $$f\Big(\frac1M\sum_m p_m\Big) \le \frac1M\sum_m f(p_m).$$
#
# Here $f = -\log$. It holds for each digit, so it holds for the mean over all digits. Read it slowly, though, before you answer.

# %% quiz: u12-promise

# %% [markdown]
# ## Two percent?
#
# > **Find the mistake on this slide.** CS231n L7 closes its slide on ensembles with the words *Enjoy 2% extra performance*. Which questions would you ask before you believe it?
#
# Two percent of what, on which data, with how many nets, trained how long, and with what spread? We cannot measure "the" gain. We can measure three. Each time 25 nets are trained that differ in their seed only, and are put together in five ensembles of five:
#
# - 1000 digits, 10 epochs: the nets stop before they are done;
# - 1000 digits, 30 epochs;
# - 300 digits, 30 epochs, and 30 % of the labels drawn at random, the same wrong labels for all nets.

# %% quiz: u12-where-it-pays

# %%
WRONG = datasets.noisy_labels(
    DIGITS.y_train[:300], fraction=0.3, classes=10, rng=np.random.default_rng(1000)
)
FEW = (DIGITS.x_train[:300], WRONG)


def test_probabilities(params: Params) -> Array:
    return losses.softmax(models.mlp_scores(params, DIGITS.x_test))


def read(labels: Labels) -> float:
    """The share of the test digits that get the right label."""
    return float(np.mean(labels == DIGITS.y_test))


def test_loss(probabilities: Array) -> float:
    return float(-np.mean(np.log(probabilities[np.arange(497), DIGITS.y_test])))


def disagreement(probabilities: Array) -> float:
    """The share of test digits that two of the models read differently, over all pairs."""
    labels = np.argmax(probabilities, axis=2)
    pairs = [(a, b) for a in range(len(labels)) for b in range(a)]
    return float(np.mean([labels[a] != labels[b] for a, b in pairs]))


@recorded
def ensembles(few: bool, epochs: int) -> dict:
    """Five ensembles of five nets, trained at rate 0.1 with momentum; (5,) for every measure."""
    rows: dict[str, list[float]] = {}
    for first in range(0, 25, 5):
        runs = [
            updates(seed, lambda step: 0.1, epochs=epochs, examples=FEW if few else CLEAN)
            for seed in range(first, first + 5)
        ]
        probabilities = np.array([test_probabilities(last(run)) for run in runs])
        votes = np.eye(10)[np.argmax(probabilities, axis=2)]
        measured = {
            "a single net, on average": np.mean(
                [read(np.argmax(p, axis=1)) for p in probabilities]
            ),
            "five nets, mean": read(averaging.ensemble_predict(probabilities)),
            "five nets, vote": read(averaging.ensemble_predict(votes)),
            "loss of a single net": np.mean([test_loss(p) for p in probabilities]),
            "loss of the ensemble": test_loss(np.mean(probabilities, axis=0)),
            "two nets disagree": disagreement(probabilities),
        }
        for name, value in measured.items():
            rows.setdefault(name, []).append(float(value))
    return {name: np.array(values) for name, values in rows.items()}


TASKS = {"10 epochs": (False, 10), "30 epochs": (False, 30), "wrong labels": (True, 30)}
tables = {task: ensembles(*setting) for task, setting in TASKS.items()}
print(f"{'test set':25s}", *(f"{task:>16s}" for task in tables))
for name in tables["10 epochs"]:
    print(f"{name:25s}", *(f"{spread(table[name]):>16s}" for table in tables.values()))
for task, table in tables.items():
    gain = table["five nets, mean"] - table["a single net, on average"]
    print(
        f"gain of the mean, {task}: {100 * gain.mean():.1f} ± {100 * gain.std(ddof=1):.1f} points"
    )

# %% [markdown]
# So "2 %" is wrong by a factor of ten in one of our three tasks, and by more than two, to the other side, in another. The gain is 1.0 ± 0.3 points for nets that stopped early, 0.2 ± 0.2 points for nets that are done, and 5.0 ± 0.8 points where labels are wrong. The row of disagreements explains it: nets that say the same cannot correct each other. Where two nets read 2 % of the digits differently, even a perfect referee could not gain more than that.
#
# Three more things are in the table. The loss of the ensemble is lower in all three columns, as Jensen promised. The vote costs 0.2 points at most where the labels are right, and 1.4 points where they are wrong. And mind the size of the test set: of 497 digits one is 0.2 points, and a net that reads 96 % of all digits in the world would read anything from 94 to 98 % of such a sample, by luck alone. That the gain can be measured so well is due to comparing on the *same* digits.

# %% [markdown]
# ## Train once, keep five
#
# Five nets cost five trainings. DD2424 L5 has "model ensemble on the cheap": average the predictions of several checkpoints of one training. CS231n L7 adds cyclic learning rates, after Huang and others, *Snapshot ensembles: train 1, get M for free* (2017). The rate falls along a cosine, a snapshot is taken, the rate jumps up again and shakes the net out of where it was, and so on.
#
# **Your turn.** Write `snapshot_steps`: after which steps is a snapshot taken? Steps count from 0, and all cycles have the same length. `hint("snapshot_steps")` helps.

# %% exercise: snapshot_steps


# %%
def restarts(lr: float, *, total_steps: int, cycles: int) -> Schedule:
    """A cosine from ``lr`` to 0 in every cycle."""
    length = total_steps // cycles
    once = schedules.cosine(lr, total_steps=length)
    return lambda step: once(step % length)


@recorded
def one_training_with_snapshots(every: int) -> dict:
    """Rate and training loss, every so many updates, and where the snapshots are."""
    schedule = restarts(0.1, total_steps=1000, cycles=5)
    way = list(updates(0, schedule, epochs=100, examples=FEW))
    shown = range(0, 1000, every)
    return {
        "rate": [schedule(step) for step in shown],
        "loss": [models.nll(way[step + 1], *FEW) for step in shown],
        "snapshots": averaging.snapshot_steps(1000, cycles=5),
    }


run = one_training_with_snapshots(5)
fig, axes = plt.subplots(2, 1, figsize=(6.4, 4.2), sharex=True)
for ax, what in zip(axes, ("rate", "loss"), strict=True):
    ax.plot(np.arange(0, 1000, 5), run[what], color=plots.PALETTE[0])
    for step in run["snapshots"]:
        ax.axvline(step, color=plots.PALETTE[1], linestyle="--", linewidth=1)
axes[0].set_ylabel("learning rate")
axes[1].set(xlabel="step", ylabel="training loss (nats)", yscale="log")
plt.show()

# %% [markdown]
# *What to see:* the rate falls to zero five times, and the dashed snapshots stand just before it jumps up; the training loss jumps up after every restart and falls again, and every snapshot lies lower than the one before.
#
# "For free" is a strong word. The fair question is what else the same number of updates buys. Here are three offers for one budget:
#
# 1. **one long training**, a single cosine over all updates;
# 2. **five snapshots** of one training with restarts, and their ensemble;
# 3. **five short trainings** of a fifth of the length, each from its own start, and their ensemble.
#
# Which five nets will differ more from each other? And what follows from the last section?


# %%
@recorded
def three_offers(few: bool, epochs: int, seeds: int) -> dict:
    """Test accuracy of what one budget buys, and how often two of five nets disagree; (seeds,)."""
    examples = FEW if few else CLEAN
    per_epoch = -(-len(examples[0]) // 32)
    total = epochs * per_epoch
    rows: dict[str, list[float]] = {}
    for seed in range(seeds):
        single = schedules.cosine(0.1, total_steps=total)
        short = schedules.cosine(0.1, total_steps=total // 5)
        cyclic = restarts(0.1, total_steps=total, cycles=5)
        way = enumerate(updates(seed, cyclic, epochs=epochs, examples=examples), start=-1)
        keep = averaging.snapshot_steps(total, cycles=5)
        snapshots = np.array([test_probabilities(net) for step, net in way if step in keep])
        own = [
            updates(seed + 10 * k, short, epochs=epochs // 5, examples=examples) for k in range(5)
        ]
        trained = np.array([test_probabilities(last(run)) for run in own])
        long = test_probabilities(last(updates(seed, single, epochs=epochs, examples=examples)))
        measured = {
            "one long training": read(np.argmax(long, axis=1)),
            "last snapshot": read(np.argmax(snapshots[-1], axis=1)),
            "five snapshots": read(averaging.ensemble_predict(snapshots)),
            "a short training": np.mean([read(np.argmax(p, axis=1)) for p in trained]),
            "five short trainings": read(averaging.ensemble_predict(trained)),
            "last two snapshots disagree": disagreement(snapshots[-2:]),
            "two trainings disagree": disagreement(trained),
        }
        for name, value in measured.items():
            rows.setdefault(name, []).append(float(value))
    return {name: np.array(values) for name, values in rows.items()}


offers = {"clean": three_offers(False, 30, 5), "wrong labels": three_offers(True, 100, 5)}
print(f"{'test set, 5 seeds':27s}", *(f"{task:>16s}" for task in offers))
for name in offers["clean"]:
    print(f"{name:27s}", *(f"{spread(table[name]):>16s}" for table in offers.values()))

# %% [markdown]
# Which offer would you take, for each of the two tasks? And how much of "M for free" did we get?
#
# - **Clean labels:** 0.960 ± 0.005 for one long training, 0.959 ± 0.004 for five snapshots, 0.955 ± 0.002 for five short trainings. The snapshots gain 0.2 points on the last of them, and nothing on the long training. The last two snapshots disagree about 0.4 % of the digits: after a restart this small net seems to fall back into the valley it came from.
# - **Wrong labels:** five snapshots read 3.9 points more than the last one, 0.742 against 0.703. Impressive, if that is all you compare with. A fifth of the training *alone* reads 0.854, and five such short trainings 0.865. What spoils the long training is that it has the time to learn the wrong labels by heart (unit 09 is about stopping in time). The old snapshots are good because they are young.
#
# Snapshot ensembles were made for large networks on large data, where one training costs days and restarts lead to nets that do differ. Nothing here refutes that. What it shows is how a gain can be real and yet not be worth it: compare with everything else that the same budget buys.

# %% [markdown]
# ## What must not be averaged
#
# Polyak's average was an average of *weights*, and it worked. Ensembles average *predictions* and need M nets at test time. Could we not average the weights of five nets, and have one?
#
# A net can be written in many ways. Exchange two hidden units, with everything that hangs on them, and no input notices: the sum over the hidden units has only been added up in another order.
#
# **Your turn.** Write `permute_hidden`: unit $j$ of the new net is unit `order[j]` of the old one. The parameters are a dict with W1, b1, W2 and b2; ask yourself what belongs to a hidden unit. `hint("permute_hidden")` is there.

# %% exercise: permute_hidden

# %%
if examine("permute_hidden", permute_hidden).passed:
    net = models.init_mlp((64, 64, 10), rng=np.random.default_rng(0))
    twin = permute_hidden(net, np.random.default_rng(1).permutation(64))
    change = models.mlp_scores(twin, DIGITS.x_test) - models.mlp_scores(net, DIGITS.x_test)
    print("largest change of a weight in W1:", np.abs(twin["W1"] - net["W1"]).max().round(2))
    print(f"largest change of a score:        {np.abs(change).max():.0e}")
else:
    print("When your permute_hidden passes its check, its twin of a net is compared here.")

# %% [markdown]
# A net with $K$ hidden units has $K!$ such twins. For $K = 64$ that is a number with 90 digits. Take a trained net and one of its twins, and think about two averages: that of what they predict, and that of their weights.

# %% quiz: u12-twin

# %%
UNIT_AXIS = (("W1", 1), ("b1", 0), ("W2", 0))  # along which the hidden units are counted
PAIRS = ("the net after 5 epochs and after 10", "two nets", "a net and its twin")


def mixed(left: Params, right: Params, share: float) -> Params:
    return {name: (1 - share) * left[name] + share * right[name] for name in left}


@recorded
def along_the_segments(seeds: int, points: int) -> dict:
    """Training loss on the straight line between two nets; (seeds, points) for every pair."""
    rows: dict[str, list[list[float]]] = {name: [] for name in PAIRS}
    for seed in range(seeds):
        way = list(updates(seed, lambda step: 0.1, epochs=10))
        net, other = way[-1], last(updates(100 + seed, lambda step: 0.1, epochs=10))
        order: Indices = np.random.default_rng(seed).permutation(64)
        ends = (way[160], net), (other, net), (models.permute_hidden(net, order), net)
        for name, (left, right) in zip(PAIRS, ends, strict=True):
            line = [mixed(left, right, share) for share in np.linspace(0, 1, points)]
            rows[name].append([models.nll(params, *CLEAN) for params in line])
    return {name: np.array(row) for name, row in rows.items()}


@recorded
def averages_of_nets(seeds: int) -> dict:
    """Test accuracy of a net, and of averages of weights with others; (seeds,)."""
    rows: dict[str, list[float]] = {}
    for seed in range(seeds):
        way = list(updates(seed, lambda step: 0.1, epochs=10))
        net, other = way[-1], last(updates(100 + seed, lambda step: 0.1, epochs=10))
        twin = models.permute_hidden(net, np.random.default_rng(seed).permutation(64))
        both = np.array([test_probabilities(net), test_probabilities(other)])
        unit = {name: np.mean(net[name], axis=axis, keepdims=True) for name, axis in UNIT_AXIS}
        every = {**net, **{name: 0 * net[name] + mean for name, mean in unit.items()}}
        measured = {
            "the net": test_accuracy(net),
            "the other net": test_accuracy(other),
            "predictions of both, averaged": read(averaging.ensemble_predict(both)),
            "weights, 5 and 10 epochs": test_accuracy(mixed(way[160], net, 0.5)),
            "weights of both, averaged": test_accuracy(mixed(net, other, 0.5)),
            "weights, the net and its twin": test_accuracy(mixed(net, twin, 0.5)),
            "weights, all 64! twins": test_accuracy(every),
        }
        for name, value in measured.items():
            rows.setdefault(name, []).append(value)
    return {name: np.array(values) for name, values in rows.items()}


fig, ax = plt.subplots()
lines = along_the_segments(5, 21)
plots.draw_curves(ax, lines, xlabel="place between the two nets", ylabel="training loss (nats)")
ax.set_xticks([0, 10, 20], ["the first", "half way", "the second"])
ax.set_ylim(0, 0.62)
plt.show()
for name, values in averages_of_nets(5).items():
    print(f"{name:30s} {spread(values)}")

# %% [markdown]
# *What to see:* between two stages of one training the loss falls from end to end without a hill; between two nets, and between a net and its twin, it rises to a mountain in the middle, about ten times as high as its ends.
#
# The twin says the same as the net about every digit. Half way between the two, the training loss is 0.295 ± 0.093 instead of 0.034, and 88 % of the test digits are read instead of 95 %. In the average of the weights, unit 1 is made of two units that have nothing to do with each other. Two independent nets fare no better, 0.871 ± 0.040, and how could they: nobody told them in which order to put their units. The average of their *predictions* reads 0.957, about as many as the better of the two.
#
# But five epochs apart on the same path the average of the weights is fine: 0.957. Here unit 1 is still the same unit, only a little further. **Average weights along one path, predictions across paths.**
#
# > **Find the mistake on this slide.** CSC421 L7-8 uses the twins to show that the loss of a network cannot be convex. It averages the weights of *all* $K!$ twins. In this average all hidden units are identical. *If the cost function were convex, this solution would have to be better than the original one, which is ridiculous!*

# %% quiz: u12-better

# %% [markdown]
# You saw the slide's average above, in the last line of the table. You need not add up $64!$ nets for it: in the average every unit is the mean of all units. Such a net reads 10 % of the digits, as many as a guess. So the slide's conclusion stands, and the loss is not convex in the weights. It just claims a little more than it needs.
#
# This is the thread through the whole unit. Where a function is convex, the average of points is a safe bet. The loss is convex in the *prediction*, so ensembles keep their promise for any nets. It is not convex in the *weights*; only near a minimum it resembles a bowl, and there, within one valley, Polyak's average works.
#
# ## What you now know
#
# - An average of the parameters beside the training removes most of the noise, and takes the luck out of the last step. Its memory is $1/(1-d)$ steps: long against $1/(\eta\lambda)$, short against the training.
# - With a long memory the noise floor no longer depends on the step size.
# - An ensemble averages probabilities and then decides. Its loss is at most the mean loss of its members; about accuracy nothing is promised.
# - The gain depends on how much the members disagree: from 0.2 to 5.0 points in our three tasks.
# - Snapshots are taken at the end of each cycle, before the rate jumps up.
# - A net has $K!$ twins. Weights may be averaged along one path, and not across nets.
#
# ## Traps
#
# - **Starting the average at zeros,** or at random parameters with a memory as long as the training.
# - **Testing the average and going on training with it.** The training must never see it.
# - **Taking 0.9 from one formula and 0.1 from another.** Ask which one weighs the old average.
# - **Voting.** It throws away what each net knows about its own doubt.
# - **Comparing an ensemble with its worst member,** or with nets that had a fifth of the budget.
# - **Comparing a gain of 0.2 points with a test set in which one digit counts 0.2 points.**
# - **Averaging the weights of nets that were trained apart.**
#
# ## Read on
#
# - Boris Polyak and Anatoli Juditsky, *Acceleration of stochastic approximation by averaging*, SIAM Journal on Control and Optimization 30, 1992: large steps and a plain mean.
# - Izmailov and others, *Averaging weights leads to wider optima and better generalization*, arXiv 1803.05407: weights along one path, with a cyclic rate.
# - Huang and others, *Snapshot ensembles: train 1, get M for free*, arXiv 1704.00109; Loshchilov and Hutter, *SGDR*, arXiv 1608.03983.
# - Lakshminarayanan, Pritzel and Blundell, *Simple and scalable predictive uncertainty estimation using deep ensembles*, arXiv 1612.01474: what ensembles do for the loss.
# - Krogh and Vedelsby, *Neural network ensembles, cross validation, and active learning*, 1995: gain equals disagreement, exactly, for squared errors.
# - Entezari and others, *The role of permutation invariance in linear mode connectivity of neural networks*, arXiv 2110.06296: bring the units into the same order first, and the mountain shrinks.
# - Goodfellow, Bengio and Courville, *Deep Learning*, sections 7.11 and 8.7.3.
# - The lectures: CS231n L7 "Optimizing Neural Networks"; DD2424 L5; CSC421 L7-8 "Optimization".
