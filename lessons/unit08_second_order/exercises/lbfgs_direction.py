"""The exercise ``lbfgs_direction``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import second_order

from .shared import away, observed


def lbfgs_cases(rng: np.random.Generator) -> Sequence[Case]:
    def history(name: str, about: str, count: int, d: int, scale: float = 1.0) -> Case:
        pairs = [observed(rng, d, scale) for _ in range(count)]
        steps, changes = [s for s, _ in pairs], [y for _, y in pairs]
        return Case(name, (scale * away(rng, d), steps, changes), {}, about)

    return [
        history(
            "no history yet",
            "Before the first step nothing is known, and the direction is minus the gradient.",
            0,
            3,
        ),
        history(
            "one pair",
            "With one pair both loops run once. A test of your own: with the newest gradient "
            "change as `grad`, minus the newest step must come out.",
            1,
            2,
        ),
        history(
            "two pairs",
            "One pair is right; with two the order counts, and what is handed on from pair to pair "
            "in each loop.",
            2,
            3,
        ),
        history(
            "more pairs than parameters",
            "The same loops, twelve pairs for four parameters; all of them count.",
            12,
            4,
        ),
        history("three pairs of four parameters", "Three pairs, four parameters.", 3, 4),
        history(
            "tiny steps and gradients",
            "Everything is a ratio: the same loops with numbers around 1e-10.",
            2,
            2,
            1e-10,
        ),
    ]


def lbfgs_matrix(grad, steps, grad_changes):
    """The whole BFGS matrix, update by update."""
    d = len(grad)
    inverse = np.eye(d)
    if len(steps):
        inverse *= (steps[-1] @ grad_changes[-1]) / (grad_changes[-1] @ grad_changes[-1])
    for s, y in zip(steps, grad_changes, strict=True):
        left = np.eye(d) - np.outer(s, y) / (s @ y)
        inverse = left @ inverse @ left.T + np.outer(s, s) / (s @ y)
    return -inverse @ grad


def lbfgs_recursive(grad, steps, grad_changes):
    """The newest pair is peeled off from both sides of what the older ones make."""

    def apply(vector, k, gamma):
        if k < 0:
            return [gamma * v for v in vector]
        s, y = np.asarray(steps[k]), np.asarray(grad_changes[k])
        rho = 1 / np.dot(s, y)
        inner = np.array(apply(vector - rho * np.dot(s, vector) * y, k - 1, gamma))
        return inner - rho * np.dot(y, inner) * s + rho * np.dot(s, vector) * s

    gamma = 1.0
    if steps:
        gamma = np.dot(steps[-1], grad_changes[-1]) / np.dot(grad_changes[-1], grad_changes[-1])
    return apply(-grad, len(steps) - 1, gamma)


def lbfgs_indexed(grad, steps, grad_changes):
    """The textbook's two loops with indices, from minus the gradient."""
    m = len(steps)
    q = -1.0 * grad
    alpha = np.zeros(m)
    for i in range(m - 1, -1, -1):
        alpha[i] = np.dot(steps[i], q) / np.dot(grad_changes[i], steps[i])
        q -= alpha[i] * grad_changes[i]
    if m > 0:
        q *= np.dot(steps[m - 1], grad_changes[m - 1]) / np.sum(grad_changes[m - 1] ** 2)
    for i in range(m):
        beta = np.dot(grad_changes[i], q) / np.dot(grad_changes[i], steps[i])
        q += (alpha[i] - beta) * steps[i]
    return q


LBFGS = Exercise(
    reference=second_order.lbfgs_direction,
    cases=lbfgs_cases,
    returns=("direction",),
    read="A memory of a few steps",
    praise="The same direction as the BFGS matrix gives, from a handful of vectors and a few "
    "inner products.",
    hints=(
        "BFGS multiplies the gradient by factors (I - rho y s') from the newest pair to the "
        "oldest, then by a number, then by factors (I - rho s y') from the oldest to the newest. "
        "None of these products needs a matrix.",
        "First loop, newest first: share = s @ q / (s @ y), then take share * y out of q, and "
        "keep the share. Then scale q. Second loop, oldest first: what does the pair's own y say "
        "about q, compared with the share that you kept?",
        "The scale is s @ y / (y @ y) of the newest pair. In the second loop q gains (share - "
        "y @ q / (s @ y)) * s. At the end the sign is turned.",
    ),
    mistakes=(
        Mistake(
            "uphill",
            "return -direction",
            "return direction",
            "What you return points uphill: it is the estimate times the gradient. A descent "
            "direction is minus that.",
        ),
        Mistake(
            "no scaling between the loops",
            "    if pairs:",
            "    if False:",
            "Between the loops the first estimate comes in: a multiple of the identity, with the "
            "scale of the newest pair. Yours is the identity itself.",
        ),
        Mistake(
            "scaling upside down",
            "(step @ change) / (change @ change)",
            "(change @ change) / (step @ change)",
            "The scale between the loops is upside down: yours is a curvature. The estimate is of "
            "the *inverse* Hessian.",
        ),
        Mistake(
            "scaling from the oldest pair",
            "pairs[-1]",
            "pairs[0]",
            "The scale comes from the oldest pair. The newest one knows the curvature where you "
            "are.",
        ),
        Mistake(
            "longer scaling",
            "(step @ change) / (change @ change)",
            "(step @ step) / (step @ change)",
            "your scale between the loops is s @ s over s @ y, the longer one of the two step "
            "sizes of Barzilai and Borwein. Here the shorter one is used, with the gradient "
            "change twice below the line.",
            convention=True,
        ),
        Mistake(
            "scaling outside the loops",
            "return -direction",
            "return -gamma * direction",
            "The scale is applied before the first loop or after the second one (which is the "
            "same), so it also scales what the pairs have told. It belongs between the loops.",
            more=(
                ("    if pairs:", "    gamma = 1.0\n    if pairs:"),
                (
                    "direction = direction * (step @ change) / (change @ change)",
                    "gamma = (step @ change) / (change @ change)",
                ),
            ),
        ),
        Mistake(
            "first loop from the oldest pair",
            "in reversed(pairs):",
            "in pairs:",
            "The first loop begins with the oldest pair. The factors next to the gradient are "
            "those of the *newest* pair: it was multiplied on last.",
            more=(("reversed(shares)", "shares"),),
        ),
        Mistake(
            "both loops from the oldest, shares turned",
            "in reversed(pairs):",
            "in pairs:",
            "The first loop begins with the oldest pair, and the shares then go to the wrong "
            "pairs in the second one. One loop goes backwards, the other forwards.",
        ),
        Mistake(
            "second loop from the newest pair",
            "zip(pairs, reversed(shares), strict=True)",
            "zip(reversed(pairs), shares, strict=True)",
            "The second loop begins with the newest pair again. It has to go the other way, and "
            "end with the newest: only then the newest step is explained exactly.",
        ),
        Mistake(
            "loops the wrong way round",
            "in reversed(pairs):",
            "in pairs:",
            "Both loops go the wrong way: the first has to go from the newest pair to the oldest, "
            "the second from the oldest to the newest.",
            more=(("zip(pairs, reversed(shares)", "zip(reversed(pairs), reversed(shares)"),),
        ),
        Mistake(
            "shares not turned round",
            "reversed(shares)",
            "shares",
            "The shares were collected from the newest pair on, and are used from the oldest on: "
            "each pair gets the share of another one.",
        ),
        Mistake(
            "shares not used",
            "(share - correction)",
            "(-correction)",
            "The shares of the first loop are never used again. They are what the pair's step "
            "has to contribute in the second loop.",
        ),
        Mistake(
            "shares computed again",
            "(share - correction)",
            "(step @ direction / (step @ change) - correction)",
            "You compute the share once more in the second loop, from what the vector has become. "
            "Use the one that the first loop found.",
        ),
        Mistake(
            "correction added",
            "(share - correction)",
            "(share + correction)",
            "Share and correction are added. The correction is what the older pairs already "
            "contribute in this direction: it has to be taken off.",
        ),
        Mistake(
            "correction and share exchanged",
            "(share - correction)",
            "(correction - share)",
            "The difference in the second loop is the wrong way round.",
        ),
        Mistake(
            "no correction",
            "(share - correction)",
            "share",
            "In the second loop the shares are added as they are. What the older pairs say about "
            "this direction has to be taken off first.",
        ),
        Mistake(
            "steps and gradient changes exchanged",
            "zip(steps, grad_changes, strict=True)",
            "zip(grad_changes, steps, strict=True)",
            "Steps and gradient changes have changed places everywhere: that is an estimate of "
            "the Hessian, not of its inverse.",
        ),
        Mistake(
            "step taken out in the first loop",
            "direction = direction - share * change",
            "direction = direction - share * step",
            "The first loop takes the wrong vector out: the share of the *gradient change* has to "
            "go, so that what is left has no part along the step.",
        ),
        Mistake(
            "gradient change added in the second loop",
            "(share - correction) * step",
            "(share - correction) * change",
            "The second loop adds the wrong vector. Directions are made of *steps*; gradient "
            "changes only measure.",
        ),
        Mistake(
            "put in instead of taken out",
            "direction - share * change",
            "direction + share * change",
            "The first loop adds the shares of the gradient changes. They have to be taken out: "
            "afterwards the vector should have no part left along the step.",
        ),
        Mistake(
            "every pair takes out of the gradient",
            "direction = direction - share * change",
            "direction = grad - share * change",
            "In the first loop every pair starts from the gradient again, and what the newer pairs "
            "have taken out is lost.",
        ),
        Mistake(
            "share upside down",
            "share = step @ direction / (step @ change)",
            "share = (step @ change) / (step @ direction)",
            "The share in the first loop is upside down.",
        ),
        Mistake(
            "every pair adds to the gradient",
            "direction = direction + (share - correction) * step",
            "direction = grad + (share - correction) * step",
            "In the second loop every pair starts from the gradient again: what the loops have "
            "made of it so far is lost.",
        ),
        Mistake(
            "share from the gradient change",
            "share = step @ direction",
            "share = change @ direction",
            "In the first loop the share is measured with the wrong vector: which of the two makes "
            "the rest have no part along the step?",
        ),
        Mistake(
            "correction from the step",
            "correction = change @ direction",
            "correction = step @ direction",
            "In the second loop the correction is measured with the wrong vector: the estimate "
            "has to map the *gradient change* to the step.",
        ),
        Mistake(
            "share from the gradient itself",
            "share = step @ direction",
            "share = step @ grad",
            "Every share is measured on the gradient itself. The newer pairs have already taken "
            "their parts out: measure on what is left.",
        ),
        Mistake(
            "correction from the gradient itself",
            "correction = change @ direction",
            "correction = change @ grad",
            "In the second loop the correction is measured on the gradient itself, not on the "
            "vector as it has become.",
        ),
        Mistake(
            "correction from before the second loop",
            "correction = change @ direction",
            "correction = change @ scaled",
            "In the second loop every correction is measured on the vector from before the loop. "
            "The older pairs have changed it since: measure on what it has become.",
            more=(
                (
                    "    for (step, change), share",
                    "    scaled = direction\n    for (step, change), share",
                ),
            ),
        ),
        Mistake(
            "not divided by s @ y",
            "share = step @ direction / (step @ change)",
            "share = step @ direction",
            "Shares and corrections are not divided by step @ grad_change: they need the scale "
            "that rho gives in BFGS.",
            more=(
                (
                    "correction = change @ direction / (step @ change)",
                    "correction = change @ direction",
                ),
            ),
        ),
        Mistake(
            "only the newest pair",
            "    shares = []",
            "    pairs, shares = pairs[-1:], []",
            "Only the newest pair is used. The memory is there to combine several.",
        ),
        Mistake(
            "only the last few pairs",
            "    shares = []",
            "    pairs, shares = pairs[-10:], []",
            "Old pairs are left out. How long the memory is, the caller decides: all pairs in the "
            "lists count.",
        ),
        Mistake(
            "only the scaling",
            "    shares = []",
            "    if pairs:\n        step, change = pairs[-1]\n        "
            "return -(step @ change) / (change @ change) * grad\n    shares = []",
            "That is the gradient with the newest pair's scale, the direction along which no pair "
            "has corrected anything.",
        ),
        Mistake(
            "plain gradient",
            "return -direction",
            "return -grad",
            "That is minus the gradient: nothing of the history is used.",
        ),
        Mistake(
            "empty history forgotten",
            "    if pairs:",
            "    if True:",
            "Before the first step there is no newest pair, and asking for it stops with an "
            "IndexError. What is the direction then?",
        ),
        Mistake(
            "second loop missing",
            "(share - correction) * step",
            "0.0 * step",
            "There is no second loop, or it changes nothing: what the first loop took out is never "
            "replaced. The second loop puts in the steps that each pair has shown.",
        ),
        Mistake(
            "fixed bound",
            "    shares = []",
            "    pairs, shares = [pair for pair in pairs if pair[0] @ pair[1] > 1e-8], []",
            "Pairs of small steps are left out because their product is below a fixed bound. Near "
            "the minimum all steps are small, and just as informative.",
        ),
        Mistake(
            "uphill without a history",
            "    shares = []",
            "    shares = []\n    if not pairs:\n        return grad",
            "Only the first step goes wrong: without a history you return the gradient itself, "
            "which points uphill.",
        ),
        Mistake(
            "zeros for an empty history",
            "    shares = []",
            "    shares = []\n    if not pairs:\n        return 0.0 * grad",
            "Without a history you return zeros: then the first step never happens. What is a "
            "good direction when only the gradient is known?",
        ),
        Mistake(
            "newest pair first",
            "zip(steps, grad_changes, strict=True)",
            "zip(steps[::-1], grad_changes[::-1], strict=True)",
            "You take the first pair of the lists for the newest one. They come with the oldest "
            "first.",
        ),
        Mistake(
            "scale averaged over the pairs",
            "direction * (step @ change) / (change @ change)",
            "direction * np.mean([(s @ y) / (y @ y) for s, y in pairs])",
            "The scale is an average over all pairs. Only the newest one knows the curvature where "
            "you are.",
        ),
        Mistake(
            "scale between the two",
            "(step @ change) / (change @ change)",
            "np.sqrt((step @ step) / (change @ change))",
            "your scale is the length of the newest step over that of its gradient change. That "
            "lies between the two step sizes of Barzilai and Borwein. Here the shorter of the two "
            "is used, s @ y over y @ y.",
            convention=True,
        ),
        Mistake(
            "normalised",
            "return -direction",
            "return -direction / np.linalg.norm(direction)",
            "The length is always 1. L-BFGS has a length of its own: usually a full step of it is "
            "the right one.",
        ),
        Mistake(
            "divided by the gradient change's own product",
            "share = step @ direction / (step @ change)",
            "share = step @ direction / (change @ change)",
            "Shares and corrections are divided by the product of the gradient change with itself. "
            "They need the scale that rho gives in BFGS, where step and gradient change meet.",
            more=(
                (
                    "correction = change @ direction / (step @ change)",
                    "correction = change @ direction / (change @ change)",
                ),
            ),
        ),
        Mistake(
            "oldest pair left out",
            "    shares = []",
            "    pairs, shares = pairs[1:] if len(pairs) > 1 else pairs, []",
            "The oldest pair is left out: where does the index of your loops begin and end?",
        ),
        Mistake(
            "only as many pairs as parameters",
            "    shares = []",
            "    pairs, shares = pairs[-len(grad):], []",
            "Old pairs are left out as soon as there are more pairs than parameters. How long the "
            "memory is, the caller decides: all pairs in the lists count.",
        ),
        Mistake(
            "only the last five pairs",
            "    shares = []",
            "    pairs, shares = pairs[-5:], []",
            "Old pairs are left out. How long the memory is, the caller decides: all pairs in the "
            "lists count.",
        ),
        Mistake(
            "something added below the line",
            "share = step @ direction / (step @ change)",
            "share = step @ direction / (step @ change + 1e-10)",
            "A small number is added to step @ grad_change. Near the minimum the product itself is "
            "small, and it is never zero here.",
            more=(
                (
                    "correction = change @ direction / (step @ change)",
                    "correction = change @ direction / (step @ change + 1e-10)",
                ),
            ),
        ),
    ),
    accepted=(lbfgs_matrix, lbfgs_recursive, lbfgs_indexed),
    points=4,
    hidden_points=1,
)
