"""The exercise ``two_layer_loss``."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograde.spec import Case, Exercise, Mistake, draw
from course_lib import layers, losses, models
from course_lib.arrays import Array, Labels, Params

from .shared import softmax_relative_to_the_right, some_labels


def off_relu_kinks(
    rng: np.random.Generator, n: int, d: int, h: int, c: int, scale: float = 1.0
) -> tuple[Params, Array, Labels]:
    """Parameters and a batch in which no hidden unit is near 0, and some are on and some off."""
    while True:
        params = {
            "W1": draw(rng, d, h, scale=scale),
            "b1": draw(rng, h),
            "W2": draw(rng, h, c, scale=scale),
            "b2": draw(rng, c),
        }
        x = draw(rng, n, d)
        hidden = x @ params["W1"] + params["b1"]
        if np.min(np.abs(hidden)) > 0.01 and 0.3 < np.mean(hidden > 0) < 0.8:
            return params, x, some_labels(rng, n, c)


def network_cases(rng: np.random.Generator) -> Sequence[Case]:
    dead, x, labels = off_relu_kinks(rng, 4, 2, 3, 2)
    dead = {**dead, "b1": dead["b1"] - 30.0}
    single, one, _ = off_relu_kinks(rng, 1, 3, 6, 4)
    return [
        Case(
            "no penalty",
            off_relu_kinks(rng, 6, 3, 4, 5),
            about="Without l2 only the data count: affine, ReLU, affine, softmax, and the same way "
            "back.",
            rtol=1e-9,
        ),
        Case(
            "with a penalty",
            off_relu_kinks(rng, 5, 4, 3, 2),
            {"l2": 0.15},
            about="The penalty is l2 times the sum of the squares of both weight matrices; it "
            "changes the loss and the gradients of the weights, and leaves the biases alone.",
        ),
        Case(
            "one example",
            (single, one, rng.integers(3, size=1)),
            {"l2": 0.5},
            about="A batch of one: the mean is the example's own loss, the penalty is not divided.",
        ),
        Case(
            "every unit is off",
            (dead, x, labels),
            about="All hidden units are 0: nothing gets through, and no gradient comes back to the "
            "first layer.",
        ),
        Case(
            "large weights",
            off_relu_kinks(rng, 3, 4, 5, 3, scale=80.0),
            about="Scores of ten thousand: the softmax inside must not overflow.",
        ),
    ]


def network_layers(params, x, labels, *, l2=0.0):
    """Built from the library's small pieces."""
    h, cache1 = x @ params["W1"] + params["b1"], x
    a, mask = layers.relu_forward(h)
    s = a @ params["W2"] + params["b2"]
    p = losses.softmax(s)
    top = s.max(axis=1)
    normalizer = np.log(np.exp(s - top[:, None]).sum(axis=1)) + top
    loss = np.mean(normalizer - s[np.arange(len(x)), labels])
    ds = (p - np.eye(s.shape[1])[labels]) / len(x)
    dh = layers.relu_backward(ds @ params["W2"].T, mask)
    grads = {"b2": ds.sum(0), "W2": a.T @ ds, "b1": dh.sum(0), "W1": cache1.T @ dh}
    for name in ("W1", "W2"):
        loss = loss + l2 * np.linalg.norm(params[name]) ** 2
        grads[name] = grads[name] + 2 * l2 * params[name]
    return loss, grads


def network_by_example(params, x, labels, *, l2=0.0):
    """One example after the other; the penalty is shared out among them."""
    w1, b1, w2, b2 = (params[k] for k in ("W1", "b1", "W2", "b2"))
    loss, grads = 0.0, {name: np.zeros_like(value) for name, value in params.items()}
    for row, label in zip(x, labels, strict=True):
        hidden = w1.T @ row + b1
        active = np.where(hidden < 0, 0, hidden)
        scores = w2.T @ active + b2
        log_probs = scores - np.logaddexp.reduce(scores)
        loss += -log_probs[label] + l2 * (np.vdot(w1, w1) + np.vdot(w2, w2))
        delta = np.exp(log_probs)
        delta[label] -= 1
        back = (w2 @ delta) * (active > 0)
        for name, part in {
            "W1": np.outer(row, back) + 2 * l2 * w1,
            "b1": back,
            "W2": np.outer(active, delta) + 2 * l2 * w2,
            "b2": delta,
        }.items():
            grads[name] += part
    return [loss / len(x), {name: total / len(x) for name, total in grads.items()}]


def network_sign_mask(params, x, labels, *, l2=0.0):
    """ReLU as multiplication by a 0/1 matrix, biases as weights of a constant input."""
    one = np.ones((len(x), 1))
    v1, v2 = (np.vstack([params[f"W{i}"], params[f"b{i}"]]) for i in (1, 2))
    x1 = np.hstack([x, one])
    on = (np.sign(x1 @ v1) + 1) / 2
    x2 = np.hstack([on * (x1 @ v1), one])
    loss, ds = softmax_relative_to_the_right(x2 @ v2, labels)
    g2 = x2.T @ ds
    g1 = x1.T @ (on * (ds @ v2.T)[:, :-1])
    loss += l2 * sum(float((v[:-1] ** 2).sum()) for v in (v1, v2))
    return loss, {
        "W1": g1[:-1] + 2 * l2 * v1[:-1],
        "b1": g1[-1],
        "W2": g2[:-1] + 2 * l2 * v2[:-1],
        "b2": g2[-1],
    }


SOFTMAX_CALL = "    data_loss, dscores = softmax_cross_entropy(scores, labels)\n"
PENALTY = 'penalty = l2 * (np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))'
DATA1, DATA2 = "x.T @ dhidden", "active.T @ dscores"
DECAY1, DECAY2 = '2 * l2 * params["W1"]', '2 * l2 * params["W2"]'
BIAS1, BIAS2 = "np.sum(dhidden, axis=0)", "np.sum(dscores, axis=0)"


def edits(*pairs: tuple[str, str]) -> dict[str, Any]:
    """The edits of a mistake that touches several places."""
    return {"find": pairs[0][0], "replace": pairs[0][1], "more": pairs[1:]}


NETWORK = Exercise(
    reference=models.two_layer_loss,
    gives_away=("models.mlp_loss",),
    cases=network_cases,
    returns=("loss", "grads"),
    read="Two layers",
    praise="A neural network with its gradients, written by you, and right to the last digit.",
    hints=(
        "First the way forward, with a name for every intermediate result: hidden, active, scores. "
        "The way back visits them in reverse order.",
        "`softmax_cross_entropy` already gives you dscores, with the 1/N inside. Each affine layer "
        "takes three lines back; the ReLU lets through what it let through on the way forward.",
        "`dhidden` is dscores led back through W2, and 0 where hidden was negative. The penalty "
        "adds its own gradient to W1 and W2 only: what is the derivative of l2 * w**2?",
    ),
    mistakes=(
        Mistake(
            "ReLU forgotten on the way back",
            "dactive * (hidden > 0)",
            "dactive",
            "Units that were off on the way forward receive a gradient on the way back. What was "
            "cut off cannot have acted on the loss.",
        ),
        Mistake(
            "mask from the gradient's sign",
            "(hidden > 0)",
            "(dactive > 0)",
            "You let the *gradient* pass where the gradient is positive. What counts is whether "
            "the unit was on: ask the forward pass.",
        ),
        Mistake(
            "signs in place of the mask",
            "(hidden > 0)",
            "np.sign(hidden)",
            "Units that were off receive a gradient with the opposite sign: `sign` gives -1 for "
            "them. A unit that was off passes nothing at all.",
        ),
        Mistake(
            "activations in place of the mask",
            "(hidden > 0)",
            "active",
            "You multiply the gradient by the activations. The ReLU's slope is the same for a unit "
            "that is barely on and for one that is far above 0.",
        ),
        Mistake(
            "no ReLU on the way forward",
            "np.maximum(hidden, 0.0)",
            "hidden",
            "Negative hidden values go on to the second layer. Without the ReLU the two layers are "
            "one linear map.",
        ),
        Mistake(
            "a linear network",
            "np.maximum(hidden, 0.0)",
            "hidden",
            "There is no ReLU in your network, neither forward nor back: two linear layers in a "
            "row are one linear layer.",
            more=(("dactive * (hidden > 0)", "dactive"),),
        ),
        Mistake(
            "ReLU on the scores",
            'scores = active @ params["W2"] + params["b2"]',
            'scores = np.maximum(active @ params["W2"] + params["b2"], 0.0)',
            "You cut off negative scores. The ReLU belongs between the layers; scores may be "
            "negative.",
        ),
        Mistake(
            "factor two missing in the penalty's gradient",
            **edits((DECAY1, 'l2 * params["W1"]'), (DECAY2, 'l2 * params["W2"]')),
            message="Loss and gradient do not belong together: the loss has l2 * sum(W**2), the "
            "gradient is that of half of it. What is the derivative of a square?",
            read="Find the mistake: a penalty and its half",
        ),
        Mistake(
            "half the penalty",
            **edits(
                (PENALTY, PENALTY.replace("l2 * (", "0.5 * l2 * (")),
                (DECAY1, 'l2 * params["W1"]'),
                (DECAY2, 'l2 * params["W2"]'),
            ),
            message="your penalty is l2/2 times the sum of squares, whose gradient is l2 * W. Here "
            "it is l2 times the sum of squares, as on the lectures' slides: loss and gradient both "
            "need a factor of 2.",
            convention=True,
            read="Find the mistake: a penalty and its half",
        ),
        Mistake(
            "factor one half in the penalty only",
            PENALTY,
            PENALTY.replace("l2 * (", "0.5 * l2 * ("),
            "Your gradients are right for a penalty of l2 * sum(W**2), but the loss contains only "
            "half of it.",
            read="Find the mistake: a penalty and its half",
        ),
        Mistake(
            "penalty not in the gradients",
            **edits((DATA1 + " + " + DECAY1, DATA1), (DATA2 + " + " + DECAY2, DATA2)),
            message="The penalty is part of the loss that you return, but not of its gradients.",
        ),
        Mistake(
            "penalty not in the loss",
            "data_loss + float(penalty)",
            "data_loss",
            "The gradients contain the penalty, the loss that you return does not.",
        ),
        Mistake(
            "no penalty",
            **edits(
                ("data_loss + float(penalty)", "data_loss"),
                (DATA1 + " + " + DECAY1, DATA1),
                (DATA2 + " + " + DECAY2, DATA2),
            ),
            message="The argument l2 has no effect, neither on the loss nor on the gradients.",
        ),
        Mistake(
            "only one matrix penalised",
            **edits(
                (PENALTY, 'penalty = l2 * np.sum(params["W2"] ** 2)'),
                (DATA1 + " + " + DECAY1, DATA1),
            ),
            message="Only W2 pays the penalty: there are two matrices of weights.",
        ),
        Mistake(
            "only the first matrix penalised",
            **edits(
                (PENALTY, 'penalty = l2 * np.sum(params["W1"] ** 2)'),
                (DATA2 + " + " + DECAY2, DATA2),
            ),
            message="Only W1 pays the penalty: there are two matrices of weights.",
        ),
        Mistake(
            "biases penalised",
            **edits(
                (PENALTY, "penalty = l2 * sum(np.sum(p**2) for p in params.values())"),
                (BIAS1, BIAS1 + ' + 2 * l2 * params["b1"]'),
                (BIAS2, BIAS2 + ' + 2 * l2 * params["b2"]'),
            ),
            message="The biases pay the penalty as well. A bias only shifts a unit: making it "
            "small makes nothing simpler, so it is left alone.",
        ),
        Mistake(
            "biases penalised in the loss",
            PENALTY,
            "penalty = l2 * sum(np.sum(p**2) for p in params.values())",
            "The loss counts the biases in the penalty, the gradients do not. They should be left "
            "alone in both.",
        ),
        Mistake(
            "biases penalised in the gradients",
            **edits(
                (BIAS1, BIAS1 + ' + 2 * l2 * params["b1"]'),
                (BIAS2, BIAS2 + ' + 2 * l2 * params["b2"]'),
            ),
            message="The gradients of the biases contain a penalty. It applies to the weights "
            "only.",
        ),
        Mistake(
            "norm instead of its square",
            PENALTY,
            'penalty = l2 * (np.linalg.norm(params["W1"]) + np.linalg.norm(params["W2"]))',
            "The penalty takes the norms of the matrices. It is the sum of their *squares*, "
            "without a root.",
        ),
        Mistake(
            "penalty averaged over the batch",
            "scores, labels)\n",
            "scores, labels)\n    l2 = l2 / len(labels)\n",
            "You divide the penalty by the number of examples. It concerns the weights, not the "
            "data: only the data loss is a mean.",
        ),
        Mistake(
            "gradients not averaged",
            SOFTMAX_CALL,
            SOFTMAX_CALL + "    dscores = dscores * len(labels)\n",
            "The gradients of the data loss are those of a sum, the loss is a mean: they are too "
            "large by the number of examples.",
        ),
        Mistake(
            "averaged twice",
            SOFTMAX_CALL,
            SOFTMAX_CALL + "    dscores = dscores / len(labels)\n",
            "The gradients of the data loss are divided by the number of examples twice: dscores, "
            "as it comes from the loss, already contains 1/N.",
        ),
        Mistake(
            "bias gradients averaged",
            **edits((BIAS1, "np.mean(dhidden, axis=0)"), (BIAS2, "np.mean(dscores, axis=0)")),
            message="The gradients of the biases are divided by the number of examples once too "
            "often: the 1/N is already inside dscores, so they are sums.",
        ),
        Mistake(
            "weight gradient from before the ReLU",
            DATA2,
            "hidden.T @ dscores",
            "The gradient of W2 is built with the values before the ReLU. What did W2 really get "
            "as its input?",
        ),
        Mistake(
            "no penalty in the gradient of W2",
            DATA2 + " + " + DECAY2,
            DATA2,
            "The loss charges both matrices, but the gradient of W2 does not know of it.",
        ),
        Mistake(
            "no penalty in the gradient of W1",
            DATA1 + " + " + DECAY1,
            DATA1,
            "The loss charges both matrices, but the gradient of W1 does not know of it.",
        ),
        Mistake(
            "absolute values in the penalty",
            **edits(
                (
                    PENALTY,
                    PENALTY.replace('params["W1"] ** 2', 'abs(params["W1"])').replace(
                        'params["W2"] ** 2', 'abs(params["W2"])'
                    ),
                ),
                (DECAY1, 'l2 * np.sign(params["W1"])'),
                (DECAY2, 'l2 * np.sign(params["W2"])'),
            ),
            message="Your penalty adds up absolute values, which is called L1 and pulls every "
            "weight equally hard. L2 adds up squares.",
        ),
        Mistake(
            "penalty as a mean",
            PENALTY,
            PENALTY.replace("np.sum", "np.mean"),
            "The penalty in your loss is the mean of the squares. It is their sum, over all "
            "entries of both matrices.",
        ),
        Mistake(
            "bias of the hidden layer forgotten",
            'x @ params["W1"] + params["b1"]',
            'x @ params["W1"]',
            "b1 has no effect on your loss: each of the two layers adds a bias of its own.",
        ),
        Mistake(
            "bias of the scores forgotten",
            'active @ params["W2"] + params["b2"]',
            'active @ params["W2"]',
            "b2 has no effect on your loss: each of the two layers adds a bias of its own.",
        ),
        Mistake(
            "penalty counted twice",
            "scores, labels)\n",
            "scores, labels)\n    l2 = 2 * l2\n",
            "Loss and gradients contain the penalty twice. It is l2 times the sum of squares, and "
            "the 2 comes in by the derivative only.",
        ),
        Mistake(
            "softmax overflows",
            SOFTMAX_CALL,
            "    rows = np.arange(len(labels))\n"
            "    dscores = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)\n"
            "    data_loss = -float(np.mean(np.log(dscores[rows, labels])))\n"
            "    dscores[rows, labels] -= 1.0\n    dscores = dscores / len(labels)\n",
            "For small weights all is well, but large scores overflow in the exponential. Your "
            "`softmax_cross_entropy` has solved that already.",
            read="Ten thousand is too much",
        ),
    ),
    accepted=(network_layers, network_by_example, network_sign_mask),
    points=4,
    hidden_points=2,
)
