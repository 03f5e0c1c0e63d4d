# %% [markdown]
# # Unit 08: Second-order methods
#
# Tell handwritten threes from eights with logistic regression. Gradient descent needs 7799 steps until its loss is within a millionth of the best possible. Newton's method needs 6. It has been known for three hundred years, it has no step size to tune, and no condition number slows it down. So why does nobody train networks with it?
#
# **You will be able to**
#
# - derive Newton's step from the quadratic model of a loss, and say where it leads: to a critical point, which need not be a minimum;
# - repair it, so that it goes downhill on saddles and hills as well;
# - work out what a step costs, in bytes and in multiply-adds;
# - build an estimate of the inverse Hessian from gradients alone (BFGS), and use it without storing it (L-BFGS);
# - call the L-BFGS of SciPy, and explain why all of this belongs to full batches.
#
# **Time:** 75 minutes. **You need:** Hessian, eigenvalues and condition number (unit 02), momentum (unit 04).

# %%
from collections.abc import Callable, Sequence

import matplotlib.pyplot as plt
import numpy as np
from scipy.optimize import minimize

from course_lib import datasets, explorers, models, optim, plots, problems, second_order, train
from course_lib.arrays import Array
from course_lib.check import check, examine, hint
from course_lib.logistic import logistic_gradient, logistic_hessian, logistic_loss
from course_lib.quiz import quiz
from course_lib.recorded import recorded

plots.use_course_style()

# %% [markdown]
# ## A bowl that touches
#
# A gradient knows the slope at one point: it replaces the loss by a plane. A plane has no lowest point, and that is why gradient descent needs a step size. With the Hessian you can do better, and replace the loss by a paraboloid which touches it: same height, same slope, same bending. A paraboloid has a lowest point, if it opens upwards. Go there.
#
# The explorer shows this model at any point that you choose. The dashed curve in the left panel is the model's level line through your point; the squares are Newton's steps, one after the other. The dotted path is a repaired version that you will write later. The middle panel cuts through loss and model along Newton's step, and the right panel shows how steep it still is. The controls answer to the mouse and to the arrow keys.

# %%
explorers.newton_model()

# %% [markdown]
# Four things to try:
#
# 1. The quadratic bowl. Move the point about. How many steps does Newton need, from anywhere? What do the two curves in the middle panel look like?
# 2. Two valleys, a saddle. Walk $x_2$ down from 2.5 to 0.5, one stop at a time. Where does Newton end up at the last stop, and what does the right panel say about it? It looks like a success.
# 3. Rosenbrock's valley, from its classical start $(-1.2, 1)$. Does the path stay in the picture?
# 4. The logistic loss, at the same point. Read what the model promises. Can a logistic loss be that low? Then raise the damping.

# %% [markdown]
# ## The step to the critical point
#
# The model of the loss around the point $\theta$, at a distance $s$, is the Taylor polynomial of order two,
#
# $$m(s) = L(\theta) + g^\top s + \tfrac12\, s^\top H\, s ,$$
#
# with gradient $g$ and Hessian $H$. Its own gradient is $g + H s$. Where that is zero, the model is flat, and this is where Newton goes.
#
# Before you work it out: the ravine $x_1^2 + 50\,x_2^2$ of DD2424 L5 has a condition number of 50, and from $(4, 0.5)$ gradient descent needed hundreds of steps.

# %% quiz: u08-one-step

# %% [markdown]
# **Your turn.** Write `newton_step`: the displacement $s$ at which the model is flat. It is a system of linear equations; there is no need to form an inverse. `hint("newton_step")` gives nudges, one at a time.

# %% exercise: newton_step

# %% [markdown]
# No step size, and nothing to tune. There is more. Measure one coordinate in other units, and gradient descent takes another path. Newton does not notice: its step leads to the same point, in whatever units.
#
# And close to a minimum it is fast in a way that no first-order method is. Here is its run on Rosenbrock's valley, from the classical start. Does the loss fall in every step? Guess before you run the cell.


# %%
@recorded
def newton_on_rosenbrock(steps: int) -> Array:
    """The points of Newton's method in the banana valley; shape (steps + 1, 2)."""
    x, path = problems.ROSENBROCK_START, [problems.ROSENBROCK_START]
    for _ in range(steps):
        x = x + second_order.newton_step(
            problems.rosenbrock_gradient(x), problems.rosenbrock_hessian(x)
        )
        path.append(x)
    return np.array(path)


for number, x in enumerate(newton_on_rosenbrock(6)):
    print(f"step {number}: loss {problems.rosenbrock(x):9.3g}   at {np.round(x, 4)}")

# %% [markdown]
# It does not. The second step lands at a loss of 1412, almost sixty times as high as the start: the model was a good one, but only nearby, and nobody asked how far it can be trusted. From step four on the iteration is close enough, and then the number of right digits roughly doubles with every step, and sometimes grows faster: $0.31$, $1.9 \cdot 10^{-11}$, $3.4 \cdot 10^{-20}$. This is **quadratic convergence**. Gradient descent gains digits at a constant rate at best.

# %% [markdown]
# ## Saddles attract Newton
#
# > **Find the mistake on this slide.** CS231n L7, "Second-Order Optimization": *use gradient and Hessian to form quadratic approximation*, then *step to the minima of the approximation*. The next slide says: *solving for the critical point we obtain the Newton parameter update* $\theta^* = \theta_0 - H^{-1} \nabla_\theta L(\theta_0)$.
#
# The two slides do not say the same. To see the difference, use the loss with two valleys from the explorer, $x_1^2 - x_2^2 + \tfrac14 x_2^4$. Its minima are at $x_2 = \pm\sqrt 2 \approx \pm 1.41$, and between them, at the origin, is a saddle. You start at $(1, 0.5)$, where the ground falls towards larger $x_2$.

# %% quiz: u08-saddle

# %% [markdown]
# Now from everywhere. The first coordinate is a plain parabola and is done in one step, so only $x_2$ matters. The figure shows where Newton ends, for 401 starts.


# %%
@recorded
def ends_between_two_valleys(damping: float | None) -> Array:
    """x2 after at most 60 steps from (1, x2), for 401 starts x2 in [-2, 2]; None: plain Newton."""
    ends = []
    for start in np.linspace(-2, 2, 401):
        x = np.array([1.0, start])
        for _ in range(60):
            grad, hessian = problems.two_valleys_gradient(x), problems.two_valleys_hessian(x)
            if np.max(np.abs(grad)) < 1e-12:
                break
            if damping is None:
                x = x + second_order.newton_step(grad, hessian)
            else:
                x = x + second_order.damped_newton_step(grad, hessian, damping=damping)
        ends.append(x[1])
    return np.array(ends)


def show_ends(ends: Array) -> None:
    """Where a method ends against where it starts, with the three critical points."""
    _, ax = plt.subplots(figsize=(7.5, 3.2))
    for height, name in ((2**0.5, "minimum"), (0.0, "saddle"), (-(2**0.5), "minimum")):
        ax.hlines(height, -2.1, 2.03, color="0.7", linewidth=1)
        ax.annotate(name, (2.08, height), va="center", backgroundcolor="white")
    ax.plot(np.linspace(-2, 2, 401), ends, ".", markersize=4)
    ax.set(xlabel="start $x_2$", ylabel="end $x_2$", xlim=(-2.1, 2.7), ylim=(-1.8, 1.8))
    plt.show()


plain = ends_between_two_valleys(None)
show_ends(plain)
print(f"{np.mean(np.abs(plain) < 1e-6):.0%} of the starts end on the saddle")

# %% [markdown]
# *What to see:* starts between about $-0.63$ and $0.63$ end on the saddle in the middle; those beyond 0.82 on either side end in their own valley; in between, most end in the valley on the *other* side.
#
# So 32 % of the starts end on the saddle, although from nearly all of them the gradient points away from it. Where a curvature is negative, the model opens *downwards* in that direction, and its critical point is the *top*. Newton goes up there. The slide is right where the Hessian is positive definite, and only there: the update steps to the **critical point** of the approximation, be it a minimum, a saddle or a maximum.
#
# In networks negative curvatures are common. Here is a small one: 16 inputs (digits of 4 by 4 pixels), 8 hidden units, 3 classes, 163 parameters in all, freshly initialised. Its Hessian fits into the computer, column by column from differences of gradients.


# %%
def small_network(seed: int) -> tuple[Array, Callable[[Array], Array]]:
    """The parameters of a 16-8-3 network in one row, and the gradient of its loss there."""
    data = datasets.load_digits()
    few = data.y_train < 3
    x = data.x_train[few].reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)).reshape(-1, 16)
    like = models.init_mlp((16, 8, 3), rng=np.random.default_rng(seed))

    def gradient(row: Array) -> Array:
        _, grads = models.mlp_loss(unpacked(row, like), x, data.y_train[few])
        return packed(grads)

    return packed(like), gradient


def packed(params: dict[str, Array]) -> Array:
    """All parameters of a network in one row, in alphabetical order of their names."""
    return np.concatenate([params[name].ravel() for name in sorted(params)])


def unpacked(row: Array, like: dict[str, Array]) -> dict[str, Array]:
    """The inverse of ``packed``, with the names and shapes of ``like``."""
    names = sorted(like)
    ends = np.cumsum([like[name].size for name in names])
    parts = np.split(row, ends[:-1])
    return {name: part.reshape(like[name].shape) for name, part in zip(names, parts, strict=True)}


@recorded
def curvatures_of_a_network(seed: int) -> Array:
    """The eigenvalues of the Hessian of the small network at its start, smallest first."""
    row, gradient = small_network(seed)
    nudges = 1e-6 * np.eye(len(row))
    columns = [(gradient(row + nudge) - gradient(row - nudge)) / 2e-6 for nudge in nudges]
    hessian = np.array(columns)
    return np.linalg.eigvalsh((hessian + hessian.T) / 2)


for seed in range(5):
    curvatures = curvatures_of_a_network(seed)
    signs = [np.sum(curvatures < -1e-7), np.sum(np.abs(curvatures) <= 1e-7)]
    print(f"seed {seed}: {signs[0]} negative, {signs[1]} zero of {len(curvatures)} curvatures")

# %% [markdown]
# In all five networks there are negative curvatures, a dozen or more. And about a third of all curvatures are zero up to rounding. There are hidden units that no example switches on; and the softmax does not mind if the same number is added to all scores, which leaves nine flat directions in any network of this shape. Where a curvature is zero, Newton's equation has no solution, or infinitely many.

# %% [markdown]
# ## A step that always goes down
#
# Turn the axes so that they lie along the eigenvectors $q_i$ of the Hessian. Then Newton's step is a list of independent steps: along $q_i$, the slope $q_i^\top g$ over the curvature $\lambda_i$. Everything that goes wrong can be read off this fraction. If $\lambda_i$ is negative, the step goes the wrong way. If it is zero, the step is infinite.
#
# So change the denominator. Take its size, $|\lambda_i|$: how strongly the loss bends still decides how far to go, and the slope alone decides the direction. And add something, the **damping** $\mu$, so that the denominator is never zero:
#
# $$s = -\sum_i \frac{q_i^\top g}{|\lambda_i| + \mu}\; q_i .$$
#
# Is this always a descent direction? Its product with the gradient is $-\sum_i (q_i^\top g)^2 / (|\lambda_i| + \mu)$. No term can be positive.
#
# **Your turn.** Write `damped_newton_step`. With a small $\mu$ it is Newton's step in a bowl; with a large one it becomes $-g/\mu$, a gradient step with step size $1/\mu$. `hint("damped_newton_step")` helps.

# %% exercise: damped_newton_step

# %%
repaired = ends_between_two_valleys(0.1)
show_ends(repaired)
print(f"{np.sum(np.abs(repaired) < 1e-6)} of 401 starts ends on the saddle")

# %% [markdown]
# *What to see:* every start with a positive $x_2$ ends in the upper valley and every one with a negative $x_2$ in the lower one; a single point is left on the saddle, at $x_2 = 0$.
#
# That last start lies exactly on the ridge. There is no slope across the ridge, and a step that is made of slopes cannot leave it. In practice rounding and noise do.
#
# A descent *direction* is not yet a descent. Go back to the logistic loss in the explorer, at $(-1.2, 1)$ with damping 0.1: the first step still goes much too far, because the loss is flat there and the model does not know that it bends later. What helps is more damping, or trying the step and halving it until the loss has really fallen. That is called a **line search**, and the next sections use one.

# %%
if examine("damped_newton_step", damped_newton_step).passed:
    x = np.array([1.0, 0.001])
    for _ in range(16):
        grad, hessian = problems.two_valleys_gradient(x), problems.two_valleys_hessian(x)
        x = x + damped_newton_step(grad, hessian, damping=0.1)
    print(f"yours, from a thousandth beside the ridge, after 16 steps: {np.round(x, 4)}")
else:
    print("When your damped_newton_step passes its check, its way off the ridge appears here.")

# %% [markdown]
# ## What it would cost
#
# CS231n L7 asks: *why is this bad for deep learning?* and answers with two orders of growth, $O(N^2)$ elements and $O(N^3)$ for the inversion, for $N$ in the tens or hundreds of millions. Put numbers to it.

# %% quiz: u08-memory

# %% [markdown]
# **Your turn.** Write `newton_cost`: the bytes of the whole Hessian, and the multiply-adds of inverting it, counted as the cube. Python's whole numbers are exact, however long they are. `hint("newton_cost")` is there.

# %% exercise: newton_cost


# %%
@recorded
def costs(sizes: tuple[int, ...]) -> dict:
    """Bytes and multiply-adds of Newton's step, as floats, for models of these sizes."""
    pairs = [second_order.newton_cost(size) for size in sizes]
    return {"memory": [float(m) for m, _ in pairs], "work": [float(w) for _, w in pairs]}


MODELS = {65: "3 or 8", 4810: "64-64-10 network", 60_000_000: "AlexNet", 100_000_000: "10^8"}
table = costs(tuple(MODELS))
fig, axes = plt.subplots(1, 2, figsize=(9.5, 3.4), layout="constrained")
limits = ((80e9, "a large GPU: 80 GB"), (1e15 * 86400, "a day at 10^15 per second"))
for ax, kind, (limit, text) in zip(axes, ("memory", "work"), limits, strict=True):
    ax.loglog(list(MODELS), table[kind], marker="o")
    ax.axhline(limit, color="black", linestyle="--", linewidth=1)
    ax.annotate(text, (40, limit * 2), fontsize=9)
    ax.set(xlabel="parameters", xlim=(20, 1e9))
    for size, value in zip(MODELS, table[kind], strict=True):
        shift = (-44, 4) if size == 60_000_000 else (7, -4)
        ax.annotate(MODELS[size], (size, value), shift, textcoords="offset points", fontsize=9)
axes[0].set_ylabel("Hessian (bytes)")
axes[1].set_ylabel("inversion (multiply-adds)")
plt.show()

# %% [markdown]
# *What to see:* two straight lines on logarithmic scales, of slope 2 and 3; the little logistic regression and the network of these lessons lie far below the dashed lines, the large networks far above them.
#
# For $10^8$ parameters the Hessian takes 80 petabytes. A machine that does $10^{15}$ multiply-adds in a second would invert it in about 32 years, if it could hold it, for one step. And the Hessian of the next step is another one.

# %% [markdown]
# ## Learning the curvature from gradients
#
# You cannot afford the Hessian, but you walk, and you see how the gradient changes on the way. After a step $s$ it has changed by $y$. On a quadratic loss this is exactly
#
# $$y = H s, \qquad\text{or}\qquad s = H^{-1} y .$$
#
# One step tells what the Hessian does to one vector. This is the **secant equation**, and in one dimension it is the well-known $f'' \approx \Delta f' / \Delta x$.
#
# So keep an estimate $B$ of the *inverse* Hessian, begin with the identity, and after every step correct it as little as possible such that $B y = s$. The correction of Broyden, Fletcher, Goldfarb and Shanno, all four in 1970, is
#
# $$B' = \big(I - \rho\, s\, y^\top\big)\, B\, \big(I - \rho\, y\, s^\top\big) + \rho\, s\, s^\top, \qquad \rho = \frac{1}{y^\top s} .$$
#
# Read it from the inside. The factors take out of $B$ whatever it claims about this direction: multiply with $y$, and the right factor gives $y - \rho\, y\, (s^\top y) = 0$. The last term puts in what was seen: times $y$ it is $s$. The next direction is $-B g$: a product, no system of equations.
#
# If $y^\top s$ is not positive, the loss bends downwards along the step. An update would make $B$ indefinite, and $-B g$ could go uphill. Then leave $B$ as it is.
#
# **Your turn.** Write `bfgs_update`. Test it yourself first: your result must be symmetric, and map the gradient change to the step. `hint("bfgs_update")` helps.

# %% exercise: bfgs_update

# %% [markdown]
# > **Find the mistake on this slide.** CS231n L7: *Quasi-Newton methods (**BGFS** most popular): instead of inverting the Hessian, approximate inverse Hessian with **rank 1 updates** over time.* There are two mistakes in this line. One is in the name. The other is harder to see.

# %% quiz: u08-rank


# %%
@recorded
def sizes_of_a_correction(d: int) -> list:
    """The singular values of one BFGS correction of a random positive estimate in d dimensions."""
    rng = np.random.default_rng(0)
    spread = rng.normal(size=(d, d))
    before, step = spread @ spread.T + np.eye(d), rng.normal(size=d)
    change = step * rng.uniform(0.5, 2.0, size=d)
    correction = second_order.bfgs_update(before, step, change) - before
    return np.linalg.svd(correction, compute_uv=False).tolist()


print("singular values of one correction:", " ".join(f"{v:.1e}" for v in sizes_of_a_correction(8)))

# %% [markdown]
# Count them, and the question is settled. A symmetric rank-one update exists as well, SR1: it also maps $y$ to $s$. But nothing keeps it positive.
#
# And does the estimate become right? Put BFGS into Rosenbrock's valley, with a line search that halves the step until the loss falls.


# %%
def backtrack(loss: Callable[[Array], float], x: Array, direction: Array, slope: float) -> float:
    """The largest of 1, 1/2, 1/4, ... at which the loss falls by a fair share of its slope."""
    length = 1.0
    while loss(x + length * direction) > loss(x) + 1e-4 * length * slope and length > 1e-14:
        length /= 2
    return length


@recorded
def searched_run(method: str, tolerance: float = 1e-10, most: int = 12_000) -> Array:
    """The path in Rosenbrock's valley until the loss is below ``tolerance``; (steps + 1, 2)."""
    loss, gradient = problems.rosenbrock, problems.rosenbrock_gradient
    x, inverse, path = problems.ROSENBROCK_START, np.eye(2), [problems.ROSENBROCK_START]
    while loss(x) > tolerance and len(path) <= most:
        grad = gradient(x)
        if method == "Newton":
            direction = second_order.newton_step(grad, problems.rosenbrock_hessian(x))
        else:
            direction = -inverse @ grad
        step = backtrack(loss, x, direction, grad @ direction) * direction
        if method == "BFGS":
            inverse = second_order.bfgs_update(inverse, step, gradient(x + step) - grad)
        x = x + step
        path.append(x)
    return np.array(path)


runs = {method: searched_run(method) for method in ("gradient descent", "BFGS", "Newton")}
for method, path in runs.items():
    print(f"{method:17s} {len(path) - 1:6d} steps to a loss of 1e-10")
fig, ax = plt.subplots(figsize=(7.5, 4.2))
two = {name: runs[name] for name in ("BFGS", "Newton")}
plots.draw_paths(ax, problems.rosenbrock, two, x_range=(-1.6, 1.4), y_range=(-0.4, 1.6))
ax.plot(*runs["gradient descent"].T, color="black", linewidth=0.9, label="gradient descent")
ax.legend()
plt.show()

# %% [markdown]
# *What to see:* BFGS and Newton follow the curved valley from the upper left around the bend to the minimum at $(1, 1)$; gradient descent goes a little way along the left arm, then leaps straight across the ridge, and spends nearly all of its steps on the short last piece.
#
# Gradient descent takes 10 616 steps, although its line search finds a lucky leap after 30 of them. BFGS takes 33, and Newton with a line search 20. (Without one it took 6, through a point sixty times as high as the start. On this function that was luck.) BFGS never saw a second derivative. At the end its estimate agrees with the true inverse Hessian to about one percent.

# %% [markdown]
# ## A memory of a few steps
#
# BFGS saved the inversion, and the cost per step is down from a cube to a square. The matrix is still there, 80 petabytes of it. But what you need is never the matrix: it is the product $B g$. And $B$ was made from the identity by a handful of vectors. L-BFGS ("limited memory") keeps the last $m$ pairs $(s, y)$, often 5 to 20, forgets the rest, and applies the updates to the gradient one by one. For two pairs, number 1 the older, this is
#
# $$B g = \big(I - \rho_2\, s_2 y_2^\top\big) \Big[ \big(I - \rho_1\, s_1 y_1^\top\big)\, \gamma\, \big(I - \rho_1\, y_1 s_1^\top\big) + \rho_1\, s_1 s_1^\top \Big] \big(I - \rho_2\, y_2 s_2^\top\big)\, g + \rho_2\, s_2 s_2^\top g .$$
#
# Follow the gradient from right to left; call the vector $q$, whatever has become of it. The factor of the *newest* pair comes first, that of the oldest last: a loop from new to old. In it, every pair takes its share $\alpha_i = \rho_i\, s_i^\top q$ of $y_i$ out of the vector $q$. In the middle stands a multiple of the identity, $\gamma = s^\top y / (y^\top y)$ of the newest pair, which has the scale of the inverse curvature here and now. Then back the same way, from old to new, and every pair puts in $\big(\alpha_i - \rho_i\, y_i^\top q\big)\, s_i$: its share, less what the older pairs have already contributed.
#
# **Your turn.** Write `lbfgs_direction`. It gets the gradient and two lists, the oldest pair first, and returns a *direction*: minus the product. If the lists are empty, nothing is known, and the direction is $-g$. A test of your own: give it the newest $y$ as the gradient, and minus the newest $s$ must come out. `hint("lbfgs_direction")` helps.

# %% exercise: lbfgs_direction

# %% [markdown]
# With ten pairs the memory for $10^8$ parameters is 20 vectors: 16 gigabytes instead of 80 petabytes. A direction costs about $4 m N$ multiply-adds, as little as a few gradients.

# %% [markdown]
# ## Threes and eights
#
# Back to the question at the top. The 186 threes and eights among the training digits, 64 pixels and a bias, the logistic loss, and a small penalty $0.0005\,\lVert w \rVert^2$. The loss is convex, so there is one minimum, and all methods look for the same. All start at zero.
#
# Gradient descent has the step size that theory grants it, 1 over the largest curvature that occurs anywhere; momentum 0.9 has the same. L-BFGS has a memory of ten pairs and the line search. Newton has nothing to tune.

# %% quiz: u08-iterations


# %%
def threes_and_eights(x: Array, labels: Array) -> tuple[Array, Array]:
    """The threes (sign +1) and eights (sign -1) of a set, with a column of ones for the bias."""
    wanted = np.isin(labels, (3, 8))
    features = np.column_stack([x[wanted], np.ones(int(wanted.sum()))])
    return features, np.where(labels[wanted] == 3, 1.0, -1.0)


DIGITS = datasets.load_digits()
X, SIGNS = threes_and_eights(DIGITS.x_train, DIGITS.y_train)
X_TEST, SIGNS_TEST = threes_and_eights(DIGITS.x_test, DIGITS.y_test)
L2 = 0.0005


def loss_of(w: Array, rows: Array | slice = slice(None)) -> float:
    """The penalised logistic loss on all examples, or on some rows."""
    return logistic_loss(w, X[rows], SIGNS[rows], l2=L2)


def gradient_of(w: Array, rows: Array | slice = slice(None)) -> Array:
    """Its gradient."""
    return logistic_gradient(w, X[rows], SIGNS[rows], l2=L2)


def hessian_of(w: Array, rows: Array | slice = slice(None)) -> Array:
    """Its Hessian."""
    return logistic_hessian(w, X[rows], SIGNS[rows], l2=L2)


def weights_along(method: str, steps: int, memory: int = 10) -> Array:
    """The weights of a full-batch method from zero; shape (steps + 1, 65)."""
    w, path, pairs = np.zeros(65), [np.zeros(65)], []
    if method in ("sgd", "momentum"):
        # at w = 0 every example counts most, so the curvature is largest there
        lr = 1 / np.linalg.eigvalsh(hessian_of(w))[-1]
        return train.descend(getattr(optim, method), gradient_of, w, steps=steps, lr=lr)
    inverse = np.eye(65)
    for _ in range(steps):
        grad = gradient_of(w)
        if method == "newton":
            direction = second_order.newton_step(grad, hessian_of(w))
        elif method == "lbfgs":
            kept = pairs[-memory:]
            direction = second_order.lbfgs_direction(
                grad, [s for s, _ in kept], [y for _, y in kept]
            )
        else:
            direction = -inverse @ grad
        if method != "newton" and len(path) == 1:
            direction = direction / np.linalg.norm(direction)  # nothing is known of scales yet
        length = 1.0 if method == "newton" else backtrack(loss_of, w, direction, grad @ direction)
        step = length * direction
        change = gradient_of(w + step) - grad
        if step @ change > 0:
            pairs.append((step, change))
        if method == "bfgs":
            inverse = second_order.bfgs_update(inverse, step, change)
        w = w + step
        path.append(w)
    return np.array(path)


@recorded
def full_batch_run(method: str, steps: int, memory: int = 10) -> dict:
    """The loss and the share of test digits on the right side, after 0, 1, ..., steps steps."""
    path = weights_along(method, steps, memory)
    right = np.sign(path @ X_TEST.T) == SIGNS_TEST
    return {"loss": np.array([loss_of(w) for w in path]), "accuracy": right.mean(axis=1)}


BEST = full_batch_run("newton", 10)["loss"][-1]


def first_below(losses: Array, gap: float = 1e-6) -> int:
    """The number of the first step at which the loss is less than ``gap`` above the best."""
    return int(np.argmax(losses - BEST < gap))


runs = {
    "gradient descent": full_batch_run("sgd", 8000),
    "momentum 0.9": full_batch_run("momentum", 1000),
    "L-BFGS": full_batch_run("lbfgs", 30),
    "Newton": full_batch_run("newton", 10),
}
for name, run in runs.items():
    step = first_below(run["loss"])
    print(f"{name:17s} {step:5d} steps, test accuracy {run['accuracy'][step]:.3f}")
newton = runs["Newton"]["loss"] - BEST
print("Newton above the minimum:", " ".join(f"{gap:.1e}" for gap in newton[:8]))

# %%
fig, ax = plt.subplots(figsize=(7.5, 3.6))
for index, (name, run) in enumerate(runs.items()):
    color, marker, dash = plots.style_of(index)
    height = np.maximum(run["loss"][1:] - BEST, 1e-16)
    places = np.unique(np.geomspace(1, len(height), 18).astype(int))
    ax.loglog(np.arange(1, len(height) + 1), height, color=color, linestyle=dash, label=name)
    ax.plot(places, height[places - 1], marker, color=color, markersize=5)
ax.axhline(1e-6, color="black", linestyle=":", linewidth=1)
ax.set(xlabel="step", ylabel="loss above the minimum", ylim=(1e-16, 1))
ax.legend()
plt.show()

# %% [markdown]
# *What to see:* on logarithmic scales Newton's curve bends down like a cliff within ten steps; L-BFGS follows it a little later; momentum and gradient descent come down in long slopes, about a hundred and about a thousand times as late as Newton.
#
# The dotted line is crossed after 7799, 829, 16 and 6 steps. Newton's gap in the last steps: $1.2 \cdot 10^{-3}$, $3.4 \cdot 10^{-5}$, $3.5 \cdot 10^{-8}$, $4 \cdot 10^{-14}$. The exponent doubles.
#
# Now be fair: steps differ in what they cost. A gradient takes $2 \cdot 186 \cdot 65 = 24\,180$ multiply-adds. Newton needs that, and the Hessian, $186 \cdot 65^2 = 785\,850$, and the inversion, $65^3 = 274\,625$: as much as 45 gradients. Six steps cost as much as 269 gradients. L-BFGS has computed 17 gradients and 17 losses or so. Counted in work it beats Newton, already at 65 parameters.
#
# And look at the test accuracy in the output. All four have found the same minimum, and each gets 97 of 98 test digits right. Is it worth 7799 steps to get there? After 100 steps gradient descent has 95 of 98, after 1000 steps 96. On new data the last five digits of the training loss are worth one or two examples.
#
# How large should the memory be?

# %%
for memory in (1, 3, 5, 10, 20, 50):
    needed = first_below(full_batch_run("lbfgs", 60, memory)["loss"])
    print(f"L-BFGS with {memory:2d} pairs: {needed} steps")
print("BFGS with the whole matrix:", first_below(full_batch_run("bfgs", 80)["loss"]), "steps")

# %% [markdown]
# More memory helps, up to about 20 pairs. But the last line is a surprise: BFGS, which forgets nothing, needs 66 steps, five times as many as L-BFGS with 20 or 50 pairs. The memory is not the reason, since in 13 steps 50 pairs forget nothing either. The difference is $\gamma$. In L-BFGS the directions of which no pair knows anything get the newest scale at every step. In BFGS they keep the scale 1 of the first estimate, and here inverse curvatures go up to 1000. Replace $\gamma$ by 1 in your own function, and it needs far more steps, too.

# %% [markdown]
# ## The tool that practitioners use
#
# Nobody writes L-BFGS for daily use. The one in SciPy has been in service for thirty years, has a better line search than ours, and takes bounds on the parameters (the last B in `L-BFGS-B`). It wants a function that returns loss and gradient for *one flat array*.


# %%
def loss_and_gradient(w: Array) -> tuple[float, Array]:
    """What SciPy asks for, when it is told jac=True."""
    return loss_of(w), gradient_of(w)


for options in ({}, {"gtol": 1e-9, "ftol": 0.0}, {"gtol": 1e-9, "ftol": 0.0, "maxcor": 20}):
    found = minimize(loss_and_gradient, np.zeros(65), jac=True, method="L-BFGS-B", options=options)
    print(f"{found.nit} steps, {found.nfev} gradients, {found.fun - BEST:.1e} above", options)

# %% [markdown]
# With its defaults it stops after 18 steps and 19 gradients, $9 \cdot 10^{-8}$ above the minimum. `maxcor` is the memory (10 pairs unless you say otherwise), `gtol` and `ftol` say when to stop.
#
# Three things to get right: `jac=True`, or SciPy computes the gradient by differences, with 65 losses for each; float64, or the line search drowns in rounding errors; and parameters in one row, which is what `packed` and `unpacked` above are for.
#
# Now a network: 64 inputs, 64 hidden units, 10 classes, all ten digits, 4810 parameters. Everybody gets 20 passes over the 1000 training digits. L-BFGS and full-batch momentum spend a pass on every gradient; momentum with batches of 32 makes 32 updates in each. Who has the lowest training loss, and who the best test accuracy?


# %%
@recorded
def passes_over_digits(method: str, passes: int = 20, seeds: int = 5) -> dict:
    """Training loss and test accuracy after so many passes; arrays (seeds,)."""
    data, losses, accuracies = datasets.load_digits(), [], []
    for seed in range(seeds):
        like = models.init_mlp((64, 64, 10), rng=np.random.default_rng(seed))
        if method == "L-BFGS":

            def both(row: Array, like: dict[str, Array] = like) -> tuple[float, Array]:
                loss, grads = models.mlp_loss(unpacked(row, like), data.x_train, data.y_train)
                return loss, packed({name: grads[name] for name in like})

            options = {"maxfun": passes, "gtol": 0.0, "ftol": 0.0}
            start = packed(like)
            row = minimize(both, start, jac=True, method="L-BFGS-B", options=options).x
            params = unpacked(row, like)
        else:
            size, lr = (1000, 0.5) if method == "momentum, full batch" else (32, 0.1)
            params, _ = train.fit(
                like,
                (data.x_train, data.y_train),
                rule=optim.momentum,
                epochs=passes,
                batch_size=size,
                lr=lr,
                rng=np.random.default_rng(seed),
            )
        losses.append(models.mlp_loss(params, data.x_train, data.y_train)[0])
        accuracies.append(models.accuracy(params, data.x_test, data.y_test))
    return {"loss": np.array(losses), "accuracy": np.array(accuracies)}


print("                          training loss     test accuracy  (mean ± sd, 5 seeds)")
for method in ("momentum, full batch", "L-BFGS", "momentum, batches of 32"):
    run = passes_over_digits(method)
    parts = [f"{v.mean():.4f} ± {v.std(ddof=1):.4f}" for v in (run["loss"], run["accuracy"])]
    print(f"{method:24s}", "   ".join(parts))

# %% [markdown]
# Among the full-batch methods L-BFGS is ahead: a training loss of 0.063 against 0.116, and nobody had to choose a step size. But small batches with plain momentum have 0.006 after the same 20 passes, and a test accuracy of 0.960 ± 0.005 against 0.947 ± 0.005. They made 640 updates from the same data. With 40 passes L-BFGS gets its training loss down to 0.002, and its test accuracy does not move: 0.945 ± 0.007.

# %% [markdown]
# ## Mini-batches
#
# The obvious idea is to have both: Newton's directions from small batches. CS231n L7 warns that L-BFGS *does not transfer very well to mini-batch setting* and *gives bad results*. What exactly goes wrong?
#
# Take the threes and eights again. In every step draw 20 of the 186 examples, compute gradient *and* Hessian on them, and take the full Newton step.

# %% quiz: u08-minibatch


# %%
@recorded
def minibatch_losses(
    method: str, batch: int, steps: int, lr: float = 1.0, damping: float = 0.0, seeds: int = 5
) -> Array:
    """The loss on all examples after each step; shape (seeds, steps)."""
    rows = []
    for seed in range(seeds):
        rng, w, losses = np.random.default_rng(seed), np.zeros(65), []
        for _ in range(steps):
            chosen = rng.choice(len(X), batch, replace=False)
            grad = gradient_of(w, chosen)
            if method == "sgd":
                step = -grad
            elif damping:
                hessian = hessian_of(w, chosen)
                step = second_order.damped_newton_step(grad, hessian, damping=damping)
            else:
                step = second_order.newton_step(grad, hessian_of(w, chosen))
            w = w + lr * step
            losses.append(loss_of(w))
        rows.append(losses)
    return np.array(rows)


newton20, sgd20 = minibatch_losses("newton", 20, 100), minibatch_losses("sgd", 20, 100)
fig, ax = plt.subplots(figsize=(7.5, 3.4))
for seed, losses in enumerate(newton20):
    label = "Newton, 5 seeds" if seed == 0 else None
    ax.semilogy(losses, color=plots.style_of(1).color, linewidth=1, label=label)
for seed, losses in enumerate(sgd20):
    label = "SGD, step size 1, 5 seeds" if seed == 0 else None
    ax.semilogy(losses, color=plots.style_of(0).color, linewidth=1, linestyle="--", label=label)
ax.axhline(BEST, color="black", linestyle=":", linewidth=1)
ax.set(xlabel="step", ylabel="loss on all examples", title="batches of 20")
ax.legend()
plt.show()
print("first step with a loss above 10:", [int(np.argmax(run > 10)) + 1 for run in newton20])

# %% [markdown]
# *What to see:* all runs of Newton hover around a loss of 0.1, twice the minimum (dotted), until one after the other shoots up to several thousand and stays there; the runs of SGD begin higher and come down towards the minimum.
#
# Two things go wrong. First, Newton stalls. Second, sooner or later there is a batch on which the model is sure of itself, so that the batch's Hessian is almost zero; one example in it is on the wrong side, so that the gradient is not small. A slope over almost nothing is an enormous step. In five runs it comes after 12 to 51 steps.
#
# Larger batches, shorter steps and damping help:

# %%
print("loss above the minimum, mean of the last 100 of 300 steps (± sd, 5 seeds)")
CURES = {
    "Newton, batch 93": ("newton", 93, 300),
    "Newton, batch 150": ("newton", 150, 300),
    "Newton, batch 20, step 0.1": ("newton", 20, 300, 0.1),
    "Newton, batch 20, damping 1": ("newton", 20, 300, 1.0, 1.0),
    "SGD, batch 20, step size 1": ("sgd", 20, 300),
}
for name, settings in CURES.items():
    ends = minibatch_losses(*settings)[:, -100:].mean(axis=1) - BEST
    print(f"{name:28s} {ends.mean():.4f} ± {ends.std(ddof=1):.4f}")

# %% [markdown]
# Batches of half the data keep Newton from being thrown off, but it stays 0.0127 above the minimum, three times as far as SGD with batches of 20. A step size of 0.1 does not cure the stalling either. What does help is a damping of 1, and it comes out where SGD does: the largest curvature near the minimum is 0.23, so what is left of the step is nearly a gradient step with step size 1. The cure is to stop being Newton.
#
# Why does it stall? With gradients you were safe: the mean over batches is the gradient of all examples, as unit 03 showed by enumeration. Is the mean of the batches' Newton steps the Newton step? Test it where the answer is known: at the minimum, where the right step is zero.


# %%
@recorded
def mean_steps_at_the_minimum(batch: int, draws: int = 1500) -> dict:
    """The length of the mean gradient and Newton step, each with what noise alone would leave."""
    rng, grads, steps = np.random.default_rng(0), [], []
    minimum = weights_along("newton", 10)[-1]
    for _ in range(draws):
        chosen = rng.choice(len(X), batch, replace=False)
        grads.append(gradient_of(minimum, chosen))
        steps.append(second_order.newton_step(grads[-1], hessian_of(minimum, chosen)))
    lengths = {}
    for name, vectors in (("gradient", np.array(grads)), ("Newton step", np.array(steps))):
        noise = np.linalg.norm(vectors.std(axis=0)) / np.sqrt(draws)
        lengths[name] = [float(np.linalg.norm(vectors.mean(axis=0))), float(noise)]
    return lengths


for name, (length, noise) in mean_steps_at_the_minimum(20).items():
    print(f"mean {name:11s}: length {length:.4f}; if it were zero, noise would leave {noise:.4f}")

# %% [markdown]
# The mean gradient is zero, as far as 1500 batches can tell. The mean Newton step is not: it has a length of 3.26, forty times what noise would leave. A mini-batch gradient is an unbiased estimate. A mini-batch Newton step is a *quotient* of two noisy things, and the mean of a quotient is not the quotient of the means. No smaller step and no longer averaging removes this bias: it drives the method away from the minimum.
#
# L-BFGS has a problem of its own. Its $y$ is a difference of two gradients. If they come from two different batches, then $y$ is mostly the difference between the *batches*.


# %%
@recorded
def minibatch_lbfgs(same: bool, lr: float, steps: int = 150, seeds: int = 5) -> dict:
    """L-BFGS with 5 pairs on batches of 20; y from one batch (``same``) or from two."""
    ends, refused = [], []
    for seed in range(seeds):
        rng, w, pairs, last, bad = np.random.default_rng(seed), np.zeros(65), [], None, 0
        losses = []
        for _ in range(steps):
            chosen = rng.choice(len(X), 20, replace=False)
            grad = gradient_of(w, chosen)
            if last is not None and not same:
                pairs.append((last[0], grad - last[1]))
            pairs = [pair for pair in pairs if pair[0] @ pair[1] > 0][-5:]
            direction = second_order.lbfgs_direction(
                grad, [s for s, _ in pairs], [y for _, y in pairs]
            )
            step = lr * direction
            change = gradient_of(w + step, chosen) - grad
            if same:
                pairs.append((step, change))
            elif last is not None:
                bad += last[0] @ (grad - last[1]) <= 0
            w, last = np.clip(w + step, -1e3, 1e3), (step, grad)
            losses.append(loss_of(w))
        ends.append(np.mean(losses[-50:]) - BEST)
        refused.append(bad / (steps - 1))
    return {"ends": np.array(ends), "refused": float(np.mean(refused))}


for same, lr in ((False, 1.0), (False, 0.1), (True, 1.0), (True, 0.1)):
    run = minibatch_lbfgs(same, lr)
    source = "the same batch " if same else "different batches"
    listed = " ".join(f"{end:.2g}" for end in np.sort(run["ends"]))
    print(f"y from {source:17s} step {lr:3g}: {listed} above; refused {run['refused']:.0%}")

# %% [markdown]
# With gradients from different batches, four in ten pairs show a negative curvature, on a loss that has none. With the full step the runs end anywhere; with a tenth of it they still end 0.06 above the minimum, at best. Take both gradients of a pair from the *same* batch, at the price of a second gradient per step, and no pair is refused. With a tenth of a step that works: most seeds end about 0.004 above the minimum, where SGD got with half the gradients.
#
# So the slide is right, and now you know why. L-BFGS belongs where the loss is one fixed function: full batch, no dropout, no random augmentation, the same rounding every time. Every source of noise has to be switched off. Where that is possible, in curve fitting, in classical models, in physics, it is the first tool to try. For networks on large data, what survives of second-order ideas is what can be averaged over many batches: a diagonal, as in Adam's division (unit 06), or small blocks of the curvature, as in K-FAC and Shampoo.

# %% [markdown]
# ## What you now know
#
# - Newton's step solves $H s = -g$: it goes to the critical point of the quadratic model, in one step on any quadratic, whatever the condition number.
# - Near a minimum the digits double. Far from it the model can be wrong, and a line search or damping has to hold it back.
# - The critical point is a minimum only if $H$ is positive definite. With $|\lambda_i| + \mu$ in place of $\lambda_i$ the step goes downhill everywhere.
# - The Hessian of $10^8$ parameters takes 80 petabytes, and its inversion $10^{24}$ multiply-adds.
# - BFGS learns the inverse Hessian from $s$ and $y$ with corrections of rank two, and skips steps without positive curvature. L-BFGS does it with a few vectors.
# - Counted in work, L-BFGS beats Newton already on 65 parameters.
# - On mini-batches a Newton step is a biased estimate: the method stalls, and sooner or later an almost flat batch throws it far off.
#
# ## Traps
#
# - **Taking a small gradient for success.** Newton makes the gradient small on saddles and on hilltops as well. Look at the loss and at the curvatures.
# - **`inv` where `solve` will do**, and `*` where `@` is meant.
# - **Forgetting the guard in BFGS.** One step of negative curvature, and the next direction may point uphill.
# - **A fixed bound in that guard.** Near the minimum all steps are small. Compare with the lengths of $s$ and $y$.
# - **Packing gradients in another order than parameters.** The gradients in a dictionary may come last layer first. `packed` sorts the names for this reason: without it, nearly half of the curvatures of the small network came out negative.
# - **Leaving noise on.** Dropout, augmentation or a new batch between two gradients, and $y$ measures the noise.
# - **Counting steps instead of work.** Six steps of Newton cost as much as 269 gradients.
#
# ## Read on
#
# - Jorge Nocedal and Stephen Wright, *Numerical Optimization*, 2006, chapters 3, 6 and 7: line searches, BFGS and L-BFGS, with proofs.
# - Dauphin and others, *Identifying and attacking the saddle point problem in high-dimensional non-convex optimization*, arXiv 1406.2572: the step with absolute curvatures.
# - Le and others, *On optimization methods for deep learning*, ICML 2011: where L-BFGS and conjugate gradients do beat SGD.
# - Martens and Grosse, *Optimizing neural networks with Kronecker-factored approximate curvature*, arXiv 1503.05671 (K-FAC), and its distributed version by Ba, Grosse and Martens, ICLR 2017.
# - Berahas, Nocedal and Takáč, *A multi-batch L-BFGS method for machine learning*, arXiv 1605.06049: how to make overlapping batches agree on $y$.
# - Goodfellow, Bengio and Courville, *Deep Learning*, section 8.6.
# - The lecture: CS231n L7, "Second-Order Optimization" and "L-BFGS".
