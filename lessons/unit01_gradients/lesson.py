# %% [markdown]
# # Unit 01: Losses, gradients and the gradient check
#
# Take a small network for handwritten digits. Damage its gradient: let the biases learn a thousand times too slowly. Train it. The loss falls, and the test accuracy is 95 %. Repair the gradient and train again: 95 %. The mistake cost nothing that you could see, it will cost a lot in the next project, and looking at the loss will never find it. What does?
#
# **You will be able to**
#
# - write the two classical losses of class scores, with their gradients, without loops and without overflow;
# - compute a gradient numerically, and say what its error is made of and which step is best;
# - read a relative error, and know three ways in which a gradient check deceives you;
# - lead a gradient back through a layer, and through a network of two layers with a penalty;
# - tell from the first loss alone whether a classifier starts as it should.
#
# **Time:** 90 minutes. **You need:** numpy indexing and broadcasting, the derivative of a function of several variables, and what a linear classifier is: scores from a matrix product, the largest score wins.

# %%
from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np

from course_lib import datasets, explorers, gradcheck, layers, losses, models, plots
from course_lib.arrays import Array, Labels, Params
from course_lib.check import check, examine, hint
from course_lib.layers import AffineCache
from course_lib.quiz import quiz
from course_lib.recorded import recorded

plots.use_course_style()
DIGITS = datasets.load_digits()

# %% [markdown]
# ## Looking for good weights in the dark
#
# CS231n L3 begins its part on optimization with what it calls "a first very bad idea": draw the weights at random, a thousand times, and keep the best. On the small colour photographs of CIFAR-10, where guessing gives 10 %, this reaches 15.5 %.
#
# Here is our version of the race. A linear classifier for the course's handwritten digits (8 x 8 pixels, ten classes) gets a thousand tries either way: a thousand random draws, or a thousand steps along the slope. Every try costs one look at all 1000 training images, which yields the *loss*, a number that says how bad the weights are: 2.3 for blind guessing, 0 for perfection. The functions below rest on what you will write in this unit; skim them for now.


# %%
def with_ones(x: Array) -> Array:
    """The examples with one more input that is always 1: its weights are the biases."""
    return np.hstack([x, np.ones((len(x), 1))])


def linear_accuracy(weights: Array, x: Array, labels: Labels) -> float:
    """The share of examples whose largest score is that of the right class."""
    return float(np.mean(np.argmax(with_ones(x) @ weights, axis=1) == labels))


@recorded
def race(method: str, seed: int, tries: int = 1000, lr: float = 0.5) -> dict:
    """The best loss so far after each try, and the test accuracy of the best weights."""
    rng = np.random.default_rng(seed)
    x, labels = with_ones(DIGITS.x_train), DIGITS.y_train
    weights = 0.1 * rng.normal(size=(65, 10))
    best, best_loss, seen = weights, np.inf, []
    for _ in range(tries):
        loss, dscores = losses.softmax_cross_entropy(x @ weights, labels)
        if loss < best_loss:
            best, best_loss = weights, loss
        seen.append(best_loss)
        if method == "slope":
            weights = weights - lr * (x.T @ dscores)
        else:
            weights = 0.1 * rng.normal(size=(65, 10))
    return {"loss": np.array(seen), "test": linear_accuracy(best, DIGITS.x_test, DIGITS.y_test)}


# %% [markdown]
# Before you run the next cell, write down two guesses: which share of the 497 test digits will each of the two get right?

# %%
SEEDS = range(5)
RACE = {method: [race(method, seed) for seed in SEEDS] for method in ("random", "slope")}
fig, ax = plt.subplots()
curves = {"best of random draws": "random", "following the slope": "slope"}
curves = {label: np.array([run["loss"] for run in RACE[m]]) for label, m in curves.items()}
plots.draw_curves(ax, curves, xlabel="tries", ylabel="best training loss so far", first=1)
ax.set(xscale="log", ylim=(0, None))
plt.show()
for method, runs in RACE.items():
    test = np.array([run["test"] for run in runs])
    print(f"{method}: test accuracy {test.mean():.3f} ± {test.std(ddof=1):.3f} over 5 seeds")

# %% [markdown]
# *What to see:* random draws gain almost nothing from the tenth try to the thousandth and stay near a loss of 2.2; the slope leaves them behind within ten steps and ends near 0.1.
#
# The share of test digits that come out right is 0.194 against 0.953. The random result also depends a lot on luck, 0.151 to 0.266 from seed to seed, while the slope's five runs lie within 0.6 points of each other. With 650 weights, a thousand random draws are nothing. The slope tells in *each* of 650 directions which way is down, for about the price of two looks at the data.
#
# > **Find the mistake on this slide.** The lecture's program for random search keeps the winner with `bestW = W` while it searches. The next slide then computes `scores = Wbest.dot(Xte_cols)`. It also prints with `print 'in attempt %d ...'` and loops over `xrange(1000)`. What happens if you type it into a notebook, and which of the three slips could stay unnoticed for an hour?
#
# Keep your answer; it comes up again at the end of the next section.
#
# So we need two things: a number that says how bad the weights are, and its slope.

# %% [markdown]
# ## A loss from margins
#
# Here are the scores of the lecture's three images. The bar of the right class is blue. The dashed line lies one unit below the right score.

# %%
SCORES = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])
NAMES = ("cat", "car", "frog")
fig, axes = plt.subplots(1, 3, figsize=(9, 3), sharey=True)
for right, (ax, scores) in enumerate(zip(axes, SCORES, strict=True)):
    colors = [plots.PALETTE[0] if c == right else "0.75" for c in range(3)]
    ax.bar(NAMES, scores, color=colors, edgecolor="black")
    ax.axhline(scores[right] - 1, color=plots.PALETTE[1], linestyle="--", label="right score - 1")
    ax.set_title(f"image of a {NAMES[right]}")
axes[0].set_ylabel("score")
axes[0].legend()
plt.show()

# %% [markdown]
# *What to see:* for the cat, the car's bar rises 2.9 above the dashed line; for the car no grey bar reaches it; for the frog both grey bars end far above it.
#
# The hinge loss of an example is the total length by which grey bars stick out above the line. With the scores $s_j$, the right class $y$ and a margin $\Delta = 1$:
#
# $$L_i = \sum_{j \neq y} \max(0,\; s_j - s_y + \Delta), \qquad L = \frac1N \sum_i L_i .$$
#
# > **Find the mistake on this slide.** CS231n L3 prints the table of these three images with a row "Losses: 2.9, 0" and then a gap: the third loss is missing, and so is the mean.
#
# Fill the gap.

# %% quiz: u01-third-image

# %% [markdown]
# Now the slope. Suppose the frog's *car* score grows by a tiny bit. Its bar sticks out by that much more, so the loss grows at rate 1. It does not matter whether the bar sticks out by 0.1 or by 5: the loss rises along a straight line. A bar below the line contributes 0. And the right score? It stands in *every* term that is not cut off, with a minus sign.
#
# Write `hinge_loss`: the mean loss of a batch, and its gradient with respect to the scores. `hint("hinge_loss")` gives a nudge, and more if you call it again.

# %% exercise: hinge_loss

# %% [markdown]
# The next cell puts your function to work as soon as the check above is satisfied.

# %%
if examine("hinge_loss", hinge_loss).passed:
    each = [hinge_loss(SCORES[i : i + 1], np.array([i]))[0] for i in range(3)]
    print("the three losses:", np.round(each, 2))
    print("their mean:", round(hinge_loss(SCORES, np.arange(3))[0], 2))
else:
    print("Once hinge_loss passes, the losses of the lecture's three images appear here.")

# %% [markdown]
# The mean of the three is 5.27, which the slide does not print.
#
# And the program for random search? In Python 3 the `print` without parentheses is a SyntaxError: you cannot overlook it. `xrange` is a NameError at the first run. `Wbest` is one as well, but only after the search has finished, an hour later on the lecture's data; and if a `Wbest` is left over from an earlier cell, there is no error at all, only the accuracy of the wrong weights. Two names for one thing are the worst of the three slips.

# %% quiz: u01-zero-loss

# %% [markdown]
# ## A loss from probabilities
#
# The hinge loss is content as soon as the margin is met. The other classical loss never is. It turns scores into probabilities, and asks for the logarithm of the right one.
#
# Take the lecture's car, scores 1.3, 4.9, 2.0, and multiply all its scores by the same factor. What will each of the two losses do? Predict before you run the cell.

# %%
factors = np.linspace(0, 3, 301)
scaled = factors[:, None] * SCORES[1]
hinge = np.maximum(0, scaled[:, [0, 2]] - scaled[:, [1]] + 1).sum(axis=1)
entropy = np.log(np.exp(scaled).sum(axis=1)) - scaled[:, 1]
fig, ax = plt.subplots()
ax.plot(factors, hinge, color=plots.PALETTE[1], linestyle="--", label="hinge loss")
ax.plot(factors, entropy, color=plots.PALETTE[0], label="softmax cross-entropy")
ax.set(xlabel="factor on all scores", ylabel="loss of the car image")
ax.legend()
plt.show()
print("leads minus margin, W:  ", np.round(SCORES[1, [0, 2]] - SCORES[1, 1] + 1, 1))
print("leads minus margin, 2W: ", np.round(2 * (SCORES[1, [0, 2]] - SCORES[1, 1]) + 1, 1))

# %% [markdown]
# *What to see:* the hinge loss falls to exactly 0 at a factor of about 0.34 and stays there; the cross-entropy keeps falling, ever more slowly, and never reaches 0.
#
# The printed numbers are those of the lecture: -2.6 and -1.9 become -6.2 and -4.8. All are negative, all are cut off.
#
# The probabilities are powers of $e$, divided by their sum, so that each row of scores gives a distribution over the classes:
#
# $$p_k = \frac{e^{s_k}}{\sum_j e^{s_j}}, \qquad L_i = -\log p_y .$$
#
# CS231n L3 compares the two losses on the scores $-2.85,\ 0.86,\ 0.28$, where the third class is the right one. The hinge loss is $\max(0, -2.13) + \max(0, 1.58) = 1.58$. The cross-entropy:

# %%
scores = np.array([-2.85, 0.86, 0.28])
probabilities = np.exp(scores) / np.exp(scores).sum()
print("probabilities", np.round(probabilities, 3), " loss", round(-np.log(probabilities[2]), 2))

# %% [markdown]
# The gradient is the pleasant surprise. Write the loss as $L_i = \log \sum_j e^{s_j} - s_y$ and take the derivative with respect to $s_k$. The first part gives $e^{s_k} / \sum_j e^{s_j}$, which is $p_k$ itself; the second gives $-1$ for the right class and 0 for all others:
#
# $$\frac{\partial L_i}{\partial s_k} = p_k - [k = y] .$$
#
# Every wrong class is pushed down by the probability that it wrongly holds, and the right class is pulled up by what it still lacks. Each row of the gradient sums to 0.

# %% quiz: u01-first-loss

# %% [markdown]
# ## Ten thousand is too much
#
# `np.exp(710)` is already infinite. Scores of that size do occur: a step size that is too large by a factor of ten, and they are there. Then `inf / inf` is `nan`, the gradient is `nan`, and so are the weights, for good.
#
# The way out has two parts. First, adding a constant to a whole row of scores changes nothing, because the factor $e^c$ stands above and below the fraction line:

# %%
for shift in (0.0, 100.0, -100.0):
    powers = np.exp(scores + shift)
    print(f"shifted by {shift:6.1f}: probabilities {np.round(powers / powers.sum(), 6)}")

# %% [markdown]
# So you may choose the constant for each row, such that no exponential can overflow.
#
# Second, the other end. If the right class lies 3500 below the best one, its probability is $e^{-3500}$, which no float64 can hold: it becomes 0, and $\log 0 = -\infty$. But the loss itself is a harmless 3500. Take the logarithm of the fraction apart *before* anything is rounded: $\log p_y = s_y - \log\sum_j e^{s_j}$.
#
# A popular third way is to write `np.log(p + 1e-12)`. It silences the error and caps the loss of an example at 28, so that the worst examples look less bad than they are. You do not need it.
#
# Write `softmax_cross_entropy`. Scores of ten thousand must do it no harm. Hints: `hint("softmax_cross_entropy")`.

# %% exercise: softmax_cross_entropy

# %% [markdown]
# Does the rule for the first loss hold on a real network? Here are ten networks with 64 hidden units, fresh from two initializations: tiny weights (standard deviation 0.01), and He's (standard deviation $\sqrt{2/\text{inputs}}$), which is the usual one for training such a network.


# %%
@recorded
def first_losses(scale: float | None, runs: int = 10) -> list:
    """The loss of untrained networks on the training digits; scale None is He's."""
    return [
        models.nll(
            models.init_mlp((64, 64, 10), rng=np.random.default_rng(seed), scale=scale),
            DIGITS.x_train,
            DIGITS.y_train,
        )
        for seed in range(runs)
    ]


for name, scale in {"0.01": 0.01, "He": None}.items():
    values = np.array(first_losses(scale))
    print(f"{name:>5}: first loss {values.mean():.4f} ± {values.std(ddof=1):.4f} over 10 seeds")

# %% [markdown]
# With tiny weights the rule holds to three decimals, 2.3025 ± 0.0003. With He's initialization the scores are not small, and the first loss is 2.50 ± 0.13: being confident at random costs something. So the rule says "about $\log C$, and never much below"; to use it as a sharp test, make the last layer's weights small first.
#
# The hinge loss has a rule of its own: at equal scores each of the $C - 1$ wrong classes violates the margin by exactly 1. The lecture's random search on ten classes printed 9.40 in its first attempt and 8.61 as the best of seven. That is about 9, as it should be.

# %% [markdown]
# ## The slope by trying
#
# The gradients above came from pencil and paper, and pencil and paper make mistakes. There is another way to get a slope, which hardly can: try it out. CS231n L3 does it by hand. The loss is 1.25347. Add $h = 0.0001$ to the first weight, and it is 1.25322. Add it to the second weight instead: 1.25353. To the third: 1.25347. Which three slopes are these?

# %%
before, after, h = 1.25347, np.array([1.25322, 1.25353, 1.25347]), 1e-4
print(np.round((after - before) / h, 2) + 0.0)

# %% [markdown]
# The lecture's gradient begins with just these: -2.5, 0.6, 0. Look at the third one with suspicion, though. Is the slope really 0? All that the five printed decimals can tell is that it lies between about -0.1 and 0.1: the loss changed by less than $10^{-5}$, and that is divided by $10^{-4}$. Rounding, divided by $h$. Remember it.
#
# Now play with the real thing. The explorer compares the gradient of a small network with its numeric gradient, for every step size from $10^{-1}$ to $10^{-13}$.

# %%
explorers.gradient_check_curve()

# %% [markdown]
# Click into it and use the arrow keys, or the mouse. Try this:
#
# 1. Walk with *h* from the largest step to the smallest. The curve of central differences has the shape of a V. Where is its lowest point, and how low is it?
# 2. Look at the other curve, the one-sided differences. Its two branches have other slopes. Which one differs?
# 3. Switch the precision to float32. How good does the best step get now?
# 4. Plant a bug. What happens to the V?
#
# *What to see:* the error first falls and then rises again as the step shrinks; a planted bug cuts the V off at a plateau that no step size gets below.

# %% [markdown]
# ## Why two sides are better than one
#
# Put the Taylor series $f(x \pm h) = f \pm h f' + \tfrac{h^2}{2} f'' \pm \tfrac{h^3}{6} f''' + \dots$ into the two quotients:
#
# $$\frac{f(x+h) - f(x)}{h} = f' + \frac{h}{2} f'' + \dots, \qquad \frac{f(x+h) - f(x-h)}{2h} = f' + \frac{h^2}{6} f''' + \dots$$
#
# On one side, the error shrinks in proportion to $h$. On two sides, everything with an even power cancels, and it shrinks like $h^2$. That is the right branch of the V, of slope 1 for the one and slope 2 for the other.
#
# The left branch is rounding. Each value of $f$ carries an error of about $\varepsilon |f|$, with $\varepsilon \approx 10^{-16}$ in float64 and $10^{-7}$ in float32. The quotient divides it by $h$: the error *grows* like $1/h$. The best step is where the two branches meet.

# %% quiz: u01-best-step

# %% [markdown]
# Write `numeric_gradient` with central differences, for an array `x` of any shape. Two traps wait here: moving more than one entry at a time, and forgetting to put an entry back. Hints: `hint("numeric_gradient")`.

# %% exercise: numeric_gradient

# %% [markdown]
# How good can a check get? The explorer's network has four curves: two precisions, two kinds of differences. The cell walks along each of them in powers of ten and prints the best it finds.


# %%
@recorded
def best_of_curve(precision: str, difference: str) -> list:
    """[best step, its error] of a right gradient's check, over powers of ten."""
    curve = explorers.gradcheck_curve
    f, at = curve.loss_in(precision), curve.flatten(curve.small_net()[0])
    right = curve.analytic_gradient("right gradient")
    steps = 10.0 ** -np.arange(1, 13)
    errors = [gradcheck.relative_error(right, curve.numeric(difference, f, at, h)) for h in steps]
    best = int(np.argmin(errors))
    return [float(steps[best]), float(errors[best])]


for precision in ("float64", "float32"):
    for difference in ("central", "forward"):
        step, error = best_of_curve(precision, difference)
        print(f"{precision}, {difference}: best h {step:.0e}, error {error:.1e}")

# %% [markdown]
# In float64, central differences get within $7.5 \cdot 10^{-11}$, about fifteen hundred times closer than one-sided ones. In float32, on this tiny and smooth network, central differences of a *right* gradient still miss it by $2.1 \cdot 10^{-5}$ at best, and one-sided ones by 0.0023: too much to be told from a slightly wrong gradient with confidence. That is why everything in this course is computed in float64.
#
# A third trap is not among the cases of the check: if `x` holds *integers*, then `x[i] += 1e-5` rounds the step away. Arrays of this course are float64; elsewhere, convert first.
#
# Why not train with numeric gradients? Count. A network with 64 inputs, 64 hidden units and 10 outputs has 4810 parameters, so one numeric gradient costs 9620 evaluations of the loss. Leading the gradient backwards through the network, as you will do below (*backpropagation*), costs about two. The lecture's summary is exact: the numeric gradient is approximate, slow and easy to write; the analytic one is exact, fast and error-prone. Use the second, and check it with the first.

# %% [markdown]
# ## One number for two gradients
#
# You have two arrays that should be equal and never are. How far apart is too far? Say one entry differs by 0.001. If the entries are about 40, that is rounding. If they are about 0.003, the gradient is wrong by a third. So measure the difference against the size of the entries:
#
# $$\max_i \frac{|a_i - n_i|}{|a_i| + |n_i|} .$$
#
# It is 0 for equal entries and 1 for opposite signs, or where one of them is missing. If both entries are 0, they agree, and the quotient 0/0 has to count as 0: a floor of $10^{-12}$ under the denominator takes care of that. And it is the *maximum*, because one wrong entry is a wrong gradient.
#
# How to read it, in float64, for a smooth loss: below $10^{-6}$ the gradient is right. Above $10^{-4}$ it is almost certainly wrong. In between, look at the worst entry: is the loss kinked there, or is the entry so small that rounding dominates?
#
# Write `relative_error`. Hints: `hint("relative_error")`.

# %% exercise: relative_error

# %% [markdown]
# ### Three ways to be deceived
#
# **Checking zeros against zeros.** To save time, people check a few entries picked at random. Here is a right gradient of a network on three digits. We pick 60 of the 4096 entries of `W1`. Guess the median of the 60 errors.


# %%
@recorded
def sampled_check(seed: int, examples: int = 3, picks: int = 60) -> dict:
    """Relative errors at random entries of W1's gradient, and the share of zeros in all of it."""
    rng = np.random.default_rng(seed)
    params = models.init_mlp((64, 64, 10), rng=rng)
    x, labels = DIGITS.x_train[:examples], DIGITS.y_train[:examples]
    grad = models.two_layer_loss(params, x, labels)[1]["W1"]
    errors = []
    for pick in rng.choice(grad.size, picks, replace=False):
        step = np.zeros(grad.size)
        step[pick] = 1e-5
        step = step.reshape(grad.shape)
        values = [models.two_layer_loss({**params, "W1": params["W1"] + s}, x, labels)[0]
                  for s in (step, -step)]  # fmt: skip
        numeric = np.array((values[0] - values[1]) / 2e-5)
        errors.append(gradcheck.relative_error(np.array(grad.flat[pick]), numeric))
    return {"errors": np.array(errors), "zeros": float(np.mean(grad == 0))}


for seed in range(3):
    result = sampled_check(seed)
    errors = result["errors"]
    print(
        f"median {np.median(errors)}, largest {errors.max():.1e}, "
        f"zero in both: {np.mean(errors == 0):.0%} of the picks, {result['zeros']:.0%} of W1"
    )

# %% [markdown]
# The median is exactly 0, three times out of three. That is no triumph of accuracy. Most pixels at the border are blank, and many hidden units put out 0, so that well over half of the entries of this gradient *are* 0. The check compares nothing with nothing. Pick entries whose gradient is not 0, or check them all on a small network.
#
# **Summing the output.** A layer has many outputs, and a gradient check needs one number. The obvious choice is the sum.

# %% quiz: u01-sum-of-outputs

# %% [markdown]
# The next cell tries three backward passes of softmax, with the plain sum and with randomly weighted outputs. The numbers are the largest absolute differences to the numeric gradient. (Not relative ones: where the true gradient is 0, the numeric one is rounding noise, and relative to noise everything is wrong.)


# %%
@recorded
def softmax_checks(weighted: bool) -> dict:
    """The largest error of a right and of two wrong backward passes of softmax."""
    rng = np.random.default_rng(0)
    scores, weights = rng.normal(size=(4, 5)), rng.normal(size=(4, 5))
    dout = weights if weighted else np.ones((4, 5))
    p = losses.softmax(scores)
    right = p * (dout - np.sum(dout * p, axis=1, keepdims=True))
    numeric = gradcheck.numeric_gradient(lambda s: float(np.sum(dout * losses.softmax(s))), scores)
    passes = {"right": right, "returns zeros": 0 * right, "three times": 3 * right}
    return {name: float(np.max(np.abs(grad - numeric))) for name, grad in passes.items()}


for name, plain in softmax_checks(False).items():
    print(f"{name:>14}: plain sum {plain:.0e}, random weights {softmax_checks(True)[name]:.0e}")

# %% [markdown]
# With the sum, all three pass with the same error of $4 \cdot 10^{-11}$. With random weights the two wrong ones stand out at 0.3 and 0.6. Batch normalization (unit 10) sets the same trap: its outputs sum to a constant as well.
#
# **Crossing a kink.** Where a $\max(0, \cdot)$ switches within $x \pm h$, as in the hinge loss, the numeric gradient mixes the slopes of both sides. It is then the *numeric* gradient that is wrong. A few bad entries that vanish when you change `h` or the data are a kink; entries that stay bad are a mistake.

# %% [markdown]
# ## A layer and its way back
#
# From here on gradients are led *backwards*. Somebody hands you `dout`, the gradient of the loss with respect to a layer's output; you return the gradients with respect to everything that went in. A network is a chain of such steps, and none of them needs to know about the others.
#
# The affine layer computes `out` from `x` of shape (N, D), `weights` (D, M) and `bias` (M,); rows are examples. The lectures write $Wx$ with examples as columns, which turns all the products around: trust the shapes.
#
# The forward pass also returns a *cache*: what the way back will need. Think for a moment about which of its inputs that is. How does the loss react to a small change of one weight? And of one input?
#
# Write `affine_forward`; hints with `hint("affine_forward")`.

# %% exercise: affine_forward

# %% [markdown]
# Now the way back, one entry at a time. The weight $w_{dm}$ multiplies input $d$ of *every* example and adds to output $m$. So its gradient collects, over the examples, the input times what output $m$ is told. The input $x_{nd}$ feeds *every output* of its own example, through the weights. The bias of output $m$ is simply added, for every example.
#
# Each of the three is one line of numpy, and the shapes leave only one way to write two of them: (N, M) and (D, M) must give (N, D); (N, D) and (N, M) must give (D, M).
#
# Write `affine_backward`; hints with `hint("affine_backward")`.

# %% exercise: affine_backward

# %%
if (
    examine("affine_backward", affine_backward).passed
    and examine("numeric_gradient", numeric_gradient).passed
):
    rng = np.random.default_rng(3)
    x, weights, bias, dout = (rng.normal(size=s) for s in ((4, 3), (3, 2), (2,), (4, 2)))
    dweights = affine_backward(dout, AffineCache(x, weights, bias))[1]
    numeric = numeric_gradient(lambda w: float(np.sum(dout * (x @ w + bias))), weights)
    print("your dweights against your numeric gradient:", np.max(np.abs(dweights - numeric)))
else:
    print("Once numeric_gradient and affine_backward pass, they check each other here.")

# %% [markdown]
# ## Two layers
#
# Why more than one? The next figure shows two classes in two rings, first as they are, then in polar coordinates. In which of the two could a straight line separate them?


# %%
def rings(seed: int, count: int = 200) -> tuple[Array, Array, Labels]:
    """Two rings: the points (x, y), the same points as (radius, angle), and their labels."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    radius = 1.0 + 1.5 * labels + 0.2 * rng.normal(size=count)
    angle = rng.uniform(-np.pi, np.pi, count)
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return points, np.stack([radius, angle], axis=1), labels


points, polar, ring = rings(0)
fig, axes = plt.subplots(1, 2, figsize=(9, 3.6))
for ax, shown in zip(axes, (points, polar), strict=True):
    for c, (name, marker) in enumerate({"inner ring": "o", "outer ring": "^"}.items()):
        ax.scatter(*shown[ring == c].T, s=14, marker=marker, label=name)
axes[0].set(xlabel="x", ylabel="y", aspect="equal")
axes[1].set(xlabel="radius r", ylabel="angle (radians)")
axes[1].axvline(1.75, color="black", linestyle="--")
axes[0].legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncol=2)
plt.show()

# %% [markdown]
# *What to see:* on the left one ring surrounds the other and no line separates them; on the right, with the radius as one axis, the vertical line at 1.75 does.
#
# A linear classifier can only draw lines. Somebody had to *know* that the radius is the right coordinate. A network with a hidden layer finds coordinates of its own: $\text{scores} = \max(0,\, x W_1 + b_1)\, W_2 + b_2$. The $\max(0, \cdot)$ in the middle is called a ReLU, each column of its result a hidden *unit*; a unit is off where it is 0. The cell trains both kinds on the rings.


# %%
@recorded
def ring_accuracy(seed: int, model: str, steps: int = 500, lr: float = 0.3) -> float:
    """Training accuracy after gradient descent; 'network' has 16 hidden units."""
    points, polar, labels = rings(seed)
    if model == "network":
        params = models.init_mlp((2, 16, 2), rng=np.random.default_rng(seed))
        for _ in range(steps):
            grads = models.two_layer_loss(params, points, labels)[1]
            params = {name: value - lr * grads[name] for name, value in params.items()}
        return models.accuracy(params, points, labels)
    x, weights = with_ones(polar if model == "line, polar" else points), np.zeros((3, 2))
    for _ in range(steps):
        weights = weights - lr * (x.T @ losses.softmax_cross_entropy(x @ weights, labels)[1])
    return float(np.mean(np.argmax(x @ weights, axis=1) == labels))


for model in ("line", "line, polar", "network"):
    values = np.array([ring_accuracy(seed, model) for seed in SEEDS])
    print(f"{model:>11}: {values.mean():.3f} ± {values.std(ddof=1):.3f} over 5 data sets")

# %% [markdown]
# A line gets 0.567 of the points right, hardly more than guessing. With polar coordinates it gets all of them, and so does the network with the plain ones. Without the $\max(0, \cdot)$ between them, two layers would be one: $(xW_1)W_2 = x(W_1W_2)$, a line again.
#
# The way back through the ReLU is short: a unit that was cut off had no influence on the loss, so no gradient passes through it. Which units those are was decided on the way *forward*.

# %% [markdown]
# ## Find the mistake: a penalty and its half
#
# Weights that are not unique, like $W$ and $2W$ above, call for a preference. The lectures add a penalty $\lambda R(W)$ that prefers small weights, $R(W) = \sum W^2$. On one thing the slides do not agree.
#
# > **Find the mistake on this slide.** The recap of CS231n L3 sums up: the softmax loss is $-\log(e^{sy_i} / \sum_j e^{sj})$, and the full loss is $L = \frac1N\sum_i L_i + R(W)$. A slide on gradients even has $\frac1N\sum_i L_i + \sum_k W_k^2$. The first formula has lost some subscripts: $e^{sy_i}$ should be $e^{s_{y_i}}$, the power of *the score of class* $y_i$, not $s$ times $y_i$. What has the second one lost?

# %% quiz: u01-recap-slide

# %% [markdown]
# A second slip is harder to see. CS231n L7 defines the penalty as $\lambda \sum W^2$, and on another slide gives its gradient as $\lambda W$. But $\frac{d}{dw} \lambda w^2 = 2\lambda w$. Either form is fine by itself:
#
# | penalty in the loss | gradient |
# |---|---|
# | $\lambda \sum W^2$ (this course) | $2 \lambda W$ |
# | $\frac{\lambda}{2} \sum W^2$ (many papers) | $\lambda W$ |
#
# What must not happen is a loss from one row and a gradient from the other. Training does not mind, it minimises the penalty of half the strength. A gradient check minds at once: where the penalty dominates an entry, $\lambda w$ against $2\lambda w$ gives $1/3$.
#
# Biases are left out of the penalty: they shift, they do not steepen.
#
# Now build the whole network: `two_layer_loss`, loss and all four gradients, with the penalty. You may call your own `softmax_cross_entropy` and the affine functions from above. Hints: `hint("two_layer_loss")`.

# %% exercise: two_layer_loss

# %% [markdown]
# ## A wrong gradient that trains
#
# Back to the question of the beginning. Here are a network with 32 hidden units, 200 steps of gradient descent on the digits, a weak penalty, five seeds, and three mistakes:
#
# - *mask forgotten*: the gradient passes through hidden units that were off;
# - *penalty halved*: $\lambda W$ where $2 \lambda W$ belongs;
# - *biases averaged twice*: their gradients are divided by N once more, so that they learn a thousand times too slowly.

# %% quiz: u01-wrong-gradient


# %%
def gradients(params: Params, x: Array, labels: Labels, mistake: str, l2: float = 1e-3) -> Params:
    """The gradients of a two-layer network, with one of three mistakes or with none."""
    grads = models.two_layer_loss(params, x, labels, l2=l2)[1]
    if mistake == "penalty halved":
        return {name: g - l2 * params[name] * name.startswith("W") for name, g in grads.items()}
    if mistake == "biases averaged twice":
        return {name: g / len(x) ** name.startswith("b") for name, g in grads.items()}
    if mistake == "mask forgotten":
        hidden, first = layers.affine_forward(x, params["W1"], params["b1"])
        scores, second = layers.affine_forward(np.maximum(hidden, 0), params["W2"], params["b2"])
        dscores = losses.softmax_cross_entropy(scores, labels)[1]
        unmasked = layers.affine_backward(dscores, second)[0]
        _, dweights, dbias = layers.affine_backward(unmasked, first)
        grads = {**grads, "W1": dweights + 2 * l2 * params["W1"], "b1": dbias}
    return grads


@recorded
def trained_with(mistake: str, seed: int, steps: int = 200, lr: float = 0.5) -> float:
    """Test accuracy after full-batch gradient descent with these gradients."""
    params = models.init_mlp((64, 32, 10), rng=np.random.default_rng(seed))
    for _ in range(steps):
        grads = gradients(params, DIGITS.x_train, DIGITS.y_train, mistake)
        params = {name: value - lr * grads[name] for name, value in params.items()}
    return models.accuracy(params, DIGITS.x_test, DIGITS.y_test)


@recorded
def checked(mistake: str) -> float:
    """The worst relative error over all entries, on eight digits; h = 1e-4."""
    params = models.init_mlp((64, 8, 10), rng=np.random.default_rng(0))
    x, labels = DIGITS.x_train[:8], DIGITS.y_train[:8]

    def loss(candidate: Params) -> tuple[float, Params]:
        value = models.two_layer_loss(candidate, x, labels, l2=1e-3)[0]
        return value, gradients(candidate, x, labels, mistake)

    return max(gradcheck.check_gradients(loss, params, h=1e-4).values())


# %%
MISTAKES = ("none", "mask forgotten", "penalty halved", "biases averaged twice")
TRAINED = {name: np.array([trained_with(name, seed) for seed in SEEDS]) for name in MISTAKES}
fig, axes = plt.subplots(1, 2, figsize=(9, 3.2), sharey=True)
for i, (name, values) in enumerate(TRAINED.items()):
    color, marker, _ = plots.style_of(i)
    axes[0].plot(values, i + np.linspace(-0.2, 0.2, len(values)), marker, color=color)
    axes[1].plot(checked(name), i, marker, color=color, markersize=9)
    mean, sd = values.mean(), values.std(ddof=1)
    print(f"{name:>21}: test accuracy {mean:.3f} ± {sd:.3f}, check {checked(name):.0e}")
axes[0].set(xlabel="test accuracy, five seeds", yticks=range(4), yticklabels=MISTAKES)
axes[1].set(xlabel="worst relative error of the check", xscale="log")
axes[0].invert_yaxis()
plt.show()

# %% [markdown]
# *What to see:* on the left, one point per seed, three groups show the same accuracies, and that of the forgotten mask lies a little lower; on the right the gradient without a mistake lies near $10^{-7}$ and all three wrong ones near 1, six powers of ten away.
#
# Right: 0.951 ± 0.002. Penalty halved: 0.950 ± 0.002. Biases averaged twice: 0.950 ± 0.002. These differences cannot be told from the spread between seeds. Only the forgotten mask costs something, 0.946 ± 0.003, and who would have suspected a mistake at 94.6 %?
#
# So "the loss goes down" is no test, and neither is "the accuracy is good". Networks are robust: any direction that leads roughly downhill will do, for a while, on an easy problem. The check needs eight images and less than a second.

# %% [markdown]
# ## What you now know
#
# - A loss is one number for a batch of scores, and a mean over the examples. The hinge loss stops at the margin; the cross-entropy never does. For the lecture's three images the mean hinge loss is 5.27.
# - The gradient of softmax cross-entropy is $p - [k = y]$, divided by N. Shift every row before you take powers, and take logarithms apart before you round.
# - A fresh classifier with small scores has the loss $\log C$.
# - Central differences have an error of order $h^2$ from truncation and $1/h$ from rounding; in float64, $h = 10^{-5}$ is a good start.
# - The relative error, worst entry first: below $10^{-6}$ right, above $10^{-4}$ wrong.
# - Going back through a layer, each gradient has the shape of its own array and collects all the ways in which that array acts on the loss.
#
# ## Traps
#
# - A falling loss proves nothing about a gradient.
# - Dividing by N twice: once in the loss, once more in a layer. The layers of this course only ever sum.
# - A check of `np.sum(output)` lets a backward pass of softmax through that returns zeros.
# - A check of randomly picked entries may compare only zeros. So may one on a network whose units are all off.
# - A check with the penalty switched on can hide the data's gradient behind the penalty's: check once with `l2=0`, once with a large one.
# - Right gradients look wrong in float32, across a kink, or in entries so tiny that rounding dominates. Look at the entry before you doubt the gradient.
# - Integers: `x[i] += 1e-5` does nothing to them.
#
# ## Read on
#
# - CS231n L3 (loss functions, regularization, optimization) and L4 (backpropagation), and the course's notes "Neural Networks Part 3", section on gradient checks.
# - Goodfellow, Bengio, Courville, *Deep Learning*, chapter 6.5 (backpropagation) and 4.1 (overflow and underflow).
# - Baydin et al. 2018, *Automatic differentiation in machine learning: a survey*, arXiv:1502.05767: how libraries take all of this off your hands.
#
# Next: unit 02 asks why the slope alone is often a poor guide, and reads the answer off the second derivatives.
