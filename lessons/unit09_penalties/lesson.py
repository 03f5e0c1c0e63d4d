# %% [markdown]
# # Unit 09: Penalties, overfitting and early stopping
#
# Two polynomials go through the same fifteen noisy points. The second comes eight times as close to them as the first, and its predictions are 570 times as bad. Nobody has made a programming mistake. What has gone wrong, and how do you notice while you still do not know the truth?
#
# **You will be able to**
#
# - tell overfitting from underfitting by two numbers, and say what each of them rules out;
# - write the L2, L1 and elastic-net penalties with their gradients, and translate their strengths between conventions that differ by a factor of two;
# - explain where the exact zeros of L1 come from, and get them;
# - say what a penalty does to the curvature of a loss, and solve ridge regression in one step;
# - stop a training with patience, go back to the right weights, and judge on noisy labels what all of this gains.
#
# **Time:** 90 minutes. **You need:** curvature and the condition number (unit 02), mini-batches (unit 03), learning-rate schedules (unit 07).

# %%
import matplotlib.pyplot as plt
import numpy as np

from course_lib import (
    datasets,
    explorers,
    landscape,
    models,
    optim,
    plots,
    regularizers,
    schedules,
    train,
)
from course_lib.arrays import Array
from course_lib.check import check, examine, hint
from course_lib.quiz import quiz
from course_lib.recorded import recorded

plots.use_course_style()

# %% [markdown]
# ## Fitting too well
#
# The examples below scatter about one period of a sine. A polynomial of your choice is fitted to them by least squares. The green curve is its error on the examples it was fitted to, the vermilion one its error on 200 others, which it never saw. Start at degree 3 and go up.

# %%
explorers.polynomial_fit()

# %% [markdown]
# Things to try, with the mouse or with Tab and the arrow keys:
#
# 1. Raise the degree step by step. Which of the two errors only ever falls? Where does the other one turn?
# 2. Stay at degree 15 and watch "the largest weight" in the caption. Where do weights of that size come from?
# 3. At degree 9 or 15 raise the strength of the penalty. The degree stays; what happens to the weights, and to the two errors? Is there a strength that is too large?
# 4. At degree 15 with the weakest penalty, take 100 examples instead of 15.
#
# At degree 3 the training error is 0.044 and the validation error 0.090. At degree 15 they are 0.0057 and 51.5. The first number got better all the time: if it is all you look at, you choose degree 15.

# %% quiz: u09-below-the-noise

# %% [markdown]
# A model **overfits** if it does much better on what it has seen than on what it has not. It **underfits** if it does badly even on what it has seen, like the straight line of degree 1.
#
# You saw three cures. *Fewer parameters*: degree 3. *More data*: with 100 examples degree 15 has a validation error of 0.103. And *a price on large weights*: at degree 15 and strength 0.001 the largest weight falls from 2440 to 2.5 and the validation error to 0.14, with all 15 powers still there. CS231n L3 says it in one line: regularization keeps the model from doing *too* well on the training data.

# %% [markdown]
# ## Reading the gap
#
# In a network you cannot look at the curve, and you do not know the truth. What you have is an accuracy on the training set and one on a **validation set**, examples that are held back and used for choosing. (The *test set* is used once, at the very end. Whoever chooses by it has made it a validation set.)
#
# DD2424 L5 reads the two like this. A wide gap: overfitting, so increase the regularization. A small gap and poor accuracy: underfitting.
#
# **Your turn.** Write `diagnose_gap`, which turns the two accuracies into one of three words. Mind the order: a model can be poor *and* have a wide gap. `hint("diagnose_gap")` gives nudges.

# %% exercise: diagnose_gap

# %% [markdown]
# A verdict is not yet a cure.
#
# > **Find the mistake on this slide.** DD2424 L5: *Under-fitting $\implies$ model capacity not high enough: increase the size of the network.*

# %% quiz: u09-larger-network

# %% [markdown]
# ## A price on weights
#
# The penalty joins the loss as a second term,
#
# $$L(W) = \underbrace{\frac1N\sum_i L_i(W)}_{\text{data loss}} + \underbrace{\lambda R(W)}_{\text{penalty}}, \qquad R(W) = \sum_k\sum_l W_{kl}^2 .$$
#
# This is **L2**, and $\lambda$ is its **strength**. A weight of 2440 now costs six million times $\lambda$, and the data loss has to earn it.
#
# Two remarks before you write it. First, **biases pay nothing.** A bias makes no function wilder; it only shifts. Penalising it would drag every prediction towards zero for no reason. So the functions of this unit get one array of weights, and nobody calls them with a bias. Second, $\lambda$ **cannot be learned on the training set**: there the best strength is always 0. It is chosen on the validation set.
#
# **Your turn.** Write `l2_penalty`. It returns the penalty and its gradient, which a training loop adds to the gradient of the data loss. Nudges: `hint("l2_penalty")`.

# %% exercise: l2_penalty

# %% [markdown]
# ## The lost two
#
# > **Find the mistake on this slide.** CS231n L7 defines $R(W) = \sum W_{kl}^2$. Earlier in the same lecture, its algorithm for "Adam with L2 regularization" computes the gradient as $\nabla f + \lambda\theta$.
#
# Each is a fine definition. Together they do not fit: the gradient of $\lambda\sum W^2$ is $2\lambda W$, and $\lambda\theta$ belongs to $\frac\lambda2\sum\theta^2$. Both forms are in use. This course keeps the lectures' penalty without a half, so its gradient has the 2. When you take a strength from a paper or a library, ask which one it means.

# %% quiz: u09-weight-decay-argument

# %% [markdown]
# ## Spread out or bundled?
#
# CS231n L3 asks about two weight vectors that make the same prediction for $x = (1, 1, 1, 1)$: $w_1 = (1, 0, 0, 0)$ and $w_2 = (\frac14, \frac14, \frac14, \frac14)$. Both give $w^\top x = 1$. L2 charges 1 for the first and $4\cdot\frac1{16} = \frac14$ for the second: it likes to spread weights out. Then the slide asks about **L1**, $R(W) = \sum\lvert W_{kl}\rvert$, and leaves the answer open.

# %% quiz: u09-which-one-l1

# %% [markdown]
# **Your turn.** Write `l1_penalty`. Its gradient needs one agreement: the size of a weight has a kink at 0, where every slope from -1 to 1 would be a fair answer. We take 0, so that a weight that *is* zero is left in peace. Nudges: `hint("l1_penalty")`.

# %% exercise: l1_penalty

# %%
share = np.linspace(0, 1, 11)
curves = {"L2": share**2 + (1 - share) ** 2, "L1": share + (1 - share)}
fig, ax = plt.subplots(figsize=(6.4, 3.2))
for number, (name, values) in enumerate(curves.items()):
    color, marker, dash = plots.style_of(number)
    ax.plot(share, values, color=color, marker=marker, linestyle=dash, label=name)
ax.set(xlabel="weight of the first feature (the second gets the rest)", ylabel="penalty")
ax.set_ylim(0, 1.1)
ax.legend()
plt.show()

# %% [markdown]
# *What to see:* two weights that add up to 1; L2's price is a bowl whose bottom is the even split, L1's is a horizontal line.

# %% [markdown]
# ## Exact zeros
#
# If L1 does not even prefer $(1, 0)$ to $(\frac12, \frac12)$, why is it famous for weights that are exactly zero? Because there is a data loss as well. Take a bowl with two weights. The grey lines are its level lines, the green diamond is its minimum. The vermilion square is the best point of data loss *plus* penalty, and the black outline shows all weights that cost the same as this point.

# %%
explorers.penalty_outline()

# %% [markdown]
# Things to try:
#
# 1. Raise the strength with L1. The best point moves straight to an axis. What does it do when it gets there? At which strength is the second weight *exactly* 0?
# 2. Do the same with L2. Does the path ever meet an axis before the origin?
# 3. Look at the outline where it touches the level line: at a corner, or somewhere on a side? Try other bowls, or drag the minimum.
#
# A corner sticks out, so level lines of many shapes touch the diamond there. A circle has no corners. In formulas: near 0 the push of L2, $2\lambda w$, fades away with the weight, and any slope of the data loss beats it. The push of L1 is $\lambda$ all the way. As long as the data pull less than that, the weight stays at 0, *exactly*: at strength 1.5 the best weights are $(0.8, 0)$ with L1 and $(0.522, 0.354)$ with L2.
#
# That is where the best point lies. Does gradient descent get there?

# %% quiz: u09-steps-at-the-kink

# %% [markdown]
# The repair is to treat the penalty apart. First a step on the data loss alone. Then let the penalty act: move every weight towards 0 by `lr * strength`, *and stop at 0*. This is the **soft threshold**. It is not a trick but the exact answer to a small problem, the one in the docstring: stay close to $w$, and keep $\lvert z\rvert$ cheap.
#
# **Your turn.** Write `soft_threshold`. It is one line in several ways. Nudges: `hint("soft_threshold")`.

# %% exercise: soft_threshold


# %%
BOWL, TARGET = np.array([[1.0, 0.6], [0.6, 1.2]]), np.array([2.0, 0.5])  # the explorer's first


@recorded
def last_weights(how: str, steps: int) -> Array:
    """The last three points of a descent on bowl plus L1, strength 1.5, learning rate 0.1."""
    w, places = TARGET, []
    for _ in range(steps):
        if how == "gradient":
            push = regularizers.l1_penalty(w, strength=1.5)[1]
            w = w - 0.1 * (BOWL @ (w - TARGET) + push)
        else:
            w = w - 0.1 * BOWL @ (w - TARGET)
            w = regularizers.soft_threshold(w, threshold=0.1 * 1.5)
        places.append(w)
    return np.array(places[-3:])


for how in ("gradient", "threshold"):
    print(f"{how:9s}", [f"({a:.4f}, {b:+.4f})" for a, b in last_weights(how, 200)])

# %% [markdown]
# With the gradient the second weight jumps about 0 for ever, by up to 0.28, and takes the first one along. With the threshold it is 0, and the first settles at 0.8. Deep-learning libraries mostly take the gradient all the same. If you count exact zeros there, you find none; count weights below a small size instead.

# %% [markdown]
# ## Both at once
#
# > **Find the mistake on this slide.** CS231n L3 and L7: *Elastic net (L1 + L2): $R(W) = \sum_k\sum_l \beta W_{kl}^2 + \lvert W_{kl}\rvert$, in common use.*
#
# It is not wrong, but it is a trap. Is $\beta$ between 0 and 1? Does it take away from the L1 part what it gives to the L2 part? Here it does not: the sizes always count in full, $\beta$ says what a square costs *compared with* a size, and $\lambda$ in front multiplies both. scikit-learn's elastic net does it otherwise in three ways: shares that add up to one, a half before the squares, and the share is L1's. Numbers do not carry over.
#
# Why mix at all? Ask what each penalty does with features that say the same.

# %% quiz: u09-twin-features

# %% [markdown]
# **Your turn.** Write `elastic_net_penalty`; `l2_ratio` is the slide's $\beta$. You have both parts already. Nudges: `hint("elastic_net_penalty")`.

# %% exercise: elastic_net_penalty

# %% [markdown]
# ## What a penalty does to a bowl
#
# CS231n L3 gives three reasons to regularize. Two you have seen: preferences among weights, and simpler models. The third is a surprise: it "improves optimization by adding curvature".
#
# The Hessian of $\lambda\sum w^2$ is $2\lambda I$. So *every* curvature of the loss grows by $2\lambda$, and the condition number becomes
#
# $$\kappa = \frac{c_{\max} + 2\lambda}{c_{\min} + 2\lambda} .$$
#
# The small curvatures feel it most. The large ones hardly notice. Try it on the linear model with squared error on the 64 pixels of the digits, where some pixels are blank in all 1000 images.


# %%
@recorded
def conditioning(strengths: tuple[float, ...]) -> list:
    """Condition number of mean squared error plus penalty on the pixels, per strength."""
    x = datasets.load_digits().x_train
    hessian = 2 * x.T @ x / len(x)
    eye = np.eye(hessian.shape[0])
    return [landscape.condition_number(hessian + 2 * s * eye) for s in strengths]


for strength, kappa in zip((0.0, 0.001, 0.1), conditioning((0.0, 0.001, 0.1)), strict=True):
    print(f"strength {strength:<6g} condition number {kappa:.4g}")

# %% [markdown]
# Without a penalty the weights of blank pixels have no curvature at all: $\kappa$ is infinite, and those weights stay wherever they were initialised. With a strength of 0.001 it is about 10 000, with 0.1 about 100, so gradient descent needs a hundredth of the steps. It is the bowl that has changed, though: you are solving another problem, faster.
#
# How different is its solution? For a linear model with squared error it can be written down. Put the gradient to zero:
#
# $$\frac2N X^\top(Xw - y) + 2\lambda w = 0 .$$
#
# This is **ridge regression**, and it is what the first explorer computes. Along an eigenvector of $X^\top X/N$ with eigenvalue $c$, the solution is $\frac{c}{c+\lambda}$ times that of plain least squares. Directions in which the data say much, $c \gg \lambda$, are left alone. Directions in which they say little are pulled to zero. That is how a polynomial of degree 15 became tame: no power was forbidden, but the combinations that the fifteen examples hardly determine were held back.
#
# **Your turn.** Write `ridge_solution`. Mind the two conventions of this course: the squared error is a *mean*, and there is no half. Nudges: `hint("ridge_solution")`.

# %% exercise: ridge_solution

# %%
if examine("ridge_solution", ridge_solution).passed:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(10, 20))
    y = x[:, 0] + 0.1 * rng.normal(size=10)
    for strength in (0.001, 0.1, 10.0):
        w = ridge_solution(x, y, strength=strength)
        print(
            f"your 20 weights from 10 examples, strength {strength:g}: length {np.linalg.norm(w):.3f}"
        )
else:
    print("When your ridge_solution passes its check, 20 weights from 10 examples appear here.")

# %% [markdown]
# ## Stop while it is good
#
# A penalty needs a strength, and each strength costs a training. There is a cure that costs less than nothing.
#
# > **Find the mistake on this slide.** CS231n L7, "Early Stopping: Always do this". *Stop training the model when accuracy on the validation set decreases. Or train for a long time, but always keep track of the model snapshot that worked best on val.*

# %% quiz: u09-first-decrease

# %% [markdown]
# Look at a training. A network with 64 inputs, 64 hidden units and 10 classes learns 300 handwritten digits. We have drawn 30 % of their labels anew, so that about 26 % are wrong. The validation labels are right (a luxury; real ones are as bad as those of the training). SGD runs for 120 epochs, with a learning rate that falls from 0.2 to 0 on a straight line. The two arguments for penalties are for later.


# %%
def sgd(param: Array, grad: Array, state, *, lr: float, l1: float = 0.0):
    """Plain SGD; then the penalty's own step on weights, and none on biases."""
    param, state = optim.sgd(param, grad, state, lr=lr)
    is_weight = l1 > 0 and param.ndim == 2
    return (regularizers.soft_threshold(param, threshold=lr * l1) if is_weight else param), state


def one_training(seed, *, epochs=120, examples=300, noise=0.3, hidden=64, l2=0.0, l1=0.0):
    """(params, history) of one network; the schedule is that of 120 epochs."""
    data, rng = datasets.load_digits(), np.random.default_rng(seed)
    clean = data.y_train[:examples]
    labels = datasets.noisy_labels(clean, fraction=noise, classes=10, rng=rng)
    start = models.init_mlp((64, hidden, 10), rng=rng)
    schedule = schedules.linear_decay(0.2, total_steps=120 * -(-examples // 32))
    how = {"epochs": epochs, "schedule": schedule, "l2": l2, "l1": l1, "rng": rng}
    batches, val = (data.x_train[:examples], labels), (data.x_val, data.y_val)
    return train.fit(start, batches, rule=sgd, val=val, **how)


@recorded
def two_losses(seed: int) -> dict:
    _, history = one_training(seed)
    return {"training": history.train_loss, "validation": history.val_loss}


fig, ax = plt.subplots(figsize=(6.4, 3.4))
plots.draw_curves(ax, two_losses(4), xlabel="epoch", ylabel="loss (nats)", first=1)
plt.show()

# %% [markdown]
# *What to see:* the training loss falls to the end; the validation loss falls for some thirty epochs, with many bumps on the way, and then creeps up again.

# %% [markdown]
# So wait. Remember the best validation loss and the step it belongs to. If `patience` steps in a row bring no new best, stop, and *go back to the weights of the best step*. Two details are often got wrong. A loss that merely equals the best is no progress, or a plateau would go on for ever. And a nan must not win: `<`, `>` and `==` are all False when one side is nan, which can work for you or against you.
#
# **Your turn.** Write `early_stopping` for a list of validation losses; it returns the best step and the step that stops. `hint("early_stopping")` is there.

# %% exercise: early_stopping

# %% [markdown]
# Why does stopping early work at all? Look at the bowl once more. Gradient descent from zero moves quickly along steep directions and slowly along flat ones. After $t$ steps of size $\eta$, the direction with eigenvalue $c$ has gone the share $1 - (1 - 2\eta c)^t$ of its way to the least-squares solution. Compare that with ridge, whose share is $\frac{c}{c+\lambda}$, at $\lambda = \frac1{2\eta t}$.

# %%
eigenvalues, lr = np.geomspace(1e-4, 10, 60), 0.05
fig, ax = plt.subplots(figsize=(6.4, 3.4))
for number, steps in enumerate((10, 1000)):
    color, marker, _ = plots.style_of(number)
    stopped = 1 - (1 - 2 * lr * eigenvalues) ** steps
    ridge = eigenvalues / (eigenvalues + 1 / (2 * lr * steps))
    ax.plot(eigenvalues, stopped, color=color, label=f"{steps} steps")
    ax.plot(eigenvalues, ridge, "--", color=color, marker=marker, markevery=6,
            label=f"ridge, strength {1 / (2 * lr * steps):g}")  # fmt: skip
ax.set(xscale="log", xlabel="eigenvalue $c$", ylabel="share of the way gone")
ax.legend()
plt.show()

# %% [markdown]
# *What to see:* four rising curves in two pairs; within a pair, stopping and ridge let the same directions through, stopping a little more sharply, and a hundred times as many steps shift the border to eigenvalues a hundred times as small.
#
# So early stopping *is* a penalty, more or less: few steps are a strong one. It tries all strengths in a single training, from the strongest to the weakest, and you pick one as it goes by.

# %% [markdown]
# ## Digits with wrong labels
#
# Now all of it together, on the network that you have just seen. There are five seeds; a seed decides the wrong labels, the first weights and the batches. For L1 there is a soft threshold after each step. The test labels are right.


# %%
@recorded
def trainings(seeds: int = 5, **how) -> dict:
    """Validation curves (seeds, epochs), and what the networks are like at the end (seeds,)."""
    found = {"val_loss": [], "val_curve": [], "train": [], "test": [], "zeros": []}
    data = datasets.load_digits()
    for seed in range(seeds):
        params, history = one_training(seed, **how)
        weights = np.concatenate([params[name].ravel() for name in ("W1", "W2")])
        found["val_loss"].append(history.val_loss)
        found["val_curve"].append(history.val_accuracy)
        found["train"].append(history.train_accuracy[-1])
        found["test"].append(models.accuracy(params, data.x_test, data.y_test))
        found["zeros"].append(np.mean(weights == 0))
    return {name: np.array(values) for name, values in found.items()}


@recorded
def stopped_early(patiences: tuple[int, ...], seeds: int = 5) -> dict:
    """For each patience: best step, epochs paid for, test accuracy of the best step; (seeds, 3)."""
    rows, data = {patience: [] for patience in patiences}, datasets.load_digits()
    for seed in range(seeds):
        _, history = one_training(seed)
        for patience in patiences:
            best, stop = regularizers.early_stopping(history.val_loss, patience=patience)
            params, _ = one_training(seed, epochs=best + 1)  # the same run, up to the best step
            test = models.accuracy(params, data.x_test, data.y_test)
            rows[patience].append((best, stop + 1, test))
    return {patience: np.array(row) for patience, row in rows.items()}


def spread(values: Array) -> str:
    return f"{values.mean():.3f} ± {values.std(ddof=1):.3f}"


# %%
RUNS = {"nothing": trainings()}
RUNS |= {f"L2 {s:g}": trainings(l2=s) for s in (0.003, 0.01, 0.03)}
RUNS |= {f"L1 {s:g}": trainings(l1=s) for s in (0.001, 0.003, 0.01)}
print("            training (noisy)   validation   val. loss   test (mean ± sd)   exact zeros")
for name, run in RUNS.items():
    print(f"{name:>9s} {run['train'].mean():14.3f} {run['val_curve'][:, -1].mean():14.3f}"
          f" {run['val_loss'][:, -1].mean():11.3f}    {spread(run['test'])}"
          f" {run['zeros'].mean():11.0%}")  # fmt: skip
STOPPED = stopped_early((1, 10))
for patience, rows in STOPPED.items():
    _, paid, test = rows.T
    print(
        f"stopped, patience {patience:2d}: test {spread(test)}, {paid.mean():.0f} epochs paid for"
    )

# %%
fig, ax = plt.subplots()
curves = {name: RUNS[name]["val_curve"] for name in ("nothing", "L2 0.01", "L1 0.003")}
plots.draw_curves(ax, curves, xlabel="epoch", ylabel="validation accuracy", first=1)
ax.axvline(STOPPED[10][:, 0].mean() + 1, color="black", linestyle=":")
ax.set_ylim(0.5, 0.95)
plt.show()

# %% [markdown]
# *What to see:* all three curves rise together for some twenty epochs; without regularization the curve then sinks to 0.78 while the wrong labels are learned, and with L2 or L1 it goes on rising. The dotted line is the mean best step of early stopping, with the validation loss as its judge.
#
# What is larger than the spread, and what is not?
#
# - **Regularized against not:** yes. 0.805 ± 0.013 without, 0.880 ± 0.014 with L2, 0.870 ± 0.014 with L1, 0.861 ± 0.022 stopped early. Each of them gains five points or more.
# - **The three against each other:** no. They differ by less than their spreads. But early stopping took 35 epochs, and every strength of a penalty took 120.
# - **More is not better:** an L2 strength of 0.03 gives 0.754, less than nothing at all.
# - **Patience 1** stops after 9 epochs and gives 0.824 ± 0.027. The slide's first sentence, taken to the letter, cannot be told from doing nothing.
# - **Zeros:** with L1 at 0.003, half of the weights are exactly 0, and the network is as good. With L2 not a single one is.
#
# Look at the rows again. With L2 at 0.01 the accuracy is best, but the validation *loss* is lowest for 0.003. A strong penalty keeps scores small, so every prediction comes out unsure, and the loss punishes that. Decide beforehand which of the two you care about.
#
# And the gap? Here the training accuracy is measured on noisy labels and lies *below* the validation accuracy in most rows. Nobody would call that overfitting, yet the first row has learned by heart: a net that ignored the wrong labels could not get more than about 0.74 right, and it gets 0.84. A gap means what it says only if both sets are drawn alike.
#
# Now the slide on underfitting. With L2 at 0.03 the training accuracy is 0.63: "increase the size of the network"?

# %%
wide = trainings(2, l2=0.03, hidden=128)
print("L2 0.03, 64 hidden units: training", spread(RUNS["L2 0.03"]["train"]))
print("L2 0.03, 128 hidden units: training", spread(wide["train"]))

# %% [markdown]
# Twice the network changes nothing. It was never short of room; the penalty held it back.
#
# Two more questions that an honest comparison must ask. First: the validation set cost 300 labels. Suppose you train on those as well, with the same share of wrong labels, and do not regularize at all. Second: what do the three gain if all labels are right?

# %%
print("600 examples, nothing:  test", spread(trainings(examples=600)["test"]))
print("600 examples, L2 0.01:  test", spread(trainings(examples=600, l2=0.01)["test"]))
print("clean labels, nothing:  test", spread(trainings(noise=0.0)["test"]))
print("clean labels, L2 0.01:  test", spread(trainings(noise=0.0, l2=0.01)["test"]))

# %% [markdown]
# Twice the data, and nothing else, gives 0.863 ± 0.025: as much as early stopping got out of the same 600 labels. Data are a regularizer, the best there is. With the penalty of 0.01 on top it is 0.905 ± 0.006. One does not replace the other. (That strength was chosen on validation labels; without any, cross-validation would have to find it.)
#
# With clean labels the gain is gone: 0.928 ± 0.007 without a penalty and 0.928 ± 0.004 with. The network learns its 300 digits by heart, to the last one, and it does no harm. Memorising is bad when what you memorise is wrong. That large networks can learn anything by heart, and often predict well all the same, is what Zhang and others showed in 2017, and it is still not fully understood.

# %% [markdown]
# ## What you now know
#
# - The training error cannot show overfitting; a validation set can. The gap first, then the floor.
# - L2: $\lambda\sum w^2$, gradient $2\lambda w$, a push in proportion to the weight. L1: $\lambda\sum\lvert w\rvert$, gradient $\lambda\,\mathrm{sign}(w)$, a push of constant size.
# - L2 spreads weights out. L1 by itself is indifferent; together with a data loss it makes exact zeros, if the step stops at 0.
# - An L2 penalty adds $2\lambda$ to every curvature. Ridge keeps the share $\frac{c}{c+\lambda}$ of a direction with eigenvalue $c$.
# - Stopping after $t$ steps is much like a ridge with $\lambda = \frac1{2\eta t}$.
# - On noisy labels each of them gains five points or more; on clean ones, here, none.
#
# ## Traps
#
# - **Penalising biases**, because a loop over all parameters is shorter.
# - **The lost two.** $\lambda$, $\frac\lambda2$ and `weight_decay` are three numbers for one thing. And sum or mean of the errors: a factor of $N$.
# - **Counting zeros after L1 by gradient.** There are none.
# - **Keeping a reference to the best weights.** `best = params`, and then the next update in place changes the best as well. Keep a copy.
# - **Returning the last weights** after waiting patiently for worse ones.
# - **Choosing on the test set**: the strength, the patience, the epoch.
# - **Closing the gap for its own sake.** A strength that is far too large has no gap at all.
#
# ## Read on
#
# - Goodfellow, Bengio and Courville, *Deep Learning*, chapter 7: penalties in 7.1, early stopping and its kinship with L2 in 7.8.
# - Tibshirani, *Regression Shrinkage and Selection via the Lasso*, 1996: the diamond and its corners. Zou and Hastie, *Regularization and variable selection via the elastic net*, 2005: the twins.
# - Parikh and Boyd, *Proximal Algorithms*, 2014: the soft threshold and its relatives.
# - Prechelt, *Early Stopping — But When?*, 1998: patience, and other answers, measured.
# - Zhang, Bengio, Hardt, Recht and Vinyals, *Understanding deep learning requires rethinking generalization*, ICLR 2017, arXiv 1611.03530.
# - Bishop, *Pattern Recognition and Machine Learning*, section 1.1: the polynomial through a noisy sine.
# - The lectures: CS231n L3 "Regularization and Optimization" and L7 "Optimizing Neural Networks"; DD2424 L5.
