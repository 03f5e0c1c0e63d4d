# %% [markdown]
# # Unit 10: Dropout and other noise
#
# Somebody trains a net with dropout and, by mistake, scales its hidden units once too often at test time. The accuracy on the handwritten digits does not move at all. Is the mistake harmless? And if you switch half of a net off at random, why does it predict anything sensible with all of it switched on?
#
# **You will be able to**
#
# - derive what dropout sends on in expectation, and put the scale where it belongs, in the vanilla and in the inverted form;
# - say where the single test-time pass is exact and where it only approximates the mean over masks, and measure the gap;
# - find a scaling mistake by looking at the right number;
# - judge on data whether dropout helps, and see a case where it hardly does;
# - recognise the same pattern in DropConnect, stochastic depth and batch norm, and write all three.
#
# **Time:** 100 minutes. **You need:** layers with a forward and a backward pass (unit 01), mini-batches, momentum (unit 04).

# %%
from collections.abc import Callable
from itertools import product

import matplotlib.pyplot as plt
import numpy as np

from course_lib import datasets, explorers, layers, models, optim, plots, train
from course_lib.arrays import Array
from course_lib.check import check, examine, hint
from course_lib.layers import BatchNormCache, BatchNormStats
from course_lib.quiz import quiz
from course_lib.recorded import recorded

plots.use_course_style()

# %% [markdown]
# ## A net that forgets on purpose
#
# In every forward pass of training, throw a coin for every hidden unit. Heads: the unit stays. Tails: its output is set to zero, for this example and this pass only. In the next pass the coins are thrown again. That is all of dropout (Srivastava et al. 2014).
#
# Play with it before we compute anything. On the left is a small net under one drawn mask; a cross is a unit that was dropped. On the right is the logit, over *all* masks at once: the net has ten hidden units, so there are $2^{10} = 1024$ masks, few enough to try each one.

# %%
explorers.dropout_mask()

# %% [markdown]
# Three things to try, with the mouse or with Tab and the arrow keys:
#
# 1. Step through the draws. How far does the logit of one mask jump around?
# 2. Keep the linear output and move keep_prob from 1 down to 0.1. What happens to the width of the histogram, what to its mean (the solid line) and to the single pass without a mask (the dashed line)?
# 3. Now choose the second ReLU layer. Do the two lines still agree? Where do they disagree most?
#
# Why should this help a net to generalize? The lectures (CS231n L7, DD2424 L5) give two pictures. First, no unit can rely on a particular partner being there, so features that work only in one exact combination do not pay: the net needs redundancy. Second, each mask is a thinned net of its own, and all of them share their weights. Training with dropout trains an ensemble of nets, each on next to no data.
#
# How large is that ensemble for a layer of 4096 units?

# %%
digits = 4096 * np.log10(2)
print(f"2^4096 has {int(digits) + 1} decimal digits: about 10^{int(digits)} masks")

# %% [markdown]
# The number on the slide, $10^{1233}$, is right, and the universe has only about $10^{82}$ atoms. Nearly all of these nets are never trained, not even once. They work because they share weights with the ones that are.

# %% quiz: u10-own-mask

# %% [markdown]
# ## Keep or drop?
#
# One number rules the coins. Is it the chance to stay or the chance to go? Both are in use.
#
# | where | name | means |
# |---|---|---|
# | this course | `keep_prob` | chance to stay |
# | CS231n L7 (code), DD2424 L5 | `p` | chance to stay |
# | CS231n L7 (prose of the first dropout slide) | "probability of dropping" | chance to go |
# | PyTorch `nn.Dropout(p)` | `p` | chance to go |
# | Srivastava et al. 2014 | $p$ | chance to stay |
#
# With one half, the value that most examples use, you cannot tell them apart: every mixed-up program passes its tests. So never test dropout with 0.5. All checks of this unit use other values.
#
# > **Find the mistake on this slide.** CS231n L7, "Dropout: Test time", computes for $p = \frac12$ that a neuron's expected activation in training is $\frac12 (w_1 x + w_2 y)$, and concludes in words: "At test time, multiply by dropout probability."

# %% quiz: u10-slide-multiply

# %% [markdown]
# ## The expectation, mask by mask
#
# You need not look the answer up. You can count it.
#
# Take one neuron with two inputs, $a = w_1 x + w_2 y$, say $w = (2, -1)$ and inputs $(3, 4)$, so $a = 2$. Two inputs make four masks. Before you run the next cell, work out on paper what the four activations are, how likely each of them is if units stay with probability $p$, and the mean.


# %%
def over_all_masks(weights: Array, inputs: Array, keep_prob: float) -> tuple[Array, Array]:
    """Activation under each mask, nothing scaled, and the mask's chance; shapes (2^n,)."""
    masks = np.array(list(product((0.0, 1.0), repeat=len(inputs))))
    chances = np.prod(np.where(masks > 0, keep_prob, 1 - keep_prob), axis=1)
    return (masks * inputs) @ weights, chances


W, X = np.array([2.0, -1.0]), np.array([3.0, 4.0])
for keep_prob in (0.5, 0.8):
    activations, chances = over_all_masks(W, X, keep_prob)
    print(f"keep_prob {keep_prob}: activations {activations}, chances {chances.round(2)}")
    print(f"  mean {chances @ activations:.4f}, keep_prob * a = {keep_prob * (W @ X):.4f}")

# %% [markdown]
# With $p = \frac12$ this is CS231n's derivation: four masks, a quarter each. DD2424 L5 does it for any $p$:
#
# $$E[a] = (1-p)^2 \cdot 0 + p(1-p)\, w_1 x + (1-p)p\, w_2 y + p^2 (w_1 x + w_2 y) = p\,(w_1 x + w_2 y).$$
#
# The shorter way to see it: every input is there with probability $p$, so on average each contributes $p$ times what it would; and the mean of a sum is the sum of the means, dependent or not. Nothing in this needs two inputs. Here are ten, with 1024 masks as in the explorer:

# %%
rng = np.random.default_rng(10)
ten_weights, ten_inputs = rng.normal(size=10), rng.normal(size=10)
activations, chances = over_all_masks(ten_weights, ten_inputs, 0.8)
print(f"{len(activations)} masks, chances sum to {chances.sum():.6f}")
print(f"mean {chances @ activations:.10f}")
print(f"0.8 a {0.8 * ten_weights @ ten_inputs:.10f}")
print(f"mean of ReLU(activation)  {chances @ np.maximum(activations, 0):.4f}")
print(f"ReLU of the mean          {max(chances @ activations, 0):.4f}")

# %% [markdown]
# The first two numbers agree to the last digit. The last two do not. Keep that in mind; it comes back as a section of its own.
#
# So the slide's sentence has to say **keep** probability. Its own code multiplies by `p`, which is the chance to stay; only the words are wrong, and only 0.5 hides it.
#
# > **Find the mistake on this slide.** The same derivation in CS231n L7 begins: "At test time we have: $E[a] = w_1 x + w_2 y$." What is odd about the left-hand side? Think of what is random at test time.
#
# Nothing is. At test time all units are on, and $a$ is a plain number, $a = w_1 x + w_2 y$. The expectation belongs to training, where the masks are random. DD2424 writes it cleanly: $a_{\text{test}}$ without, $E[a_{\text{training}}]$ with the expectation, and the second is $p$ times the first.

# %% [markdown]
# ## Where the scale goes
#
# A net that was trained on inputs of mean $p\,a$ is handed $a$ at test time. Something has to give. There are two good places for the correction, and two ways to get it wrong:
#
# | | training sends | mean in training | test sends | agree? |
# |---|---|---|---|---|
# | vanilla | $m\,x$ | $p\,x$ | $p\,x$ | yes |
# | inverted | $m\,x / p$ | $x$ | $x$ | yes |
# | neither scaled | $m\,x$ | $p\,x$ | $x$ | too large by $1/p$ |
# | both scaled | $m\,x/p$ | $x$ | $p\,x$ | too small by $p$ |
#
# Here $m$ is the mask of zeros and ones. Nearly everybody uses the inverted form today: the net that you ship contains no trace of dropout, and `keep_prob` can be changed without touching the code that predicts.
#
# **Your turn, first the vanilla form.** Training has left everything unscaled. Write what test time sends on. `hint("vanilla_dropout_predict")` in a cell of your own gives nudges.

# %% exercise: vanilla_dropout_predict

# %% [markdown]
# **Now the inverted form.** Return the output and the mask; the backward pass will need it. Every entry of `x` throws its own coin, in every call. All randomness comes from `rng`. Any way of throwing the coins will do: the check looks at what your masks have in common with a right answer's, not at the numbers that were drawn. For nudges: `hint("dropout_forward")`.

# %% exercise: dropout_forward

# %% [markdown]
# If your function passes, the next cell sends the same ten numbers through it 4000 times.

# %%
if examine("dropout_forward", dropout_forward).passed:
    rng = np.random.default_rng(0)
    row = np.tile(ten_inputs, (4000, 1))
    sent, _ = dropout_forward(row, keep_prob=0.8, train=True, rng=rng)
    print("input           ", ten_inputs.round(2))
    print("mean of 4000    ", sent.mean(axis=0).round(2))
    print("one of them     ", sent[0].round(2))
else:
    print("When your dropout_forward passes its check, its mean over 4000 masks appears here.")

# %% [markdown]
# > **Find the mistake on this slide.** DD2424 L5, "More common: Inverted Dropout", writes the training pass of two hidden layers:
# >
# > $\mathbf{u}_2 = (\text{rand}(\text{size}(\mathbf{x}^{(1)})) < p)/p$, $\quad \mathbf{x}^{(1)} = \mathbf{x}^{(1)} .* \mathbf{u}_2$, and then
# >
# > $\mathbf{u}_2 = (\text{rand}(\text{size}(\mathbf{x}^{(2)})) < p)/p$, $\quad \mathbf{x}^{(2)} = \mathbf{x}^{(2)} .* \mathbf{u}_3$.

# %% quiz: u10-slide-masks

# %% [markdown]
# ## The gradient takes the same road
#
# A unit that was silent had no influence on the loss. So it gets no gradient. A unit that was enlarged by $1/p$ had $1/p$ times the influence. For a fixed mask dropout is nothing but a product, entry by entry, and the chain rule for a product with a constant is the shortest one there is.
#
# One thing goes wrong in practice: the backward pass must use *exactly* the mask of the forward pass. This is why `dropout_forward` returns it, and why a test with a numerical gradient has to freeze the mask: two forward passes with fresh masks differ by far more than any small step $h$.
#
# **Your turn:** `dropout_backward`. Nudges: `hint("dropout_backward")`.

# %% exercise: dropout_backward

# %% [markdown]
# ## Exact for one layer, approximate for more
#
# Both lectures present the single scaled pass as the expected output: "output at test time = expected output at training time", *for each neuron*. You have counted masks. For which quantity is that exact?

# %% quiz: u10-exact

# %% [markdown]
# Let us measure it. Two nets are trained on 1000 digits with `keep_prob` 0.5: one with a single hidden layer of 128 units, one with two hidden layers of 64. Then 50 test digits pass through each net many times, with masks, and the mean of the logits is compared with one pass without masks. A mean over $T$ random passes has noise of its own, which shrinks like $1/\sqrt{T}$. So look at how the gap changes with $T$. Which curve do you expect to stop falling?


# %%
def trained(sizes, data, *, keep_prob, seed, lr=0.02, epochs=20, val=None):
    """An MLP trained by momentum with dropout after each hidden ReLU: (params, history)."""
    rng = np.random.default_rng(seed)
    start = models.init_mlp(sizes, rng=rng)
    how = {"rule": optim.momentum, "lr": lr, "epochs": epochs, "keep_prob": keep_prob}
    return train.fit(start, data, rng=rng, val=val, **how)


def thinned_scores(params, x, keep_prob, rng):
    """Logits of one pass with a fresh mask, inverted, on every hidden layer."""
    depth = len(params) // 2
    for layer in range(1, depth):
        x = np.maximum(x @ params[f"W{layer}"] + params[f"b{layer}"], 0.0)
        x, _ = layers.dropout_forward(x, keep_prob=keep_prob, train=True, rng=rng)
    return x @ params[f"W{depth}"] + params[f"b{depth}"]


@recorded
def logit_gap(sizes: tuple[int, ...], passes: tuple[int, ...]) -> dict:
    """Root mean square of (mean logit over T passes - single pass), and its noise alone."""
    digits = datasets.load_digits()
    params, _ = trained(sizes, (digits.x_train, digits.y_train), keep_prob=0.5, seed=0)
    x, rng = digits.x_test[:50], np.random.default_rng(1)
    single = models.mlp_scores(params, x)
    logits = np.array([thinned_scores(params, x, 0.5, rng) for _ in range(max(passes))])
    gaps = [logits[:count].mean(axis=0) - single for count in passes]
    noise = float(np.sqrt(logits.var(axis=0).mean()))
    rms = [float(np.sqrt(np.mean(gap**2))) for gap in gaps]
    return {"rms": rms, "worst": float(np.abs(gaps[-1]).max()), "noise": noise}


# %%
PASSES = (10, 40, 160, 640, 2560)
NETS = {"one hidden layer": (64, 128, 10), "two hidden layers": (64, 64, 64, 10)}
fig, ax = plt.subplots()
for index, (label, sizes) in enumerate(NETS.items()):
    found = logit_gap(sizes, PASSES)
    color, marker, _ = plots.style_of(index)
    ax.plot(PASSES, found["rms"], color=color, marker=marker, label=label)
    noise = found["noise"] / np.sqrt(PASSES)
    ax.plot(PASSES, noise, ":", color=color, label=f"{label}: sampling noise alone")
    print(f"{label}: {found['rms'][-1]:.3f} after {PASSES[-1]} passes, noise {noise[-1]:.3f}, "
          f"largest single gap {found['worst']:.2f}")  # fmt: skip
ax.set(xscale="log", yscale="log", xlabel="number of passes T", ylabel="rms gap (logits)")
ax.legend(loc="lower left")
plt.show()

# %% [markdown]
# *What to see:* both gaps fall along their dotted noise lines at first. The gap of one hidden layer keeps falling; the gap of two hidden layers leaves its line and levels off.
#
# With one hidden layer the logits are *linear in the mask*: the mask multiplies the hidden units, and only a matrix comes after. The single pass is their exact mean, and what you see is sampling noise and nothing else. With two hidden layers a ReLU stands above the first mask, and the mean of a ReLU is not the ReLU of the mean. No number of passes closes that gap.
#
# And the probabilities? Above the logits sits a softmax, which is not linear either. So even with one hidden layer the mean *probability* over masks is not the probability of the single pass. In short: the scaling rule makes every neuron's *input* right, given the layer below. Everything beyond is an approximation, usually a good one. The slides' "for each neuron" is true one layer at a time.

# %% [markdown]
# ## Ask many nets
#
# If the single pass is an approximation, we could also do what the slide calls ideal: $y = E_z[f(x, z)]$, the mean prediction over the noise $z$. Draw many masks, predict with each, and average. DD2424 L5 calls this Monte Carlo approximation; Gal and Ghahramani (2016) use the spread between the passes as a measure of doubt.
#
# What should be averaged? As in any ensemble, the *probabilities*. The mean of logits, a majority vote and the median are other things.
#
# **Your turn:** `mc_dropout_predict`. `predict(x, rng)` is one pass with dropout on; it returns probabilities, different ones in every call. Nudges: `hint("mc_dropout_predict")`.

# %% exercise: mc_dropout_predict

# %% [markdown]
# Is the ideal better than the approximation? Measure: five nets with one hidden layer, 50 passes each, on the 497 test digits. Decide beforehand which of the two test losses will be lower.


# %%
def softmax(scores: Array) -> Array:
    """Probabilities of logits, row by row."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def loss_and_accuracy(probabilities: Array, labels: Array) -> tuple[float, float]:
    """Mean negative log-likelihood in nats, and the share of right answers."""
    chosen = probabilities[np.arange(len(labels)), labels]
    right = probabilities.argmax(axis=1) == labels
    return float(-np.log(chosen).mean()), float(right.mean())


def scale_hidden(params: dict, factor: float) -> dict:
    """The net (one hidden layer) whose hidden units are multiplied by ``factor``."""
    return params | {"W2": factor * params["W2"]}


@recorded
def at_test_time(seeds: int, keep_prob: float = 0.5) -> dict:
    """(loss, accuracy) on the test digits of five ways to predict; arrays (seeds, 2)."""
    digits = datasets.load_digits()
    data, x, labels = (digits.x_train, digits.y_train), digits.x_test, digits.y_test
    rows: dict[str, list] = {}
    for seed in range(seeds):
        net, _ = trained((64, 128, 10), data, keep_prob=keep_prob, seed=seed)
        plain, _ = trained((64, 128, 10), data, keep_prob=1.0, seed=seed)
        rng = np.random.default_rng(seed)
        many = [softmax(thinned_scores(net, x, keep_prob, rng)) for _ in range(50)]
        found = {"no dropout": softmax(models.mlp_scores(plain, x)), "50 passes": np.mean(many, 0)}
        for name, factor in (
            ("single", 1.0),
            ("scaled twice", keep_prob),
            ("unscaled", 1 / keep_prob),
        ):
            found[name] = softmax(models.mlp_scores(scale_hidden(net, factor), x))
        for name, probabilities in found.items():
            rows.setdefault(name, []).append(loss_and_accuracy(probabilities, labels))
    return {name: np.array(values) for name, values in rows.items()}


def show(table: dict, names: tuple[str, ...]) -> None:
    """Mean and standard deviation over the seeds."""
    for name in names:
        (loss, right), (spread, apart) = table[name].mean(0), table[name].std(0, ddof=1)
        print(f"{name:>13}: loss {loss:.3f} ± {spread:.3f}, accuracy {right:.4f} ± {apart:.4f}")


# %%
CLEAN = at_test_time(5)
show(CLEAN, ("single", "50 passes"))

# %% [markdown]
# The single pass has the *lower* loss, in all five nets. The mean over masks is softer: each thinned net is a worse net, unsure in its own way, and averaging keeps the doubt. On these digits the full net deserves its confidence. "Ideal" on the slide means faithful to the noise that was put in, not better on the test set. Which of the two wins is a matter of measurement, and the many passes cost fifty times as much.

# %% [markdown]
# ## Check the loss, not the accuracy
#
# Back to the mistake of the introduction. Inverted dropout with `keep_prob` 0.5 has paid for the scale in training. Now test time multiplies the hidden units by 0.5 once more.

# %% quiz: u10-scaling-bug

# %%
fig, axes = plt.subplots(1, 2, figsize=(9, 3.4))
for ax, column, what in zip(axes, (0, 1), ("test loss (nats)", "test accuracy"), strict=True):
    picked = {name: CLEAN[name][:, column] for name in ("single", "scaled twice")}
    means = {name: float(values.mean()) for name, values in picked.items()}
    spreads = {name: float(values.std(ddof=1)) for name, values in picked.items()}
    plots.draw_bars(ax, means, ylabel=what, errors=spreads)
    ax.margins(y=0.15)
fig.tight_layout()
plt.show()
show(CLEAN, ("single", "scaled twice"))

# %% [markdown]
# *What to see:* the two bars for the loss differ by more than a factor of two, the two bars for the accuracy are equally high.
#
# Halving the hidden units halves the logits, up to the bias. The largest stays the largest, so the accuracy hardly notices. But the probabilities lose their confidence, and the loss sees it at once: it is 0.31 instead of 0.13. If you watch only the accuracy, you ship this mistake. The same holds for every test that compares labels.
#
# The opposite mistake, unscaled training with unscaled test, makes the logits too large. Here it costs hardly anything, as the table's third candidate shows:

# %%
show(CLEAN, ("single", "unscaled"))

# %% [markdown]
# That this one is almost harmless is luck of these nets and this data: overconfidence is cheap when nearly everything is right.

# %% [markdown]
# ## Does it help?
#
# You have the numbers already. The same net without dropout, the same 1000 clean digits:

# %%
show(CLEAN, ("no dropout", "single"))

# %% [markdown]
# The loss is a little lower with dropout, the accuracies lie within each other's spread. On clean digits there is little to gain: the net hardly overfits. This is worth remembering when a figure in a paper promises more.
#
# So give it something to overfit. Take only 300 digits, and draw 30 % of the labels anew, at random. A net that learns these labels by heart learns nonsense. The validation and test labels stay clean. Predict the order of the four settings, from no dropout to keeping only every fifth unit.


# %%
@recorded
def noisy_digits(keep_probs: tuple[float, ...], seeds: int) -> dict:
    """Validation curves (seeds, epochs), final training and test accuracy (seeds,)."""
    digits = datasets.load_digits()
    x, result = digits.x_train[:300], {}
    for keep_prob in keep_probs:
        curves, on_train, on_test = [], [], []
        for seed in range(seeds):
            rng = np.random.default_rng(100 + seed)
            clean = digits.y_train[:300]
            labels = datasets.noisy_labels(clean, fraction=0.3, classes=10, rng=rng)
            how = {"lr": 0.01, "epochs": 80, "val": (digits.x_val, digits.y_val)}
            net, history = trained(
                (64, 128, 10), (x, labels), keep_prob=keep_prob, seed=seed, **how
            )
            curves.append(history.val_accuracy)
            on_train.append(history.train_accuracy[-1])
            on_test.append(models.accuracy(net, digits.x_test, digits.y_test))
        result[f"{keep_prob:g}"] = {
            "val": np.array(curves), "train": np.array(on_train), "test": np.array(on_test)
        }  # fmt: skip
    return result


# %%
NOISY = noisy_digits((1.0, 0.8, 0.5, 0.2), 5)
fig, ax = plt.subplots()
curves = {f"keep_prob {name}": NOISY[name]["val"] for name in ("1", "0.2")}
plots.draw_curves(ax, curves, xlabel="epoch", ylabel="validation accuracy (clean)", first=1)
ax.set_ylim(0.6, 0.95)
plt.show()
for name, found in NOISY.items():
    print(f"keep_prob {name:>3}: accuracy on its noisy labels {found['train'].mean():.3f}, "
          f"test {found['test'].mean():.3f} ± {found['test'].std(ddof=1):.3f}")  # fmt: skip

# %% [markdown]
# *What to see:* without dropout the validation accuracy peaks early and then sinks while the net learns the wrong labels; with keep_prob 0.2 it rises more slowly and stays up.
#
# Here dropout helps by much more than the spread between seeds: 0.880 instead of 0.827 on the test set with keep_prob 0.2. Stronger is better in these means, but between 0.5 and 0.2 the spread is larger than the difference. Two honest remarks. First, the curve without dropout is nearly as high at its peak: stopping early (unit 09) would have gained most of this as well. Second, the same strength is no general advice: on the 1000 clean digits keep_prob 0.2 gives a *higher* test loss than no dropout, 0.19 against 0.15.

# %% [markdown]
# ## Noise in other places
#
# CS231n L7 sums up a whole family of methods in two lines. Training: $y = f_W(x, z)$ with random $z$. Testing: average the noise out, $y = E_z[f_W(x, z)]$, often approximately. Before you read the table's last column, cover it and fill it in yourself.
#
# | method | noise $z$ in training | rule at test time |
# |---|---|---|
# | dropout | which units are there | all units; scaled, if training was not |
# | DropConnect | which weights are there | all weights |
# | stochastic depth | which blocks are there | all blocks |
# | batch norm | who else is in the batch | fixed statistics of the whole training |
# | data augmentation | which crop, flip, colour | a fixed set of crops, averaged |
# | fractional max pooling | where the pooling regions lie | average over several samples |
#
# **DropConnect** (Wan et al. 2013) drops single weights instead of units. In the matrix $W$ of a layer, dropout of the inputs deletes whole rows, dropout of the outputs whole columns; DropConnect deletes single entries. Write the inverted form; one mask for the whole batch is enough, one per example is right as well. Nudges: `hint("dropconnect_forward")`.

# %% exercise: dropconnect_forward

# %% [markdown]
# **Stochastic depth** (Huang et al. 2016) is for very deep nets built of residual blocks, $x + \text{branch}(x)$. In training a block's branch is skipped at random, and only the skip connection carries the example on. Here each example throws its own coin; if the branch survives, it is scaled so that the expectation is right. (The paper throws one coin per mini-batch and scales at test time.)

# %% quiz: u10-depth

# %% [markdown]
# **Your turn:** `stochastic_depth_forward`. The examples may be arrays of any shape, so think about how the coins broadcast. Nudges: `hint("stochastic_depth_forward")`.

# %% exercise: stochastic_depth_forward

# %% [markdown]
# ## Batch norm: noise from the neighbours
#
# Batch norm (Ioffe and Szegedy 2015) normalizes each feature over the mini-batch, then lets the net choose scale and shift again:
#
# $$\hat x_{ij} = \frac{x_{ij} - \mu_j}{\sqrt{\sigma_j^2 + \epsilon}}, \qquad y_{ij} = \gamma_j\, \hat x_{ij} + \beta_j .$$
#
# It was not invented as a regularizer. Why is it in the table of noisy methods? Here is one digit's value in one feature, normalized in a thousand batches. The digit is always the same, only its neighbours change.


# %%
def with_random_neighbours(batch_size: int, *, draws: int = 1000) -> Array:
    """The normalized value of one digit's feature in random batches; shape (draws,)."""
    rng = np.random.default_rng(3)
    feature = datasets.load_digits().x_train @ rng.normal(size=64)
    values = []
    for _ in range(draws):
        others = rng.choice(feature[1:], size=batch_size - 1, replace=False)
        batch = np.append(feature[0], others)
        values.append((feature[0] - batch.mean()) / np.sqrt(batch.var() + 1e-5))
    return np.array(values)


fig, ax = plt.subplots()
for index, batch_size in enumerate((4, 16, 64)):
    values = with_random_neighbours(batch_size)
    color, _, dash = plots.style_of(index)
    look = {"histtype": "step", "color": color, "linestyle": dash, "linewidth": 1.8}
    ax.hist(
        values,
        bins=np.linspace(-1.8, 1.8, 37),
        density=True,
        label=f"batch of {batch_size}",
        **look,
    )
    print(f"batch of {batch_size}: standard deviation {values.std():.3f}")
ax.set(xlabel="normalized value of the same digit", ylabel="density (per unit)")
ax.legend()
plt.show()

# %% [markdown]
# *What to see:* three histograms of one and the same digit; the one for batches of 4 is broad, the one for batches of 64 narrow.
#
# The neighbours are the noise $z$. At test time it has to go, for a second reason too: a prediction must not depend on who else happens to ask. So batch norm keeps *running* averages of mean and variance during training, and uses these fixed numbers afterwards.

# %% quiz: u10-batch-of-one

# %% [markdown]
# > **Find the mistake on this slide.** CS231n L7, "Last Time: Batch Normalization": "Learning $\gamma = \sigma$, $\beta = \mu$ will recover the identity function." Take the formula above at its word. Does it?
#
# Three choices to make when you write it, and libraries differ on all of them. Here `momentum` is the weight of the **old** running value (PyTorch's is the weight of the new one). Both variances divide by $N$ (PyTorch's running variance divides by $N-1$). And $\epsilon$ stands inside the root, added to the variance.
#
# **Your turn:** `batchnorm_forward` returns the output, a cache for the backward pass, and the new running statistics; the old ones must not be changed. Nudges: `hint("batchnorm_forward")`.

# %% exercise: batchnorm_forward

# %% [markdown]
# Now the slide. Set $\gamma$ to the standard deviation, then to the root of variance plus $\epsilon$, on a batch whose spread is small:

# %%
batch = 0.01 * np.random.default_rng(4).normal(size=(8, 1)) + 3.0
mean, var, eps = batch.mean(axis=0), batch.var(axis=0), 1e-5
for name, gamma in (("sigma", np.sqrt(var)), ("sqrt(var + eps)", np.sqrt(var + eps))):
    out = gamma * (batch - mean) / np.sqrt(var + eps) + mean
    error = np.abs(out - batch).max() / np.sqrt(var[0])
    print(f"gamma = {name}: largest error {error:.2e} standard deviations")

# %% [markdown]
# The slide's $\gamma = \sigma$ recovers the identity only where $\epsilon$ can be neglected. Exactly it is $\gamma = \sqrt{\sigma^2 + \epsilon}$. With variances around 1 nobody notices; with small ones it matters, and so does the place of $\epsilon$ in your code.

# %% [markdown]
# ## Back through the batch
#
# The backward pass of batch norm is a classical stumbling block, because $\mu$ and $\sigma^2$ are not constants. One entry $x_{ij}$ reaches the loss on three roads: directly, through the mean of its column, and through the variance of its column. On the last two it moves *all* examples of the batch.
#
# Write $g_{ij} = \partial L / \partial \hat x_{ij}$. Two sanity checks tell you what the mean and the variance must do, without any algebra:
#
# - Add a constant to a whole column of $x$. The output does not change. So every column of the gradient must sum to zero: the mean takes the mean of $g$ away.
# - Stretch a column away from its mean. The output hardly changes (not at all, but for $\epsilon$). So the gradient has next to no part along $\hat x$: the variance takes that part of $g$ away.
#
# What is left is divided by what the forward pass divided by. $\gamma$ and $\beta$ are used by all examples, so their gradients are sums.
#
# **Your turn:** `batchnorm_backward`. It gets a `BatchNormCache`; if your own forward pass keeps other things, your own cache is fine too. Nudges: `hint("batchnorm_backward")`.

# %% exercise: batchnorm_backward

# %% [markdown]
# The last judge of any gradient is the numerical one. If both of your functions pass, they meet it here.

# %%
both = examine("batchnorm_forward", batchnorm_forward).passed
if both and examine("batchnorm_backward", batchnorm_backward).passed:
    rng = np.random.default_rng(5)
    x, weight, gamma = rng.normal(size=(5, 3)), rng.normal(size=(5, 3)), rng.normal(size=3)
    stats = BatchNormStats.fresh(3)
    _, cache, _ = batchnorm_forward(x, gamma, np.zeros(3), stats, train=True)
    analytic = batchnorm_backward(weight, cache)[0]
    step, numeric = 1e-5, np.zeros_like(x)
    for index in np.ndindex(x.shape):
        moved = [np.array(x), np.array(x)]
        moved[0][index] += step
        moved[1][index] -= step
        up, down = (batchnorm_forward(m, gamma, np.zeros(3), stats, train=True)[0] for m in moved)
        numeric[index] = np.sum(weight * (up - down)) / (2 * step)
    print(f"largest difference to the numerical gradient: {np.abs(analytic - numeric).max():.1e}")
    print(f"column sums of dx: {np.abs(analytic.sum(axis=0)).max():.1e}")
else:
    print("When both batch norm functions pass, their gradient check appears here.")

# %% [markdown]
# ## What you now know
#
# - Dropout multiplies by a random mask; what a linear map sends on has the mean $p$ times the full value. You have counted it, mask by mask.
# - The scale belongs into training (inverted) or into test time (vanilla), never into both or neither.
# - The single pass is the exact mean for everything that is linear in the mask. Through a further ReLU or a softmax it is an approximation, and you have seen the gap that stays.
# - A scaling mistake shows in the loss, not in the accuracy.
# - Dropout helps where a net overfits. On clean digits it hardly does; with wrong labels it does clearly.
# - DropConnect, stochastic depth and batch norm follow the same pattern: noise in training, its mean at test time.
#
# ## Traps
#
# - `p` means the chance to stay in the lectures and the chance to go in PyTorch. At 0.5 no test can tell.
# - A seed inside the dropout function drops the same units for ever.
# - One mask for the whole batch, or one coin per example, is not dropout.
# - The backward pass needs the mask of the forward pass, scale included.
# - Forgetting to switch to test mode: dropout stays on, and batch norm depends on the neighbours.
# - `momentum` of batch norm is the weight of the old value here and of the new one in PyTorch.
#
# ## Read on
#
# - Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov: Dropout: A simple way to prevent neural networks from overfitting. JMLR 15, 2014.
# - Wan, Zeiler, Zhang, LeCun, Fergus: Regularization of neural networks using DropConnect. ICML 2013.
# - Ioffe, Szegedy: Batch normalization. ICML 2015, arXiv 1502.03167.
# - Huang, Sun, Liu, Sedra, Weinberger: Deep networks with stochastic depth. ECCV 2016, arXiv 1603.09382.
# - Gal, Ghahramani: Dropout as a Bayesian approximation. ICML 2016, arXiv 1506.02142.
# - Goodfellow, Bengio, Courville: Deep Learning, section 7.12 (dropout) and 8.7.1 (batch normalization), deeplearningbook.org.
# - CS231n L7 "Regularization: Dropout" to "A common pattern"; DD2424 L5 "Regularization via dropout".
