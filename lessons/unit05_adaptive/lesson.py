# %% [markdown]
# # Unit 05: Per-parameter steps: AdaGrad, RMSProp, AdaDelta
#
# Take a ravine whose walls are fifty times as steep as its floor. Gradient descent with the best step size needs 58 steps until the point stays within a tenth of its first distance to the minimum. Make the walls a thousand times as steep, and it needs 1152. AdaGrad needs 41 steps in the first ravine. And in the second? Exactly 41 again. Now turn the second ravine by 45 degrees, change nothing else, and AdaGrad needs 1784 steps. How can a method be blind to steepness, and yet care how you hold the paper?
#
# **You will be able to**
#
# - write AdaGrad, RMSProp and AdaDelta, and say what each of them divides by;
# - compute the effective learning rate of every coordinate, and use it to answer CS231n's two questions about AdaGrad;
# - say what eps does, why its place matters, and for which gradients;
# - explain why scaling each coordinate on its own depends on the axes, and gradient descent does not;
# - tell, from an experiment with a control, when rare features make AdaGrad the better choice.
#
# **Time:** 90 minutes. **You need:** gradient descent (unit 01), the ravine and its condition number (unit 02), mini-batches (unit 03). Momentum (unit 04) runs in the races, but you need not have written it.

# %%
from functools import cache

import matplotlib.pyplot as plt
import numpy as np

from course_lib import datasets, explorers, landscape, models, optim, plots, problems, train
from course_lib.arrays import Array
from course_lib.check import check, examine, hint
from course_lib.optim import AdaDeltaState, AdaGradState, RMSPropState
from course_lib.quiz import quiz
from course_lib.recorded import recorded

plots.use_course_style()

# %% [markdown]
# ## A race that can be turned
#
# Six rules start at the lecture's point $(4, 0.5)$ in the ravine $x_1^2 + 50\,x_2^2$ of DD2424 L5. Three you know from unit 04; the other three are the subject of this unit. You can make the ravine steeper, and you can turn it; the start turns with it. The right panel shows something new: for two of the rules, a learning rate *per coordinate* that changes from step to step.

# %%
explorers.rotated_race()

# %% [markdown]
# Three things to try, with the mouse or with the arrow keys:
#
# 1. Leave the angle at 0 and walk through the condition numbers. Which curves in the middle panel move, and which one hardly does?
# 2. Set condition number 50 and turn to 45 degrees. Which three curves are *exactly* as before? Look at the right panel: what has happened to the solid and the dashed line of each colour?
# 3. Go back to 0 degrees and choose step size 2 for AdaGrad. Then turn by 2, 5 and 15 degrees.
#
# Remember what you saw. By the end of the unit you can explain all three.

# %% [markdown]
# ## One step size per coordinate
#
# At the start the gradient of the ravine is $(8, 50)$. One step size has to serve both numbers. If it is small enough for the 50, it is too small for the 8; that was the whole trouble in unit 02.
#
# AdaGrad's answer: for every coordinate separately, keep the sum of the squares of all its gradients so far, and divide by the root of that sum.
#
# $$s \leftarrow s + g^2, \qquad x \leftarrow x - \eta\, \frac{g}{\sqrt{s} + \epsilon} .$$
#
# Everything here is entry by entry: $g^2$ has the shape of $g$, and nothing is summed over the coordinates. At the beginning $s = 0$. The little $\epsilon$ (1e-8) keeps the fraction finite where all gradients have been 0; it has its own section below.
#
# Follow one coordinate by hand. Its gradient is always 3, so the sum is 9 after the first step, then 18, then 27. The divisor is 3, then 4.24, then 5.20, and the steps are $\eta$, $0.71\,\eta$, $0.58\,\eta$. Now do it with a gradient that is always 300. What is the same?

# %% quiz: u05-first-step

# %% [markdown]
# **Your turn.** Write one update of `adagrad`. It gets the array `param`, the gradient there, and the state, whose only entry is the sum of squares; it returns the new array and the new state. Make new arrays and leave those that come in unchanged. `hint("adagrad")` in a cell of your own gives nudges, one at a time.

# %% exercise: adagrad

# %%
LOSS = problems.quadratic(problems.RAVINE_C)
GRADIENT = problems.quadratic_gradient(problems.RAVINE_C)

if examine("adagrad", adagrad).passed:
    yours = train.descend(adagrad, GRADIENT, problems.START, steps=95, lr=0.5)
    print(f"your AdaGrad after 95 steps: loss {LOSS(yours[-1]):.2g}, at {yours[-1].round(3)}")
else:
    print("When your adagrad passes its check, its run through the ravine appears here.")

# %% [markdown]
# ## The effective learning rate
#
# CS231n L7 calls AdaGrad a method with *per-parameter learning rates*. To see them, write the update as
#
# $$x \leftarrow x - (\text{something}) \cdot g ,$$
#
# one something per coordinate. It depends on the gradients that this coordinate has seen, and is called the *effective learning rate*.
#
# **Your turn.** Write `effective_lr`. Its state is AdaGrad's or that of RMSProp, which you meet below; either is a tuple with one array of squares, `state[0]`. `hint("effective_lr")` is there.

# %% exercise: effective_lr

# %% [markdown]
# CS231n L7 shows the level lines of a ravine and asks: **what happens with AdaGrad?** Here is the question in a sharper form. Guess first.

# %% quiz: u05-steeper

# %%
RULE_OF = {"gd": optim.sgd, "adagrad": optim.adagrad, "rmsprop": optim.rmsprop}
RULE_OF["adadelta"] = optim.adadelta


@recorded
def turned(kappa: float, degrees: float) -> dict:
    """The ravine with this condition number, turned, and the lecture's start turned with it."""
    angle = np.deg2rad(degrees)
    hessian = landscape.rotate_quadratic(np.diag([2.0, 2.0 * kappa]), angle=angle)
    along = np.array([np.cos(angle), np.sin(angle)])
    return {"hessian": hessian, "start": 4.0 * along + 0.5 * np.array([-along[1], along[0]])}


def walk(rule: str, steps: int, kappa=50.0, degrees=0.0, scale=1.0, **hyper) -> Array:
    """The path of a rule in the ravine, whose height is multiplied by ``scale``."""
    bowl = turned(kappa, degrees)
    gradient = problems.quadratic_gradient(scale * bowl["hessian"])
    return train.descend(RULE_OF[rule], gradient, bowl["start"], steps=steps, **hyper)


@recorded
def path_of(*args, **kwargs) -> Array:
    """The path of ``walk``, with its arguments."""
    return walk(*args, **kwargs)


@recorded
def rates_of(steps: int, kappa: float, lr: float) -> Array:
    """AdaGrad's effective learning rates along its path; shape (steps, 2)."""
    gradients = walk("adagrad", steps, kappa, lr=lr)[:-1] @ turned(kappa, 0)["hessian"]
    sums = np.cumsum(gradients**2, axis=0)
    return np.array([optim.effective_lr(AdaGradState(s), lr=lr) for s in sums])


KAPPAS = (10, 50, 1000)
fig, axes = plt.subplots(1, 2, figsize=(9.5, 3.4), layout="constrained")
flat = {f"condition number {k}": path_of("adagrad", 95, k, lr=0.1)[:, 0] for k in KAPPAS}
plots.draw_curves(axes[0], flat, ylabel="$x_1$")
both = {"$x_1$": rates_of(95, 50, 0.1)[:, 0]}
both |= {f"$x_2$, {k} times as steep": rates_of(95, k, 0.1)[:, 1] for k in KAPPAS}
plots.draw_curves(axes[1], both, ylabel="effective learning rate", first=1, log=True)
axes[1].set_ylim(2e-5, 0.5)
plt.show()

# %% [markdown]
# *What to see:* on the left the three curves of $x_1$ lie on top of each other, whatever the condition number. On the right, the steeper the walls, the lower the rate of $x_2$; its three curves have the same shape, only shifted on this logarithmic scale.

# %%
for kappa in KAPPAS:
    path = path_of("adagrad", 95, kappa, lr=0.1)
    moves = np.abs(np.diff(path, axis=0))[[0, 1, 9]].round(4).tolist()
    print(f"condition number {kappa:4d}: steps 1, 2 and 10 have the lengths (x1, x2) {moves}")

# %% [markdown]
# The lengths agree, coordinate by coordinate, for every condition number. The algebra is short. If the walls become $c$ times as steep, every gradient of $x_2$ becomes $c$ times as large. So do the roots that divide it, and $c$ cancels. For AdaGrad a ravine along the axes *is* a round bowl. CS231n's answer, "progress along steep directions is damped; progress along flat directions is accelerated", is right, but too modest: all of the steepness is gone.
#
# (The figure uses 0.1, because 0.5 is lucky: the first step is 0.5 long in every coordinate, and the lecture's start has $x_2 = 0.5$. The point lands on the floor at once. The explorer's runs with 0.5 profit from that as long as the angle is 0.)

# %% [markdown]
# ## Six step sizes
#
# DD2424 L5 draws AdaGrad's paths in the ravine for six step sizes from 0.001 to 0.5. It does not say how many steps it took, nor which $\epsilon$. We take 95 steps, as on its slides about momentum, and 1e-8, which is too small to show here.

# %%
SIX = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5)


def show_six(paths: dict) -> None:
    """One small panel per step size, with the final loss above it."""
    axes = plt.subplots(2, 3, figsize=(9.5, 4.4), layout="constrained")[1]
    for ax, (lr, path) in zip(axes.flat, paths.items(), strict=True):
        plots.draw_contours(ax, LOSS, x_range=(-0.4, 4.4), y_range=(-0.6, 0.6))
        ax.plot(*path.T, marker="o", markersize=2.5, linewidth=0.9)
        ax.set_title(f"$\\eta$ = {lr}, final loss {LOSS(path[-1]):.3g}", fontsize=10)
    plt.show()


show_six({lr: path_of("adagrad", 95, lr=lr) for lr in SIX})
for lr in SIX:
    path = path_of("adagrad", 1000, lr=lr)
    print(
        f"step size {lr:5g}: loss {LOSS(path[95]):.3g} after 95 steps, {LOSS(path[-1]):.3g} after 1000"
    )

# %% [markdown]
# *What to see:* at the small step sizes the path is a short piece near $(4, 0.5)$; at 0.05 and 0.1 it bends into the floor and goes on along it; only at 0.5 does it arrive.
#
# No path zigzags. But the step size that the slide calls usual, 0.01, is hopeless: the loss is 20.1 after 95 steps and 11.8 after a thousand. Why? The first step has length $\eta$ in every coordinate. As long as the gradients do not grow, the sum after $k$ steps is at least $k$ times the newest square, so step number $k$ is at most $\eta/\sqrt{k}$ long, and $t$ steps reach no further than
#
# $$\eta\,\Big(1 + \frac{1}{\sqrt 2} + \dots + \frac{1}{\sqrt t}\Big) < 2\,\eta\,\sqrt{t} .$$
#
# With $\eta = 0.001$ and 95 steps that is 0.0195; the path went 0.018 along $x_1$. To travel a distance of 4 in 95 steps AdaGrad needs a step size above 0.2. So its step size is a *length*, in the units of $x$; gradient descent's is not. "Usual" can only mean: usual for parameters that have to travel about that far.

# %% [markdown]
# ## What happens over a long time?
#
# CS231n's second question: **what happens to the step size over long time?** The slide answers: *decays to zero*. DD2424 L5 argues, under "big weakness of AdaGrad": each squared gradient is positive, so the sum keeps growing, so the effective learning rate eventually goes to 0, so the updates stop.
#
# > **Find the mistake on this slide.** The sum keeps growing, that is right. Does it follow that the rate goes to 0? Think of a sum like $1 + \frac12 + \frac14 + \dots$

# %% quiz: u05-to-zero

# %% [markdown]
# Three sources of gradients: a gradient that is always 1; the ravine without noise; and the ravine with noise in the gradient, standard deviation 1, as mini-batches would bring it. Here is AdaGrad's effective learning rate for each.


# %%
SHOWN = np.unique(np.geomspace(1, 20_000, 200).astype(int))


@recorded
def long_run(source: str) -> Array:
    """AdaGrad's effective learning rate of x1 (step size 0.5) after the steps ``SHOWN``."""
    rng, rates = np.random.default_rng(0), []
    x, state = problems.START, AdaGradState.zeros_like(problems.START)
    for _ in range(SHOWN[-1]):
        noise = rng.normal(size=2) if source == "ravine with noise" else 0.0
        grad = np.ones(2) if source == "constant gradient" else GRADIENT(x) + noise
        x, state = optim.adagrad(x, grad, state, lr=0.5)
        rates.append(optim.effective_lr(state, lr=0.5)[0])
    return np.array(rates)[SHOWN - 1]


fig, ax = plt.subplots()
for index, source in enumerate(("constant gradient", "ravine", "ravine with noise")):
    rates, style = long_run(source), plots.style_of(index)
    ax.loglog(SHOWN, rates, color=style.color, linestyle=style.dash, label=source)
    print(f"{source}: {rates[-1]:.4f} after {SHOWN[-1]} steps")
ax.set(xlabel="step", ylabel="effective learning rate of $x_1$")
ax.legend()
plt.show()

# %% [markdown]
# *What to see:* under a constant gradient the curve is a straight line with slope $-\frac12$; in the ravine without noise it falls and then stays level; with noise it follows the second curve for about a hundred steps, then leaves it and ends on the line of the first.
#
# So the answer has a condition. While the gradients keep their size, as they do under noise, the sum grows without bound and the rate falls like $1/\sqrt{t}$. Where the gradients go to zero fast enough, the sum stays finite: in the clean ravine the effective learning rate of $x_1$ comes to rest at 0.0235, and from then on AdaGrad is gradient descent with a good step size per coordinate.
#
# And do the updates *stop*? Under a constant gradient the steps are $\eta/\sqrt{t}$, and their sum, about $2\,\eta\sqrt{t}$, has no limit: the point still gets anywhere. AdaGrad's real weakness is a memory that is too good. Suppose the very first gradient is 1000, because the start was bad, and all later ones are 1. How many steps does it take to forget this accident?


# %%
@recorded
def after_the_accident(rule: str, steps: int) -> Array:
    """Length of every step (step size 0.01): the first gradient is 1000, all others are 1."""
    x = np.zeros(1)
    state, path = optim.STATE_OF[rule].zeros_like(x), [0.0]
    for t in range(steps):
        grad = np.array([1000.0 if t == 0 else 1.0])
        x, state = RULE_OF[rule](x, grad, state, lr=0.01)
        path.append(float(x[0]))
    return np.abs(np.diff(path))


accident = {rule: after_the_accident(rule, 400) for rule in ("adagrad", "rmsprop")}
fig, ax = plt.subplots()
curves = {"AdaGrad": accident["adagrad"], "RMSProp": accident["rmsprop"]}
plots.draw_curves(ax, curves, ylabel="length of the step", first=1, log=True)
plt.show()
print(f"step 2: {accident['adagrad'][1]:.2g} and {accident['rmsprop'][1]:.2g}")
print(f"step 400: {accident['adagrad'][-1]:.2g} and {accident['rmsprop'][-1]:.2g}")

# %% [markdown]
# *What to see:* both curves fall by a factor of a thousand after the first step. AdaGrad's stays there; RMSProp's climbs back and has reached its full height, 0.01, before step 200.
#
# AdaGrad walks in steps of 0.00001 where it could walk in steps of 0.01. The old square, a million, weighs as much as a million new ones.

# %% [markdown]
# ## A memory that fades
#
# The second curve is RMSProp. CS231n L7 calls it "Leaky AdaGrad": the sum becomes an average that forgets.
#
# $$s \leftarrow \beta\, s + (1 - \beta)\, g^2, \qquad x \leftarrow x - \eta\, \frac{g}{\sqrt{s} + \epsilon} .$$
#
# Here $\beta$ is called `decay`: the weight of the *old* average, typically 0.9. If all gradients have the same size, the root of $s$ approaches that size, and every step is $\eta$ long. CSC421 L7-8 puts it like this: each coordinate of the gradient is rescaled to have norm 1 on average.
#
# **Your turn.** Write `rmsprop`. It differs from your `adagrad` in one line, and in the name of the state. `hint("rmsprop")` helps.

# %% exercise: rmsprop

# %% [markdown]
# > **Find the mistake on this slide.** DD2424 L5 prints $E[g^2] \leftarrow \gamma\,E[g^2] + (1 - \gamma)\,g^2$ with $\gamma = 0.9$. CSC421 L7-8 prints $s \leftarrow (1 - \gamma)\,s + \gamma\,g^2$, and no number. Suppose you implement the second slide and take the number from the first.

# %% quiz: u05-gamma

# %% [markdown]
# > **Find the mistake on this slide.** DD2424 L5 writes RMSProp's update as $x^{(t+1)} = x^{(t)} - \eta\, g_{t+1} / \sqrt{E[g_{t+1}^2] + \epsilon}$. A few slides before it has defined $g_t$ as the gradient at $x^{(t)}$.
#
# To compute $g_{t+1}$ you would have to be at $x^{(t+1)}$ already, the point that the formula is about to give you. What is meant is the gradient where you are, $g_t$, and an average that already contains it: the order in your code.
#
# One thing RMSProp cannot do: come to rest. Its steps keep the length $\eta$ in every coordinate, however small the gradient becomes. Predict what that does at the bottom of a bowl.

# %%
END = {lr: path_of("rmsprop", 2000, lr=lr) for lr in (0.1, 0.05, 0.01)}
for lr, path in END.items():
    print(f"step size {lr}: the last two points {path[-2].round(4)} {path[-1].round(4)}")
    print(
        f"    loss {LOSS(path[-1]):.5f}; 51 times the square of half a step is {51 * (lr / 2) ** 2:.5f}"
    )

# %% [markdown]
# It jumps from one side of the minimum to the other, half a step left, half a step right, in both coordinates, for ever. So you can compute the final loss without running anything: $(1 + 50)\,(\eta/2)^2$. A constant step size puts a floor under RMSProp, even without noise; the schedules of unit 07 remove it.

# %% [markdown]
# ## Where eps stands
#
# > **Find the mistake on this slide.** CS231n L7 divides by $\sqrt{s} + 10^{-7}$. DD2424 L5 divides by $\sqrt{G + \epsilon}$ with $\epsilon = 10^{-8}$, and so does CSC421 L7-8. On DD2424's slide about AdaGrad's weakness there is one more form, $\eta / (\sqrt{G + \epsilon})$. How many different rules are these?
#
# The last form is easy: its parentheses contain the whole root, so they change nothing. That leaves two rules, eps *outside* and eps *under* the root, and two numbers. Does it matter? For gradients of size 1 the two differ in the eighth digit. But take a tiny one.

# %% quiz: u05-eps


# %%
def first_step(size: Array, *, eps: float, inside: bool) -> Array:
    """RMSProp's first step in units of the step size, for gradients of this size."""
    mean = 0.1 * size**2
    return size / (np.sqrt(mean + eps) if inside else np.sqrt(mean) + eps)


size = np.geomspace(1e-13, 1, 200)
fig, ax = plt.subplots()
forms = {"CS231n: outside, 1e-7": (1e-7, False), "this course: outside, 1e-8": (1e-8, False)}
forms["DD2424: under the root, 1e-8"] = (1e-8, True)
for index, (label, (eps, inside)) in enumerate(forms.items()):
    style, steps = plots.style_of(index), first_step(size, eps=eps, inside=inside)
    ax.loglog(size, steps, color=style.color, linestyle=style.dash, label=label)
ax.set(xlabel="size of the gradient", ylabel="first step (in step sizes)", ylim=(1e-6, 10))
ax.legend()
plt.show()
for eps, inside in forms.values():
    one = first_step(np.array(1e-6), eps=eps, inside=inside)
    print(
        f"gradient 1e-6, eps {eps:g} {'under the root' if inside else 'outside'}: {one:.3f} step sizes"
    )

# %% [markdown]
# *What to see:* all three curves are level at about 3 for large gradients, and fall with slope 1 for small ones. The bend is near 1e-7 and 1e-8 for eps outside, but near 1e-4 for eps under the root.
#
# So under the root, an eps of $10^{-8}$ acts like one of $\sqrt{10^{-8}} = 10^{-4}$ outside. Far below the bend the method divides by a constant, and is plain gradient descent. Neither form is wrong, but a value of eps means something only together with its place. PyTorch has it outside; so have we.
#
# (Why 3 and not 1? In the first step the average contains only a tenth of the square, so the first step is $1/\sqrt{0.1} = 3.16$ times too long. Adam repairs this, in unit 06.)
#
# Are gradients ever that small? Look into a network.


# %%
@recorded
def gradient_sizes(epochs: int) -> dict:
    """Of the first layer's gradient for one batch: how many entries are 0, or tiny."""
    data, rng = datasets.load_digits(), np.random.default_rng(0)
    params = models.init_mlp((64, 64, 10), rng=rng)
    images = (data.x_train, data.y_train)
    params, _ = train.fit(params, images, rule=optim.sgd, epochs=epochs, lr=0.1, rng=rng)
    _, grads = models.mlp_loss(params, data.x_train[:32], data.y_train[:32])
    sizes = np.abs(grads["W1"])
    tiny = np.mean(sizes[sizes > 0] < 1e-4)
    blank = int(np.sum(data.x_train.max(axis=0) == 0))
    return {"zero": float(np.mean(sizes == 0)), "tiny": float(tiny), "blank": blank}


for epochs in (1, 10, 40):
    seen = gradient_sizes(epochs)
    print(
        f"after {epochs} epochs: {seen['zero']:.0%} of the entries are exactly 0, "
        f"{seen['tiny']:.0%} of the others are below 1e-4"
    )
print(seen["blank"], "of 64 pixels are blank in all training images")

# %% [markdown]
# More than a third of the entries are exactly 0: blank pixels, and hidden units that are switched off. Five pixels are blank in every image; without eps their weights become 0/0 in the very first step. And among the other entries, those for which the place of eps counts become more: 2 % after one epoch, 14 % after forty.

# %% [markdown]
# ## No step size at all
#
# Think in units. Let $x$ be measured in metres and $f$ in euros. A gradient is then in euros per metre. Gradient descent subtracts $\eta$ times a gradient from metres, so $\eta$ is in square metres per euro: it depends on the currency. AdaGrad and RMSProp divide a gradient by the size of gradients. The fraction is a pure number, and $\eta$ is in metres.
#
# AdaDelta (Zeiler 2012) gets rid of this last unit as well. Where do you find a number of metres in a training, without asking anybody? In the steps made so far.
#
# $$s \leftarrow \rho\, s + (1 - \rho)\, g^2, \qquad u = \frac{\sqrt{r + \epsilon}}{\sqrt{s + \epsilon}}\; g, \qquad r \leftarrow \rho\, r + (1 - \rho)\, u^2, \qquad x \leftarrow x - u .$$
#
# $s$ is RMSProp's average of squared gradients, $r$ the same kind of average of squared *updates*. When $u$ is computed, $s$ already knows the newest gradient, but $r$ cannot know the newest update. Here eps stands under both roots, as in the paper and in DD2424 L5.

# %% quiz: u05-currency

# %% [markdown]
# **Your turn.** Write `adadelta`. It has no `lr`. Its state has two arrays, the averages of squared gradients and of squared updates, in this order. `hint("adadelta")` is there.

# %% exercise: adadelta

# %%
HYPERS = {"gd": {"lr": 0.001}, "adagrad": {"lr": 0.1}, "rmsprop": {"lr": 0.01}, "adadelta": {}}
print(
    "distance to the minimum after 200 steps\nloss times        1         100        0.01    0.000001"
)
for rule, hyper in HYPERS.items():
    ends = [path_of(rule, 200, scale=c, **hyper)[-1] for c in (1.0, 100.0, 0.01, 1e-6)]
    print(f"{rule:9s}", "  ".join(f"{np.hypot(*end):10.4g}" for end in ends))

# %% [markdown]
# Gradient descent flies away when the loss is multiplied by 100, and hardly moves when it is divided. AdaGrad's four digits do not change at all. RMSProp and AdaDelta notice nothing either, until the last column, where the gradients are of size 1e-5. RMSProp's eps is outside and shows in the fourth digit; AdaDelta's stands under the root, and it hardly leaves the start.
#
# So is AdaDelta the rule without a step size? Look at its very first step. $r$ is 0, and $s$ is $0.05\,g^2$, so $u = \sqrt{\epsilon / 0.05}$, whatever the gradient is: with $\epsilon = 10^{-6}$ it is 0.0045 metres. Where do these metres come from? Vary eps.

# %%
EPS = (1e-10, 1e-8, 1e-6, 1e-4, 1e-2)
fig, ax = plt.subplots()
curves = {}
for eps in EPS:
    path = path_of("adadelta", 1000, eps=eps)
    curves[f"eps = {eps:g}"] = np.array([LOSS(x) for x in path])
    print(
        f"eps {eps:6g}: first step {path[0, 0] - path[1, 0]:.2g}, loss {LOSS(path[95]):.3g} after 95 steps"
    )
plots.draw_curves(ax, curves, log=True)
ax.legend(loc="lower right")
plt.show()

# %% [markdown]
# *What to see:* the larger eps is, the faster the loss falls at first; but with 0.0001 it turns around after 228 steps and rises again, and with 0.01 it turns after 49 steps and ends above its start.
#
# There is the step size. It is called eps, in the upper root it is measured in square metres, and nobody tunes it. After 95 steps the loss is 28.2 with $10^{-10}$ and 1.22 with $10^{-4}$; it started at 28.5. DD2424 says that AdaDelta has "an acceleration term (like momentum)": steps that are made make the next ones longer. But it has no velocity, and it remembers no direction.
#
# And why does the loss rise again? At the bottom the point swings across the ravine, $x_2 = +a, -a, +a$. Each update is as long as the recent ones, plus a little for the eps in the upper root, and so the swing grows: $a \approx \frac12 \sqrt{\epsilon\, t}$. Check it.


# %%
@recorded
def swing(eps: float, steps: int) -> float:
    """How far from the floor of the ravine AdaDelta is after ``steps`` updates."""
    return float(abs(walk("adadelta", steps, eps=eps)[-1, 1]))


for eps, steps in ((1e-2, 2000), (1e-4, 5000), (1e-6, 20000)):
    formula = (eps * steps) ** 0.5 / 2
    print(f"eps {eps:g}: {swing(eps, steps):.4f} after {steps} steps, formula {formula:.4f}")

# %% [markdown]
# With the usual $10^{-6}$ this growth is slow, and the noise of a real training hides it.

# %% [markdown]
# ## The axes matter
#
# CSC421 L7-8 has a sentence that is easily overlooked: *if the eigenvectors of the Hessian are axis-aligned (dubious assumption), then RMSprop can correct for the curvature.* Everything good in this unit rests on that parenthesis. To test it, you need a ravine that does not lie along the axes.
#
# The bowl is $\frac12\, x^\top H\, x$. Let $R$ be the matrix that turns a point counter-clockwise by an angle. At $y$ the turned bowl is as high as the old one is at the point that is turned *to* $y$, and that point is $R^\top y$. Put it in, and read off the new matrix between $y^\top$ and $y$.
#
# **Your turn.** Write `rotate_quadratic`. `hint("rotate_quadratic")` is there.

# %% exercise: rotate_quadratic

# %% [markdown]
# Before the experiment, a prediction. The ravine is turned by 45 degrees, and the start with it. Nothing else changes.

# %% quiz: u05-axes


# %%
@recorded
def steps_needed(rule: str, kappa: float, degrees: float, lr: float | None = None) -> int:
    """Steps until the point stays within a tenth of its distance to the minimum."""
    if lr is None:
        lr = landscape.optimal_lr(turned(kappa, degrees)["hessian"])
    steps = 300 + 2 * int(kappa)
    distance = np.linalg.norm(walk(rule, steps, kappa, degrees, lr=lr), axis=1)
    return int(np.flatnonzero(distance >= 0.1 * distance[0])[-1]) + 1


RACE = (("gd", None), ("adagrad", 0.5), ("adagrad", 2.0), ("rmsprop", 0.05))
print("condition number           ", *(f"{k:11d}" for k in (1, 10, 50, 100, 1000)))
for rule, lr in RACE:
    for degrees in (0, 45):
        row = [steps_needed(rule, k, degrees, lr) for k in (1, 10, 50, 100, 1000)]
        name = f"{rule} {'best' if lr is None else lr:4}, {degrees:2d} degrees"
        print(f"{name:28s}", *(f"{steps:11d}" for steps in row))

# %% [markdown]
# Read the table by rows.
#
# - **Gradient descent** needs steps in proportion to the condition number, and exactly the same number at 0 and at 45 degrees. Turn the paper, and its path turns with it: the gradient turns, and a multiple of it is subtracted. Momentum and Nesterov only add such vectors up, so the same holds for them.
# - **AdaGrad and RMSProp at 0 degrees** do not notice the condition number.
# - **At 45 degrees** they suffer from it as much as gradient descent does. AdaGrad is even slower: 1784 steps against 1152. RMSProp hides it longer, because at small condition numbers the distance decides; at 1000 it needs 1185 steps instead of 79.
#
# The reason is in the right panel of the explorer. At 45 degrees every coordinate contains half of the steep direction, so both see the same large gradients and get the same small rate. Two equal rates rescale nothing: what remains is gradient descent with a single step size. Methods that can turn the axes themselves are the subject of unit 08.


# %%
@recorded
def steps_by_angle(rule: str, lr: float, degrees: tuple) -> list:
    """Steps that the rule needs at condition number 50, for each angle."""
    return [steps_needed(rule, 50, angle, lr) for angle in degrees]


ANGLES = (0, 1, 2, 5, 10, 15, 20, 30, 40, 45, 50, 60, 70, 80, 85, 88, 90)
fig, ax = plt.subplots()
lines = (("gd", 0.019), ("adagrad", 0.5), ("adagrad", 2.0), ("rmsprop", 0.05))
for index, (rule, lr) in enumerate(lines):
    style = plots.style_of(index)
    needed = steps_by_angle(rule, lr, ANGLES)
    ax.plot(
        ANGLES, needed, style.dash, color=style.color, marker=style.marker, label=f"{rule} {lr}"
    )
    print(f"{rule} {lr}: {needed}")
ax.set(xlabel="angle of the ravine (degrees)", ylabel="steps needed", ylim=(0, None))
ax.legend()
plt.show()

# %% [markdown]
# *What to see:* gradient descent is a level line. Both AdaGrad curves are low at 0 and 90 degrees, with a hill between; the one with step size 2 stays at 4 steps up to 5 degrees, needs 31 at 10 degrees and 100 at 45. RMSProp's curve is nearly flat.
#
# A small turn need not hurt: for AdaGrad with 0.5 the best angle is not 0. And the hill is not symmetric, because at this start one coordinate begins with larger gradients.

# %% [markdown]
# ## Rare features
#
# Is the whole method built on a dubious assumption, then? In one situation the axes mean something: when a coordinate belongs to a *feature*. Think of texts, with a weight for each word. The word "the" is in every text, and its weight gets a gradient in every step. A rare word is in one text of a thousand; its weight gets one gradient in a thousand steps, and that one should count. DD2424 L5 concludes: "data sparse" makes it likely that an adaptive method does best.
#
# Test it. Our texts are artificial: 500 words, word number $k$ is in a text with probability $0.9/k$, and every word pulls the label up or down with the same strength. Logistic regression, one pass over 3000 texts, one text at a time, ten seeds. Every rule may try four step sizes, and its best one counts.
#
# And there is a **control**: the same experiment with all 500 words equally frequent, and as many words per text. If rare words *among frequent ones* are the reason, the advantage has to vanish there.


# %%
@cache
def texts(even: bool, seeds: int = 10) -> tuple:
    """Which words are in which text (seeds, 5000, 500), and the labels (seeds, 5000)."""
    share = 0.9 / np.arange(1, 501)
    share = np.full(500, share.mean()) if even else share
    x, labels = np.zeros((seeds, 5000, 500), bool), np.zeros((seeds, 5000))
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        truth = 2 * rng.choice([-1.0, 1.0], size=500)
        x[seed] = rng.random((5000, 500)) < share
        chance = 1 / (1 + np.exp(-(x[seed] @ truth)))
        labels[seed] = rng.random(5000) < chance
    return x, labels


@recorded
def word_weights(rule: str, rates: tuple, even: bool, **hyper) -> dict:
    """Test losses (rates, seeds) and mean sizes of the weights of frequent and of rare words."""
    x, labels = texts(even)
    weights, lr = np.zeros((len(rates), len(x), 500)), np.array(rates)[:, None, None]
    state = optim.STATE_OF[rule].zeros_like(weights)
    for t in range(3000):
        words = x[:, t].astype(float)
        chance = 1 / (1 + np.exp(-np.einsum("rsw,sw->rs", weights, words)))
        grad = (chance - labels[:, t])[..., None] * words
        weights, state = getattr(optim, rule)(weights, grad, state, lr=lr, **hyper)
    losses = np.zeros((len(rates), len(x)))
    for seed in range(len(x)):
        scores = weights[:, seed] @ x[seed, 3000:].T.astype(float)
        losses[:, seed] = np.mean(np.logaddexp(0, scores) - labels[seed, 3000:] * scores, axis=1)
    sizes = np.abs(weights).mean(axis=1)
    return {
        "loss": losses,
        "first": sizes[:, :10].mean(axis=1),
        "last": sizes[:, 100:].mean(axis=1),
    }


TRIED = (("sgd", (0.1, 0.2, 0.5, 1.0), {}), ("adagrad", (0.2, 0.5, 1.0, 2.0), {}))
TRIED += tuple(("rmsprop", (0.003, 0.01, 0.03, 0.1), {"decay": decay}) for decay in (0.9, 0.999))
for even in (False, True):
    print("ALL WORDS EQUALLY FREQUENT" if even else "FREQUENT AND RARE WORDS")
    print(f"{'':28s}test loss        minus that of SGD   mean weight, words 1-10, 101-500")
    base = np.zeros(10)
    for rule, rates, hyper in TRIED:
        run = word_weights(rule, rates, even, **hyper)
        best = int(np.argmin(run["loss"].mean(axis=1)))
        loss = run["loss"][best]
        base = loss if rule == "sgd" else base
        name = f"{rule} {rates[best]:g}" + "".join(f", decay {d}" for d in hyper.values())
        gap = f"{(loss - base).mean():+.3f} ± {(loss - base).std(ddof=1):.3f}"
        print(
            f"{name:28s}{loss.mean():.3f} ± {loss.std(ddof=1):.3f}    "
            f"{'' if rule == 'sgd' else gap:20s}{run['first'][best]:.2f}, {run['last'][best]:.2f}"
        )

# %% [markdown]
# *What the table says* (means ± standard deviation over ten seeds; the differences are taken seed by seed, so their spread is small):
#
# - **AdaGrad beats SGD where words are frequent and rare:** its test loss is lower by 0.037 ± 0.018, and it is lower in all ten seeds. In the control the difference is 0.004 ± 0.004, a tenth of that. So it is the mixture that does it.
# - **The weights tell how.** The true size of every weight is 2. SGD brings those of the ten most frequent words to 1.11 and those of the 400 rarest to 0.29; a larger step size would make the frequent ones noisy. AdaGrad leaves the frequent ones about there, at 1.15, and brings the rare ones to 0.75.
# - **RMSProp is worse than SGD**, by 0.082 ± 0.049. It is adaptive too, so why? Its memory reaches back about ten steps; when a rare word returns, it is empty. The new gradient, large or small, is then divided by a third of itself, and the weight jumps by three step sizes. A decay of 0.999, a memory of a thousand steps, tests this explanation: the loss is now lower than SGD's by 0.030 ± 0.014, again in all ten seeds.
#
# So DD2424's advice is right, if the memory is long enough for the rare features. (All rules chose their step size on the test texts. That is fair between them, but every loss is a little too good.)

# %% [markdown]
# ## Handwritten digits
#
# What is left of this in a network? The task of unit 04: 1000 digits, 64 hidden units, batches of 32, ten epochs, ten seeds. AdaGrad and RMSProp run with the step sizes that the slides call usual, 0.01 and 0.001, and with a larger one each; AdaDelta with its usual eps and a larger one. After "Six step sizes": which of the usual two do you expect to be too small?


# %%
@recorded
def on_digits(rule: str, seeds: int = 10, **hyper) -> dict:
    """Training losses (seeds, epochs) and test accuracies (seeds,) of one rule."""
    data, losses, accuracies = datasets.load_digits(), [], []
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        params, history = train.fit(
            models.init_mlp((64, 64, 10), rng=rng),
            (data.x_train, data.y_train),
            rule=getattr(optim, rule),
            epochs=10,
            rng=rng,
            **hyper,
        )
        losses.append(history.train_loss)
        accuracies.append(models.accuracy(params, data.x_test, data.y_test))
    return {"loss": np.array(losses), "accuracy": np.array(accuracies)}


RUNS = [("sgd", {"lr": 0.1}), ("momentum", {"lr": 0.1}), ("adagrad", {"lr": 0.01})]
RUNS += [("adagrad", {"lr": 0.05}), ("rmsprop", {"lr": 0.001}), ("rmsprop", {"lr": 0.003})]
RUNS += [("adadelta", {}), ("adadelta", {"eps": 1e-4})]
print(f"{'mean ± sd, 10 seeds':22s}loss, epoch 1   loss, epoch 10  test accuracy")
digits = {}
for rule, hyper in RUNS:
    name = " ".join([rule, *(f"eps {n:g}" if k == "eps" else f"{n:g}" for k, n in hyper.items())])
    run = digits[name] = on_digits(rule, **hyper)
    columns = (run["loss"][:, 0], run["loss"][:, -1], run["accuracy"])
    parts = [f"{c.mean():.3f} ± {c.std(ddof=1):.3f}" for c in columns]
    print(f"{name:22s}{'   '.join(parts)}")

# %%
fig, ax = plt.subplots()
shown = ("sgd 0.1", "momentum 0.1", "adagrad 0.05", "rmsprop 0.003", "adadelta")
curves = {name: digits[name]["loss"] for name in shown}
plots.draw_curves(ax, curves, xlabel="epoch", ylabel="training loss (nats)", first=1, log=True)
plt.show()

# %% [markdown]
# *What to see:* SGD's curve is the highest throughout, RMSProp's and AdaDelta's run together below it, then comes AdaGrad's, and momentum's is the lowest; the bands reach from the lowest to the highest of ten seeds.
#
# - **The usual step sizes are too small here, both of them.** AdaGrad with 0.01 ends at 0.284 ± 0.019 and RMSProp with 0.001 at 0.275 ± 0.015, above plain SGD's 0.205 ± 0.012. With 0.05 and 0.003 they end at 0.077 and 0.096. "Adaptive" does not mean that there is nothing to choose.
# - **AdaDelta needs no choice and is good:** 0.109 ± 0.009, test accuracy 0.940 ± 0.007. The larger eps is faster, but no longer reliable: 0.081 ± 0.104, where the spread is larger than the mean.
# - **No adaptive rule beats momentum.** Test accuracy is 0.951 ± 0.010 for momentum, 0.948 ± 0.010 for AdaGrad with 0.05, 0.941 ± 0.009 for RMSProp with 0.003. The first two cannot be told apart. All are better than SGD's 0.926 ± 0.006, which more epochs would improve.
#
# Is there nothing in the digits that is rare? There is: the pixels at the border.


# %%
@recorded
def rates_per_pixel() -> Array:
    """AdaGrad's effective learning rates after an epoch, the median of the hidden units; (64,)."""
    data, rng = datasets.load_digits(), np.random.default_rng(0)
    params = models.init_mlp((64, 64, 10), rng=rng)
    states = train.init_states(AdaGradState, params)
    for x, labels in train.minibatches(data.x_train, data.y_train, batch_size=32, rng=rng):
        _, grads = models.mlp_loss(params, x, labels)
        params, states = train.step_all(optim.adagrad, params, grads, states, lr=0.05)
    return np.median(optim.effective_lr(states["W1"], lr=0.05), axis=1)


rates = rates_per_pixel()
ink = datasets.load_digits().x_train.mean(axis=0)
fig, axes = plt.subplots(1, 2, figsize=(8, 3.4), layout="constrained")
never = np.where(ink == 0, np.nan, np.log10(rates))
for ax, values, title in ((axes[0], ink, "mean ink"), (axes[1], never, "log10 of the rate")):
    picture = ax.imshow(values.reshape(8, 8), cmap="cividis")
    ax.set(title=title, xlabel="pixel column", ylabel="pixel row")
    ax.grid(visible=False)
    fig.colorbar(picture, ax=ax)
plt.show()

# %% [markdown]
# *What to see:* on the left, the ink is in the middle columns. On the right, the rates are the other way round: below 1 in the middle, and about ten times to many thousand times as large at the border. White pixels are blank in every image.
#
# AdaGrad has found the rare features by itself. Here they are not worth much: a pixel with ink in one image of a thousand says little about the digit. Rare features help where they are *informative*, as the words were.

# %% [markdown]
# ## What you now know
#
# - AdaGrad divides each coordinate by the root of the sum of its squared gradients, RMSProp by the root of a fading mean. The effective learning rate is the step size over that root.
# - Their step size is a length in the units of $x$, whatever the size of the gradient.
# - Along the axes they do not notice the condition number. Turned by 45 degrees they suffer from all of it; gradient descent does not notice the turn.
# - AdaGrad's rate falls like $1/\sqrt t$ while the gradients keep their size, and settles where they go to zero. What hurts is that old large gradients are never forgotten.
# - RMSProp forgets, and with a constant step size it never comes to rest: it swings by half a step.
# - Eps outside the root acts at gradients of size eps, under the root at $\sqrt\epsilon$. AdaDelta's eps is a step size in disguise.
# - Rare, informative features are where AdaGrad wins; the control shows that they are the reason.
#
# ## Traps
# - **Testing with gradients of ordinary size.** Only tiny ones show where eps stands.
# - **Taking gamma = 0.9 from one lecture and the formula from another.** Ask for the weight of the *old* average.
# - **One sum for the whole array.** The code runs, the network even learns, and it is no longer a rule per parameter.
# - **Tuning on a ravine along the axes.** Every diagonal method looks brilliant there.
# - **"Adaptive", hence no tuning.** On the digits the usual step sizes lost to plain SGD.
#
# ## Read on
#
# - John Duchi, Elad Hazan and Yoram Singer, *Adaptive Subgradient Methods for Online Learning and Stochastic Optimization*, JMLR 2011: why sparse features profit from AdaGrad.
# - Tijmen Tieleman and Geoffrey Hinton, *Lecture 6.5, rmsprop*, Coursera 2012: the rule has no paper, only slides.
# - Matthew Zeiler, *ADADELTA: An Adaptive Learning Rate Method*, arXiv 1212.5701: section 3.2 argues with units.
# - Goodfellow, Bengio and Courville, *Deep Learning*, section 8.5; section 2.7 on eigenvectors as axes.
# - Wilson and others, *The Marginal Value of Adaptive Gradient Methods in Machine Learning*, arXiv 1705.08292: the case against them.
# - The lectures: CS231n L3 and L7 (AdaGrad, RMSProp), DD2424 L5 (AdaGrad, AdaDelta, RMSProp), CSC421 L7-8 (RMSprop and its dubious assumption).
