# %% [markdown]
# # Unit 04: Momentum and Nesterov
#
# In the ravine of DD2424 L5, gradient descent with step size 0.001 stands at a loss of 10.94 after 95 steps. Add one term to the rule, spend the same 95 gradients, and the loss is 0.218. But then make the step size ten times larger, and twenty times: the loss at the end is about 0.001 both times. Why does the step size suddenly not matter? And is Nesterov's method, which has the reputation of being the careful one, really safer?
#
# **You will be able to**
#
# - write momentum and both forms of Nesterov's rule, and translate between the conventions of the lectures, of papers and of libraries;
# - say what a past gradient still counts, and how fast the ball ends up under a constant gradient;
# - tell overshoot, damping and friction apart, also where a slide mixes them up;
# - compute the largest stable step size of each method from the curvature and the momentum;
# - judge on real data which differences between the methods are larger than the spread between seeds.
#
# **Time:** 100 minutes. **You need:** gradient descent and mini-batches (units 01 to 03), and from unit 02 the picture of a ravine with two curvatures.

# %%
from collections.abc import Callable

import matplotlib.pyplot as plt
import numpy as np

from course_lib import datasets, explorers, landscape, models, optim, plots, problems, train
from course_lib.arrays import Array
from course_lib.check import check, examine, hint
from course_lib.optim import MomentumState
from course_lib.quiz import quiz
from course_lib.recorded import recorded

plots.use_course_style()

# %% [markdown]
# ## A ball in a ravine
#
# The test ground of the whole unit is the lecture's third ravine, $f(x) = x_1^2 + 50\,x_2^2$, from the start $(4, 0.5)$. Its curvature is 2 along the ravine and 100 across it.
#
# The next cell only collects the paths of three methods. Skim it; what it uses is built in this lesson, step by step.

# %%
LOSS = problems.quadratic(problems.RAVINE_C)
GRADIENT = problems.quadratic_gradient(problems.RAVINE_C)


def ball_path(rule: str, lr: float, m: float, steps: int) -> Array:
    """Where the ball is in the ravine after 0, 1, ..., ``steps`` updates; shape (steps + 1, 2)."""
    if rule != "nesterov":
        hyper = {"momentum": m} if rule == "momentum" else {}
        method = getattr(optim, rule)
        return train.descend(method, GRADIENT, problems.START, steps=steps, lr=lr, **hyper)
    ball, velocity = problems.START, np.zeros(2)
    path = [ball]
    for _ in range(steps):
        ball, velocity = optim.nesterov_lookahead(ball, velocity, GRADIENT, lr=lr, momentum=m)
        path.append(ball)
    return np.array(path)


@recorded
def runs_in_the_ravine(
    rule: str, rates: tuple[float, ...], m: float = 0.9, steps: int = 95
) -> dict:
    """A path for every step size, by its name: ``{"0.001": path}``."""
    return {f"{lr:g}": ball_path(rule, lr, m, steps) for lr in rates}


# %% [markdown]
# Here are 95 steps with step size 0.001, the lecture's first comparison. Before you read on, decide for each of the two: does it cross the line $x_2 = 0$?

# %%
RACE = {
    "gradient descent": runs_in_the_ravine("sgd", (0.001,))["0.001"],
    "momentum 0.9": runs_in_the_ravine("momentum", (0.001,))["0.001"],
}
fig, ax = plt.subplots(figsize=(7.5, 3.2))
plots.draw_paths(ax, LOSS, RACE, x_range=(-0.4, 4.4), y_range=(-0.5, 0.7))
ax.set_title("step size 0.001, 95 steps")
plt.show()
for name, path in RACE.items():
    print(f"{name}: loss {LOSS(path[-1]):.4g} at the end")

# %% [markdown]
# *What to see:* gradient descent slides to the bottom line and then creeps along it, to about $x_1 = 3.3$; the ball with momentum swings across the bottom again and again while it runs along the ravine, most of the way to the minimum at the origin.
#
# Now drive yourself, in the same ravine. The map has the step size (times a curvature) to the right and the momentum upwards; its colour says by which factor the distance shrinks per step. You are on it twice: a diamond for the flat direction, a circle for the steep one. The controls work with the mouse and with the arrow keys.

# %%
explorers.momentum_map()

# %% [markdown]
# Three things to try:
#
# 1. Keep momentum 0.9 and walk through the step sizes, from 0.001 to 0.02. How does the heavy ball's final loss change, how gradient descent's?
# 2. Stay at step size 0.015 and let the map show Nesterov. Which of the two markers has left the stable region?
# 3. Set step size 0.0307 and momentum 0.57. The circle lies in a region where gradient descent is lost. What does the heavy ball do?
#
# The rest of the unit explains what you saw.

# %% [markdown]
# ## The ball and its velocity
#
# Gradient descent forgets: every step knows the gradient here and now, and nothing else. CSC421 L7-8 offers another picture, a hockey puck that slides over the surface of the loss. The slope does not *move* the puck; it *accelerates* it.
#
# So the puck needs a second number per parameter, its velocity $v$. In every step the velocity keeps the share $\mu$ of itself and adds the new gradient; then the parameters move against it:
#
# $$v \leftarrow \mu\, v + \nabla f(x), \qquad x \leftarrow x - \eta\, v .$$
#
# At the beginning the puck is at rest, $v = 0$. The momentum $\mu$ is typically 0.9 or 0.99.
#
# Follow it by hand with a gradient that is always 1 and $\mu = 0.9$: the velocity is 1, then 1.9, then 2.71. And if the gradient alternates, $1, -1, 1, -1, \dots$: it is 1, then $-0.1$, then 0.91. Gradients that agree add up. Gradients that contradict each other cancel.

# %% quiz: u04-first-step

# %% [markdown]
# **Your turn.** Write one update of `momentum`. It gets the array `param`, the gradient there and the state, and returns the new array and the new state. Leave what comes in unchanged: make new arrays. If you are stuck, put `hint("momentum")` into a cell of your own.

# %% exercise: momentum

# %% [markdown]
# The next cell lets *your* rule run through the ravine as soon as it passes the check.

# %%
if examine("momentum", momentum).passed:
    yours = train.descend(momentum, GRADIENT, problems.START, steps=95, lr=0.001)
    print(f"your ball after 95 steps: loss {LOSS(yours[-1]):.4g}, at {yours[-1].round(3)}")
else:
    print("When your momentum passes its check, its run through the ravine appears here.")

# %% [markdown]
# ## Momentum as a weighted sum
#
# What exactly does the velocity remember? Unroll the rule: after $t$ steps from rest,
#
# $$v = g_{t-1} + \mu\, g_{t-2} + \mu^2 g_{t-3} + \dots$$
#
# The velocity forgets at a constant rate: with $\mu = 0.9$ a gradient that is seven steps old counts less than half, $0.9^7 \approx 0.48$.
#
# But where *is* the ball? Its position is the start minus $\eta$ times the sum of *all velocities so far*, and an old gradient was part of many of them. So DD2424 L5 writes it as gradient descent with a weight $w_i$ for every gradient,
#
# $$x^{(t)} = x^{(0)} - \eta \sum_{i=0}^{t-1} w_i\, \nabla f\big(x^{(i)}\big).$$
#
# Which gradient has the largest weight, the first or the last? Decide, then look.


# %%
@recorded
def gradient_weights(momenta: tuple[float, ...], steps: int) -> list:
    """The weights of the gradients 0, ..., steps - 1 in the position after ``steps`` updates."""
    return [optim.velocity_weights(steps, momentum=m) for m in momenta]


fig, axes = plt.subplots(1, 3, figsize=(9, 2.8), sharey=True)
for ax, m, weights in zip(
    axes, (0.0, 0.5, 0.9), gradient_weights((0.0, 0.5, 0.9), 20), strict=True
):
    ax.bar(np.arange(20), weights)
    ax.axhline(1 / (1 - m), color="black", linestyle="--", linewidth=1)
    ax.set(title=f"momentum {m}", xlabel="number of the gradient")
axes[0].set_ylabel("weight in the position")
plt.show()

# %% [markdown]
# *What to see:* in every panel the last gradient weighs 1; with momentum the weights grow towards the older gradients and approach the dashed line at $1/(1-\mu)$, which is 2 for momentum 0.5 and 10 for 0.9.
#
# A gradient that has been there for $k$ updates has moved the ball once in full, then with the share $\mu$, then $\mu^2$: together
#
# $$1 + \mu + \mu^2 + \dots + \mu^{k-1} .$$
#
# **Your turn.** Write `velocity_weights`, which returns these sums for all gradients, the oldest first. A loop is fine; there is also a closed form. `hint("velocity_weights")` helps to count $k$.

# %% exercise: velocity_weights

# %% [markdown]
# Put the formula to the test on the ravine: take all the gradients of a run, weight them, and compare with where the ball is.


# %%
@recorded
def sum_against_loop(lr: float, m: float, steps: int) -> float:
    """The largest difference between the weighted sum and the position after ``steps``."""
    path = ball_path("momentum", lr, m, steps)
    gradients = np.array([GRADIENT(x) for x in path[:-1]])
    weights = optim.velocity_weights(steps, momentum=m)
    return float(np.abs(problems.START - lr * weights @ gradients - path[-1]).max())


print(f"weighted sum and loop differ by {sum_against_loop(0.01, 0.9, 95):.0e} after 95 steps")

# %% [markdown]
# ## Terminal velocity
#
# A puck on an endless slope does not get faster for ever: friction grows with the speed until it takes all that the slope gives. Take a plane, where the gradient is the same everywhere. How fast does the ball get, compared with gradient descent, and how long does that take? Guess both for momentum 0.9 and for 0.99.


# %%
@recorded
def ball_speeds(m: float, steps: int) -> list:
    """Length of each step under a gradient of 1, in steps of gradient descent."""
    x, state = np.zeros(1), MomentumState(np.zeros(1))
    path = [0.0]
    for _ in range(steps):
        x, state = optim.momentum(x, np.ones(1), state, lr=1.0, momentum=m)
        path.append(-float(x[0]))
    return np.diff(path).tolist()


fig, ax = plt.subplots()
runs = {m: np.array(ball_speeds(m, 300)) for m in (0.0, 0.9, 0.99)}
curves = {f"momentum {m}": speed for m, speed in runs.items()}
plots.draw_curves(ax, curves, ylabel="speed (gradient descent = 1)", first=1, log=True)
ax.legend(loc="center right", bbox_to_anchor=(1.0, 0.3))
plt.show()
for m in (0.9, 0.99):
    steps = 1 + int(np.argmax(runs[m] >= 0.9 / (1 - m)))
    print(f"momentum {m}: 90 % of the terminal velocity after {steps} steps")

# %% [markdown]
# *What to see:* with momentum 0.9 the speed climbs to almost 10 times that of gradient descent within 40 steps; with 0.99 it climbs towards 100 times, but after 300 steps it is still rising.
#
# At terminal velocity nothing changes any more: what the velocity loses in a step equals what it gains. That is one equation, and it gives the factor in the figure.
#
# **Your turn.** Write `terminal_velocity`: the displacement per step that momentum approaches under a constant gradient. Mind the sign. `hint("terminal_velocity")` is there.

# %% exercise: terminal_velocity

# %% [markdown]
# So CSC421 L7-8 is right: if you raise the momentum, lower the step size, since from 0.9 to 0.99 the terminal velocity grows tenfold. But the factor holds only in the long run. A ball with momentum 0.99 needs 230 steps to get to 90 % of it; in a training of 300 steps it is slow for most of the time.

# %% [markdown]
# ## A slide about friction
#
# > **Find the mistake on this slide.** CS231n L3 and L7, "SGD + Momentum", print the rule above, and beside it: *build up "velocity" as a running mean of gradients* and *rho gives "friction"; typically rho = 0.9 or 0.99*. CSC421 L7-8 calls the same number a *damping parameter*. DD2424 L5 allows $\gamma \in [0, 1]$.
#
# On each of the three slides there is something that you can already refute. Take the words "friction" and "mean" literally, and check them against the last two figures.

# %% quiz: u04-friction

# %% quiz: u04-why-not-one

# %% [markdown]
# Measure it. In physics the energy of a puck, from its height and its speed, stays the same as long as nothing rubs. The height here is the loss. Our puck jumps, so its height is measured between the two ends of a step: for this ravine with Hessian $H$,
#
# $$E_t = \underbrace{\frac{\lVert x_{t+1} - x_t \rVert^2}{2\eta}}_{\text{speed}} + \underbrace{\tfrac12\, x_t^\top H\, x_{t+1}}_{\text{height}} .$$


# %%
@recorded
def energy_of_the_ball(m: float, steps: int) -> Array:
    """The energy of the ball in every step, at step size 0.001; shape (steps,)."""
    path = ball_path("momentum", 0.001, m, steps)
    moves = np.diff(path, axis=0)
    height = 0.5 * np.sum(path[:-1] @ problems.RAVINE_C * path[1:], axis=1)
    return np.sum(moves**2, axis=1) / (2 * 0.001) + height


fig, ax = plt.subplots()
runs = {f"momentum {m:g}": energy_of_the_ball(m, 10_000) for m in (1.0, 0.999, 0.99, 0.9)}
plots.draw_curves(ax, {name: run[:1000] for name, run in runs.items()}, ylabel="energy", log=True)
ax.set_ylim(1e-6, 100)
plt.show()
for name, run in runs.items():
    late = np.flatnonzero(run < 0.01 * run[0])
    when = f"below 1 % after {late[0]} steps" if len(late) else "never below 1 %"
    print(f"{name}: energy {run[0]:.4g} at first, {when}, {run[-1]:.3g} after 10 000 steps")

# %% [markdown]
# *What to see:* with momentum 1 the energy is a horizontal line; with less momentum it falls along a nearly straight line on this logarithmic scale, and the less momentum, the faster.
#
# So the corrections are:
#
# - **Friction is $1 - \mu$.** Going from 0.9 to 0.99 takes most of the brake off. To lose 99 % of its energy the ball needs 459 steps with 0.99, and 4602 with 0.999: close to $\ln 100 / (1 - \mu)$.
# - **The interval is half open, $0 \le \mu < 1$.** With $\mu = 1$ the energy is still 28.5 after ten thousand steps, to twelve digits. CSC421 asks "Why not exactly 1?" for this reason.
# - **The velocity is a sum, not a mean.** A mean of gradients that are all 1 is 1. This velocity is 10. The next section is about that factor.

# %% [markdown]
# ## Three ways to write one rule
#
# At least three rules are called "momentum":
#
# | form | velocity | update | where |
# |---|---|---|---|
# | sum | $v \leftarrow \mu v + g$ | $x \leftarrow x - \eta v$ | CS231n L3, PyTorch, this course |
# | step size inside | $v \leftarrow \mu v + \eta g$ | $x \leftarrow x - v$ | DD2424 L5; CSC421 L7-8 and a second slide of CS231n L3 with the other sign of $v$ |
# | mean | $v \leftarrow \mu v + (1 - \mu) g$ | $x \leftarrow x - \eta v$ | several online courses; inside Adam |
#
# CS231n L3 sets the first two side by side and says: *they are equivalent - give same sequence of x*.
#
# > **Find the mistake on this slide.** The sentence is true under a condition that the slide does not print.

# %% quiz: u04-same-sequence

# %% [markdown]
# One function is enough to try all three: translate its arguments. With the step size inside, for example, the gradient comes in as `lr * grad`, and the update itself has step size 1.


# %%
@recorded
def convention_paths(rates: list) -> dict:
    """The path in the ravine for each convention, with a step size of its own in every step."""
    forms = {
        "sum": lambda x, state, lr: optim.momentum(x, GRADIENT(x), state, lr=lr),
        "inside": lambda x, state, lr: optim.momentum(x, lr * GRADIENT(x), state, lr=1.0),
        "mean": lambda x, state, lr: optim.momentum(x, 0.1 * GRADIENT(x), state, lr=lr),
    }
    paths = {}
    for name, step in forms.items():
        x, state, path = problems.START, MomentumState(np.zeros(2)), [problems.START]
        for lr in rates:
            x, state = step(x, state, lr)
            path.append(x)
        paths[name] = np.array(path)
    return paths


fixed = convention_paths([0.01] * 95)
print("constant: sum - inside", f"{np.abs(fixed['sum'] - fixed['inside']).max():.0e}")
print("constant: sum - mean  ", f"{np.abs(fixed['sum'] - fixed['mean']).max():.2f}")
for drop in (10, 20, 30, 50):
    paths = convention_paths([0.01] * drop + [0.001] * (95 - drop))
    apart = np.linalg.norm(paths["sum"] - paths["inside"], axis=1)
    ends = f"loss {LOSS(paths['sum'][-1]):.4f} (sum), {LOSS(paths['inside'][-1]):.4f} (inside)"
    print(f"0.01, from step {drop} on 0.001: up to {apart.max():.2f} apart, {ends}")

# %%
paths = convention_paths([0.01] * 20 + [0.001] * 75)
fig, ax = plt.subplots()
plots.draw_curves(ax, {name: paths[name][:, 0] for name in ("sum", "inside")}, ylabel="$x_1$")
ax.axvline(20, color="black", linestyle=":", linewidth=1)
ax.set_title("step size 0.01, divided by ten after 20 steps")
plt.show()

# %% [markdown]
# *What to see:* the two curves are one until the dotted line; then the sum form slows down at once, while the form with the step size inside keeps its old speed and coasts on.
#
# With a constant step size the forms agree to the last digits. After the drop they are up to 0.57 apart. Which one is better depends on where the ball happens to be at the drop. After 20 steps the sum form ends lower, after 50 the other one, after 30 there is hardly a difference. So know which one you have before you compare numbers, or use somebody's schedule.
#
# The mean form is far from both, because its steps are $1 - \mu = 0.1$ times as long. Give it ten times the step size, and it walks the path of the sum form. When someone's momentum needs a suspiciously large learning rate, look for a $(1 - \mu)$.

# %% [markdown]
# ## Six step sizes, twice
#
# DD2424 L5 runs momentum 0.9 with six step sizes, then momentum 0.5 with the same six, each for 95 steps. Gradient descent's results first:

# %%
SIX = (0.001, 0.005, 0.01, 0.015, 0.019, 0.02)


def show_runs(paths: dict, title: str, x_range=(-2.0, 4.4), y_range=(-0.6, 0.6)) -> None:
    """One small panel per step size, with the final loss above it."""
    fig, axes = plt.subplots(-(-len(paths) // 3), 3, figsize=(9.5, 4.6), layout="constrained")
    fig.suptitle(title)
    for ax in axes.flat[len(paths) :]:
        ax.set_axis_off()
    for ax, (lr, path) in zip(axes.flat, paths.items(), strict=False):
        plots.draw_contours(ax, LOSS, x_range=x_range, y_range=y_range)
        ax.plot(*path.T, marker="o", markersize=2.5, linewidth=0.9)
        ax.set_title(f"$\\eta$ = {lr}, final loss {LOSS(path[-1]):.2g}", fontsize=10)
    plt.show()


for lr, path in runs_in_the_ravine("sgd", SIX).items():
    print(f"gradient descent, step size {lr}: loss {LOSS(path[-1]):.4g}")

# %% [markdown]
# Gradient descent gets better with every larger step, until 0.02 throws it from side to side for ever. Predict the same row for momentum 0.9: where is the best step size, and what happens at 0.02?

# %%
show_runs(runs_in_the_ravine("momentum", SIX), "momentum 0.9, 95 steps")

# %% [markdown]
# *What to see:* at 0.001 the path is a smooth wave into the minimum; from 0.005 on the ball shoots past the minimum to the left and comes back; the final loss is smallest at 0.005, and from 0.01 to 0.02 it is about 0.001 in all four panels.
#
# Now momentum 0.5. Is it faster or slower? And does the ball still run past the minimum?

# %%
show_runs(runs_in_the_ravine("momentum", SIX, 0.5), "momentum 0.5, 95 steps")

# %% [markdown]
# *What to see:* no path overshoots the minimum along the ravine; at first the ball is slow, but the final loss falls with every larger step size, down to 4.5e-07 at 0.02, where plain gradient descent never settles.
#
# Here is the answer to the question at the top of this unit. On a bowl, one update of $(x, v)$ along one curvature $\lambda$ is a $2 \times 2$ matrix, with determinant $\mu$. The determinant is the product of the two eigenvalues. If the ball *swings*, these are a complex pair, equally long, so each has the modulus $\sqrt{\mu}$. The step size has dropped out. The ball swings as soon as $\eta\lambda > (1 - \sqrt\mu)^2$: with momentum 0.9, for the flat curvature 2, from a step size of 0.0013 on. From there the distance shrinks by 0.949 per step in every direction, whatever the step size is. The loss, which is quadratic, shrinks by 0.9: $0.9^{95} \approx 4.5 \cdot 10^{-5}$ of about 28, and there is your 0.001. (The 6.2e-07 at step size 0.005 is luck: after 95 steps the ball just crosses the middle. One step earlier or later the loss is 3e-04.)
#
# So a large momentum makes the method insensitive to the step size, and sets a speed limit at the same time. With less momentum the ball swings less and can be faster, if the step is right. The best compromise for this ravine is the one from the explorer, step size 0.0307 and momentum 0.57: after 95 steps the loss is 1.1e-18.
#
# > **Find the mistake on this slide.** DD2424 L5: *Momentum dampens the oscillations of default SGD*, beside the run with momentum 0.9, step size 0.001 and 95 steps. That is the very first figure of this lesson.

# %% quiz: u04-dampens


# %%
def crossings(path: Array) -> int:
    """How often the path changes sides of the ravine."""
    return int(np.sum(np.diff(np.sign(path[:, 1])) != 0))


for lr in ("0.001", "0.019", "0.02"):
    for name, m in (("sgd", 0.9), ("momentum", 0.9), ("momentum", 0.5)):
        path = runs_in_the_ravine(name, SIX, m)[lr]
        left = np.abs(path[-10:, 1]).max()
        label = "gradient descent" if name == "sgd" else f"momentum {m}"
        print(f"{lr:6s} {label:17s} {crossings(path):3d} crossings, at last within {left:.1e}")

# %% [markdown]
# Again the sentence needs a condition. Along one curvature gradient descent shrinks by $|1 - \eta\lambda|$ per step and a swinging ball by $\sqrt\mu$. Momentum damps where the second is smaller. At 0.019 gradient descent has the factor 0.9 across the ravine: momentum 0.9, with 0.949, damps *worse*, and momentum 0.5, with 0.707, much better. At 0.02 gradient descent does not damp at all, and both are better. What momentum always does: it makes the swing slower, and the ball faster where the slope keeps its direction.
#
# And there is a price, which DD2424 names: **overshoot**. At step size 0.01 the ball runs past the minimum, and turns around only when it is 30 % of its starting distance on the other side.

# %% [markdown]
# ## Look before you leap
#
# The ball notices too late. When it reaches the bottom at full speed, the gradient there is zero, and nothing tells it to brake. Nesterov's idea: in the next step the velocity will carry the ball onward *in any case*, by the share $\mu$ that is left of it. So look there first, and take the gradient where you are about to be.
#
# From here on the velocity is a displacement, as in the lectures: the step size and the minus sign are inside, and it is added.
#
# $$v \leftarrow \mu\, v - \eta\, \nabla f(x + \mu\, v), \qquad x \leftarrow x + v .$$
#
# Here is one step of each method at step size 0.005. The ball is at $(3, 0.3)$ and moves down the slope, $v = (-0.3, -0.5)$. On which side of the bottom line is the look-ahead point, and in which direction does the gradient there push?

# %%
ball, old, lr, m = np.array([3.0, 0.3]), np.array([-0.3, -0.5]), 0.005, 0.9
ahead = ball + m * old
fig, axes = plt.subplots(1, 2, figsize=(9, 3.6), sharey=True)
for ax, place, title in zip(axes, (ball, ahead), ("momentum", "Nesterov"), strict=True):
    push = -lr * GRADIENT(place)
    plots.draw_contours(ax, LOSS, x_range=(2.5, 3.2), y_range=(-0.45, 0.45))
    for start, end, style in ((ball, ahead, 0), (ahead, ahead + push, 1)):
        arrow = {"arrowstyle": "->", "color": plots.style_of(style).color, "lw": 2}
        ax.annotate("", end, start, arrowprops=arrow)
    for point, name, marker in (
        (ball, "ball", "o"),
        (ahead, "look-ahead", "s"),
        (ahead + push, "next", "*"),
    ):
        ax.plot(*point, marker, color="black", markersize=8)
        shift = (-34, -4) if name == "next" else (10, 2)
        ax.annotate(name, point, shift, textcoords="offset points")
    ax.axhline(0, color="black", linewidth=0.8)
    ax.set_title(f"{title}: next at {np.round(ahead + push, 3)}")
plt.show()

# %% [markdown]
# *What to see:* in both panels the velocity carries the ball across the bottom line to the look-ahead point; momentum adds the gradient of the old place and is pushed further down, Nesterov adds the gradient of the look-ahead point and is pushed back up.
#
# **Your turn.** Write `nesterov_lookahead`. It gets the gradient as a *function*, and may call it once: in a network that call is a whole pass forward and backward, the expensive part. `hint("nesterov_lookahead")` helps.

# %% exercise: nesterov_lookahead

# %% [markdown]
# Now the lecture's five runs, momentum 0.9 again.

# %%
FIVE = (0.0001, 0.0005, 0.001, 0.005, 0.01)
show_runs(runs_in_the_ravine("nesterov", FIVE), "Nesterov, momentum 0.9, 95 steps")
for rule in ("momentum", "nesterov"):
    for lr, path in runs_in_the_ravine(rule, (0.005, 0.01), 0.9, 200).items():
        past = -path[:, 0].min() / path[0, 0]
        print(f"{rule}, step size {lr}: overshoots by {past:.0%} of its starting distance")

# %% [markdown]
# *What to see:* at the three smaller step sizes the paths look like momentum's, with less swing; at 0.005 and 0.01 the ball no longer zigzags across the ravine, but it still runs past the minimum along it.
#
# The look-ahead helps, within limits. At step size 0.01 the overshoot along the ravine is 22 % instead of 30 %. Across the ravine the effect is much stronger, and the eigenvalues say why: for Nesterov their modulus, where the ball swings, is $\sqrt{\mu\,(1 - \eta\lambda)}$. Steeper directions are damped more. That is what DD2424 means by "increased responsiveness to the landscape".

# %% [markdown]
# ## A change of variables
#
# CS231n L7 calls Nesterov's rule annoying: a training loop gives you the gradient where the parameters *are*, and you want it somewhere else. So let the parameters be that other place. Store the look-ahead point,
#
# $$p = x + \mu\, v ,$$
#
# and ask what happens to it. The gradient is taken at $p$ by definition, so $v' = \mu\, v - \eta\, \nabla f(p)$. The ball moves to $x' = x + v'$. The new look-ahead point is $x'$ and another $\mu v'$:
#
# $$p' = x + v' + \mu v' = p - \mu v + (1 + \mu)\, v' .$$
#
# This is the lectures' last line. It needs both the old and the new velocity. But $-\mu v + v'$ is just the gradient's own step, $-\eta\, \nabla f(p)$. So $p'$ is $p$, plus the gradient's own step, plus $\mu$ times the new displacement. The old velocity is gone.
#
# **Your turn.** Write `nesterov` with the same signature as `momentum`: `param` holds $p$, and `grad` is the gradient there. The state holds the velocity in the *sum* form of the first exercise, so translate: the displacement is $-\eta$ times it. If a library has a switch `nesterov=True`, this is what it does. `hint("nesterov")` is there.

# %% exercise: nesterov


# %%
@recorded
def ball_and_param(lr: float, steps: int) -> dict:
    """Both forms side by side: the ball, its look-ahead point, and the transformed param."""
    ball, velocity = problems.START, np.zeros(2)
    rows = [(ball, ball)]
    for _ in range(steps):
        ball, velocity = optim.nesterov_lookahead(ball, velocity, GRADIENT, lr=lr)
        rows.append((ball, ball + 0.9 * velocity))
    param = train.descend(optim.nesterov, GRADIENT, problems.START, steps=steps, lr=lr)
    return {
        "ball": np.array([b for b, _ in rows]),
        "ahead": np.array([a for _, a in rows]),
        "param": param,
    }


both = ball_and_param(0.001, 95)
print("look-ahead point - param, at most:", f"{np.abs(both['ahead'] - both['param']).max():.0e}")
print("ball - param after 30 steps:      ", f"{np.abs(both['ball'] - both['param'])[30].max():.3f}")
both = ball_and_param(0.0135, 95)
print("step size 0.0135, loss at the ball: ", f"{LOSS(both['ball'][-1]):.3g}")
print("step size 0.0135, loss at the param:", f"{LOSS(both['param'][-1]):.3g}")

# %% [markdown]
# The identity holds to the last digit. But ball and `param` are *different points*. In this run they are 0.05 apart after 30 steps; close to the edge of stability the loss at `param` is eight times that at the ball. When you compare methods on a toy problem, report the ball. In a network nobody bothers: near the end the velocity is small, and so is the difference.
#
# > **Find the mistake on this slide.** CS231n L7 looks ahead to $x + \rho v$ and moves by $x + v$. DD2424 L5 looks ahead to $x - \gamma v$ and moves by $x - v$. One plus, one minus. Which lecture has the sign wrong?
#
# Decide before you read on. Then put $-v$ for $v$ in one of them, everywhere, also where the gradient comes in.
#
# It turns into the other. Both are right: DD2424's velocity points uphill and is subtracted. The mistake comes when you take one line from each, for then you look *behind* the ball. Another trap: DD2424 calls the look-ahead point $\mathbf{m}$, and so, a few slides later, something else in Adam.

# %% [markdown]
# ## How large may the step be?
#
# > **Find the mistake on this slide.** DD2424 L5 on Nesterov: *the anticipatory update prevents the algorithm having too large updates and overshooting*. Its runs stop at a step size of 0.01. Gradient descent and momentum were shown up to 0.02.

# %% quiz: u04-too-large

# %% [markdown]
# How do you find such a limit? Along one curvature $\lambda$ the gradient is $\lambda x$. Make the step size larger and larger: just before the ball flies away, it jumps from side to side for ever, no further and no less far. There, $x' = -x$ and $v' = -v$.
#
# For gradient descent: $-x = x - \eta\lambda x$, so $\eta\lambda = 2$.
#
# For the heavy ball, written with the displacement $v$: it has just jumped from $-x$ to $x$, so $v = 2x$, and the next displacement is $v' = -2x$. The rule says $v' = \mu v - \eta\lambda x$. Insert both, divide by $x$, and you have the limit. It is *larger* than 2: when gradients alternate, the velocity works against the newest gradient.
#
# For Nesterov only the gradient differs: it is taken at $x + \mu v$. With $v = 2x$, how many times as far out as the ball is that point?
#
# **Your turn.** Write `stability_limit` for `"gd"`, `"momentum"` and `"nesterov"`. Check your formulas at $\mu = 0$, where all three are the same method. `hint("stability_limit")` is there.

# %% exercise: stability_limit


# %%
@recorded
def losses_at_the_edge(rates: tuple[float, ...]) -> dict:
    """Final losses of the three methods around Nesterov's limit, and the three limits."""
    methods = {"sgd": "gd", "momentum": "momentum", "nesterov": "nesterov"}
    rows = {f"{lr:g}": [LOSS(ball_path(rule, lr, 0.9, 95)[-1]) for rule in methods] for lr in rates}
    limits = [landscape.stability_limit(name, 100.0) for name in methods.values()]
    return {"rows": rows, "limits": limits}


edge = losses_at_the_edge((0.01, 0.0135, 0.0136, 0.014, 0.019))
print("step size   gradient descent   heavy ball     Nesterov")
for lr, losses in edge["rows"].items():
    print(f"{lr:9s}", *(f"{loss:16.3g}" for loss in losses))
print("limit    ", *(f"{limit:16.5f}" for limit in edge["limits"]))

# %% [markdown]
# The lecture stopped just in time. Nesterov's limit in this ravine is 0.01357. One step in the fourth digit, from 0.0135 to 0.0136, takes it across. At 0.014 the loss is 4e+07, while gradient descent and the heavy ball run on as if nothing had happened.
#
# So the sentence on the slide needs its second half: the look-ahead gives *less overshoot within a smaller stable range*. Gradient descent tolerates $\eta\lambda < 2$; with $\mu = 0.9$ the heavy ball tolerates 3.8 and Nesterov 1.357. Go back to the explorer and compare the orange borders: the heavy ball's leans to the right, Nesterov's to the left.

# %% [markdown]
# ## Handwritten digits
#
# A ravine has no noise and just two curvatures. What is left of all this in a network? The task: 1000 handwritten digits, a network of 64 inputs, 64 hidden units and 10 classes, batches of 32, ten epochs. Every method gets the same ten seeds, for the first weights and the order of the examples.
#
# Five runs are compared:
#
# - SGD with step size 0.1;
# - momentum 0.9 and Nesterov with the same step size;
# - momentum 0.9 with step size 0.01, which has the terminal velocity of the first run;
# - SGD with step size 1, which has the terminal velocity of the second.

# %% quiz: u04-longer-step


# %%
@recorded
def momentum_on_digits(rule: str, lr: float, seeds: int = 10) -> dict:
    """Training losses (seeds, epochs) and test accuracies (seeds,) of one method."""
    data, losses, accuracies = datasets.load_digits(), [], []
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        params = models.init_mlp((64, 64, 10), rng=rng)
        params, history = train.fit(
            params,
            (data.x_train, data.y_train),
            rule=getattr(optim, rule),
            epochs=10,
            lr=lr,
            rng=rng,
        )
        losses.append(history.train_loss)
        accuracies.append(models.accuracy(params, data.x_test, data.y_test))
    return {"loss": np.array(losses), "accuracy": np.array(accuracies)}


def report(rule: str, lr: float, run: dict) -> None:
    """One line: mean and standard deviation over the seeds."""
    first, last, acc = run["loss"][:, 0], run["loss"][:, -1], run["accuracy"]
    parts = [f"{v.mean():.3f} ± {v.std(ddof=1):.3f}" for v in (first, last, acc)]
    print(f"{rule:9s} {lr:<5g}", "   ".join(parts))


FOUR = (("sgd", 0.1), ("momentum", 0.1), ("nesterov", 0.1), ("momentum", 0.01))
on_digits = {key: momentum_on_digits(*key) for key in (*FOUR, ("sgd", 1.0))}
print("rule, step size  loss, epoch 1   loss, epoch 10  test accuracy   (mean ± sd, 10 seeds)")
for key, run in on_digits.items():
    report(*key, run)

# %%
fig, ax = plt.subplots()
curves = {f"{rule} {lr:g}": on_digits[rule, lr]["loss"] for rule, lr in FOUR}
plots.draw_curves(ax, curves, xlabel="epoch", ylabel="training loss (nats)", first=1, log=True)
plt.show()

# %% [markdown]
# *What to see:* two bundles of curves; SGD with 0.1 and momentum with 0.01 lie on top of each other from the third epoch on, and far below them are momentum and Nesterov with 0.1, which cannot be told apart. The bands reach from the lowest to the highest of ten seeds.
#
# What is larger than the spread, and what is not?
#
# - **Momentum against SGD, both at 0.1:** yes. After one epoch the training loss is 0.336 instead of 1.445, after ten 0.033 instead of 0.205. Test accuracy is 0.951 ± 0.010 against 0.926 ± 0.006.
# - **Momentum at 0.01 against SGD at 0.1:** the factor $1/(1-\mu)$ holds in the end, 0.198 ± 0.009 against 0.205 ± 0.012. In the first epoch it does not: 1.647 against 1.445. An epoch has 32 steps, and the ball needs 22 of them to get up to speed. Terminal velocity takes its time, here too.
# - **Nesterov against momentum at 0.1:** no. 0.949 ± 0.009 and 0.951 ± 0.010 are the same number. With a single seed you could report either one as the winner.
# - **SGD at 1 against momentum at 0.1:** the same terminal velocity, a different method. SGD at 1 ends with a loss of 0.232 ± 0.386. The standard deviation is larger than the mean: half of the seeds end below 0.04, as good as momentum, and two end near 1.
#
# The ravine makes one more prediction: at large step sizes Nesterov should break first. Put it to the test.

# %%
for rule, lr in (("momentum", 0.3), ("nesterov", 0.3), ("momentum", 0.5), ("nesterov", 0.5)):
    report(rule, lr, momentum_on_digits(rule, lr))

# %% [markdown]
# It is the other way round! At 0.3 Nesterov trains to 0.038 ± 0.024, and momentum, at 0.166 ± 0.153, is already in trouble with some seeds. At 0.5 the gap is wider, about 0.3 against 0.9. (These runs are so unstable that rounding errors reach the printed digits: on your computer they may differ.)
#
# The limit is still true. But it is about *one* curvature, on a bowl that never changes. A network's curvatures change as it learns, and its gradients are noisy, so it also counts how fast a method forgets a push. There Nesterov has an advantage: its factor $\sqrt{\mu(1 - \eta\lambda)}$ is smaller than the heavy ball's $\sqrt\mu$. Whether that is the cause here, we have not shown. What we have shown: a stability limit from a ravine does not settle which method is safer in a network.

# %% [markdown]
# ## What you now know
#
# - Momentum adds up gradients: the velocity is a decaying *sum*, in the long run $1/(1-\mu)$ times a constant gradient. It takes about $2.3/(1-\mu)$ steps to get to 90 % of that.
# - In the position old gradients weigh *more* than new ones, up to $1/(1-\mu)$.
# - Friction is $1 - \mu$. With $\mu = 1$ the energy is kept and the ball never rests.
# - A swinging ball shrinks by $\sqrt\mu$ per step, whatever the step size is.
# - Sum form and step size inside agree for a constant step size from rest, and only then. The mean form is another step size.
# - Nesterov takes the gradient at $x + \mu v$. With a change of variables the parameters hold that point, and the rule looks like any other.
# - Largest stable $\eta\lambda$: 2 for gradient descent, $2(1+\mu)$ for the heavy ball, $2(1+\mu)/(1+2\mu)$ for Nesterov.
#
# ## Traps
#
# - **Testing one step.** From rest all conventions but the mean agree in it. A forgotten velocity shows in the second.
# - **One state for two arrays.** Every parameter array has a velocity of its own.
# - **Raising the momentum and leaving the step size.** From 0.9 to 0.99 is ten times the terminal velocity.
# - **Taking a step size from a paper without its convention.** Look for $(1-\mu)$, and for where $\eta$ stands.
# - **Comparing the look-ahead point of one method with the ball of another.**
# - **Believing a ranking from one seed.** At step size 0.1 the order of momentum and Nesterov is noise.
#
# ## Read on
#
# - Gabriel Goh, *Why Momentum Really Works*, distill.pub/2017/momentum: the regimes of the map, with noise, and beautifully drawn.
# - Boris Polyak, *Some methods of speeding up the convergence of iteration methods*, 1964: the heavy ball. Yurii Nesterov, *A method of solving a convex programming problem with convergence rate O(1/k²)*, 1983.
# - Sutskever, Martens, Dahl and Hinton, *On the importance of initialization and momentum in deep learning*, ICML 2013: the look-ahead form that the lectures draw.
# - O'Donoghue and Candès, *Adaptive restart for accelerated gradient schemes*, arXiv 1204.3982: why the loss under momentum goes up and down, and what to do about it.
# - Goodfellow, Bengio and Courville, *Deep Learning*, sections 8.3.2 and 8.3.3.
# - The lectures: CS231n L3 "Regularization and Optimization" and L7 "Optimizing Neural Networks"; DD2424 L5; CSC421 L7-8 "Optimization".
