"""Slips that nobody listed: every answer, changed in one place by a machine, must be caught.

A mutant that passes is either equivalent to the answer (listed below, with the reason) or a hole
in the cases. The share of caught mutants that are told more than "not right" is measured as well.
"""

import ast
import collections
import copy
import functools
import json
import sys

import pytest

from autograde import record, spec
from course_lib.checking.examine import judge

pytestmark = pytest.mark.slow

# Measured over units 01, 02, 04 and 10 (1905 slips): 54 % end in an error, which is told;
# of the others 27 % are named, 36 % explained, and 37 % told what the case is about.
HELPED_SHARE = 0.55  # of the slips that end in wrong values: named or explained
WORDLESS_SHARE = 0.02  # of all: told that a value is wrong, and nothing else
SECONDS = 2.0  # for a slip that makes a loop endless

KINK = "differs where a number is exactly at the kink only, and there any subgradient is right"
ROUNDING = "differs where an eigenvalue equals tol to the last bit only"
THRESHOLD = "differs for a curve that lies exactly on a rule of thumb only"
LUCK = "differs where the generator draws exactly the probability only"
FILLED = "every entry is filled in later"
SAME = "the smaller of two numbers, in another order"
EVEN = "an even power, or an absolute value, forgets the sign"
DOT = "an inner product does not mind the order"
ORDERLESS = "the smallest or largest of two numbers, in whatever order"
SHAPES = "only sizes are counted, and all images of all batches are equally large"
UNSEEN = "it is returned only where no loss is finite, which no case asks"
# exercise -> {line after the change: why it is just as right}
EQUIVALENT = {
    "hinge_loss": {"count = len(scores)": "one label per row of scores"},
    "softmax_cross_entropy": {"count = len(scores)": "one label per row of scores"},
    "numeric_gradient": {
        "grad = np.ones(x.shape)": FILLED,
        "for index in np.ndindex(grad.shape):": "the same shape",
        "left = right.astype(np.float64)": "right is still a copy of x",
    },
    "relative_error": {"difference = np.abs(numeric - analytic)": EVEN},
    "two_layer_loss": {
        "dhidden = dactive * (hidden >= 0)": KINK,
        "dhidden = dactive * (active > 0)": "positive after the ReLU is positive before it",
    },
    "minibatches": {
        "order = rng.permutation(len(labels))": "one label per example",
        "for start in range(0, len(labels), batch_size):": "one label per example",
        "for start in range(0, len(order), batch_size):": "as many",
    },
    "minibatch_variance": {
        "deviations = np.mean(per_example_grads, axis=0) - per_example_grads": EVEN,
    },
    "moving_average": {
        "first = max(i - window + 1, 0)": "the larger of two has no order",
        "for i in range(len(averages)):": "as many",
    },
    "ema": {"for i in range(len(averages)):": "as many"},
    "numeric_hessian": {"hessian = np.ones((d, d))": FILLED},
    "classify_critical_point": {
        "if smallest <= -tol and largest > tol:": ROUNDING,
        "if smallest < -tol and largest >= tol:": ROUNDING,
        "if smallest >= tol:": ROUNDING,
        "if largest <= -tol:": ROUNDING,
    },
    "condition_number": {
        "rounding = len(hessian) * np.finfo(np.float64).eps * smallest": "the probe takes a ratio "
        "beyond rounding for infinite, wherever a student draws the line",
        "rounding = len(singular_values) * np.finfo(np.float64).eps * largest": "as many",
        "if smallest < rounding:": "differs for the matrix of zeros only: 0/0, which no case asks",
    },
    "gd_closed_form": {
        "one_step = np.eye(len(hessian)) - lr * hessian": "as many",
        "return start @ np.linalg.matrix_power(one_step, steps)": "the matrix is symmetric",
    },
    "contraction_factor": {"return float(np.max(np.abs(lr * eigenvalues - 1)))": EVEN},
    "suboptimality": {"shrink = (lr * eigenvalues - 1) ** (2 * steps)": EVEN},
    "standardize": {
        "scale = np.where(varies, np.std(train, axis=0), 2.0)": "of a constant column only "
        "finite values are asked"
    },
    "linear_decay": {"progress = min(1.0, step / total_steps)": SAME},
    "cosine": {"progress = min(1.0, step / total_steps)": SAME},
    "triangular": {"height = 1 - abs(1 - phase / half_cycle)": EVEN},
    "dropout_forward": {"mask = (rng.random(x.shape) <= keep_prob) / keep_prob": LUCK},
    "dropconnect_forward": {"mask = (rng.random(weights.shape) <= keep_prob) / keep_prob": LUCK},
    "stochastic_depth_forward": {
        "survives = rng.random(one_per_example) <= survival_prob": LUCK,
    },
    "random_flip": {"flips = rng.random(len(images)) <= prob": LUCK},
    "random_crop": {
        "padded = np.pad(images, ((0, 1), sides, sides, (0, 0)))": "one image more, never used",
    },
    "random_resized_crop": {
        "scale = rng.integers(short_side[0], short_side[1] + 1) / min(width, height)": ORDERLESS,
    },
    "color_jitter": {
        "jittered = means + factors * (images - means) - offsets": "offsets come with either sign",
    },
    "pca_color": {
        "return images - colors[:, np.newaxis, np.newaxis, :]": "colours come with either sign",
    },
    "cutout": {
        "image[max(0, top):top + size, max(left, 0):left + size] = 0.0": ORDERLESS,
        "image[max(top, 0):top + size, max(0, left):left + size] = 0.0": ORDERLESS,
    },
    "cutmix": {
        "rows = slice(max(0, top), max(top + height, 0))": ORDERLESS,
        "rows = slice(max(top, 0), max(0, top + height))": ORDERLESS,
        "columns = slice(max(0, left), max(left + width, 0))": ORDERLESS,
        "columns = slice(max(left, 0), max(0, left + width))": ORDERLESS,
        "share = images[0, rows, columns].size / mixed[0].size": SHAPES,
        "share = partners[0, rows, columns].size / mixed[0].size": SHAPES,
        "share = mixed[0, rows, columns].size / images[0].size": SHAPES,
        "share = mixed[0, rows, columns].size / partners[0].size": SHAPES,
        "share = mixed[0, rows, columns].size / mixed[1].size": SHAPES,
        "share = mixed[1, rows, columns].size / mixed[0].size": SHAPES,
    },
    "smooth_labels": {
        "targets[np.arange(len(targets)), labels] += 1 - eps": "one row per label",
    },
    "early_stopping": {
        "best_step, best, waited = (+1, np.inf, 0)": UNSEEN,
        "best_step, best, waited = (-0, np.inf, 0)": UNSEEN,
        "best_step, best, waited = (-2, np.inf, 0)": UNSEEN,
        "return (best_step, step)": "the loop ends with the step that stops",
    },
    "soft_cross_entropy": {"count = len(targets)": "one row of targets per row of scores"},
    "update_ratio": {
        "return float(moved / size) if size >= 0 else np.inf": "numpy divides by 0 and gets inf",
    },
    "grid": {
        "return [dict(zip(space, values, strict=False)) for values in product(*space.values())]": (
            "one value per name"
        ),
    },
    "random_search": {
        "setting = {name: float(log_uniform(low, high, size=2, rng=rng)[0]) for name, (low, high) "
        "in space.items()}": "it draws one number more than it uses",
    },
    "refine": {
        "refined[name] = (max(low, best[name] / reach), min(best[name] * reach, high))": ORDERLESS,
        "refined[name] = (max(best[name] / reach, low), min(high, best[name] * reach))": ORDERLESS,
    },
    "diagnose": {
        "middle, quarter = (len(train_losses) // 2, len(train) // 4)": "as many",
        "middle, quarter = (len(val) // 2, len(train) // 4)": "as many",
        "middle, quarter = (len(val_losses) // 2, len(train) // 4)": "as many",
        "middle, quarter = (len(train) // 2, len(train_losses) // 4)": "as many",
        "middle, quarter = (len(train) // 2, len(val) // 4)": "as many",
        "middle, quarter = (len(train) // 2, len(val_losses) // 4)": "as many",
        "if train[-1] >= 1.1:": THRESHOLD,
        "if np.max(np.diff(train)) >= 0.1:": THRESHOLD,
        "if train[-1] >= 0.5:": THRESHOLD,
        "falls_still = train[middle] - train[-1] > 0.5 * (train[0] - train[middle])": THRESHOLD,
        "if train[quarter] >= 0.95:": THRESHOLD,
        "if val[-1] - np.min(val) >= 0.05 or val[-1] - train[-1] > 0.25:": THRESHOLD,
        "if val[-1] - np.min(val) > 0.05 or val[-1] - train[-1] >= 0.25:": THRESHOLD,
    },
    "ensemble_predict": {
        "mean = np.sum(probabilities, axis=0)": "the largest sum belongs to the largest mean",
    },
    "bfgs_update": {
        "curvature = grad_change @ step": DOT,
        "left = np.eye(len(grad_change)) - rho * np.outer(step, grad_change)": "as long",
        "left = np.eye(len(inverse_hessian)) - rho * np.outer(step, grad_change)": "as long",
        "left = rho * np.outer(step, grad_change) - np.eye(len(step))": "it is used twice",
    },
    "lbfgs_direction": {
        "pairs = list(zip(steps, grad_changes, strict=False))": "as many of both",
        "share = direction @ step / (step @ change)": DOT,
        "share = step @ direction / (change @ step)": DOT,
        "if steps:": "as many",
        "if grad_changes:": "as many",
        "if shares:": "as many",
        "direction = direction * (change @ step) / (change @ change)": DOT,
        "for (step, change), share in zip(pairs, reversed(shares), strict=False):": "as many",
        "correction = direction @ change / (step @ change)": DOT,
        "correction = change @ direction / (change @ step)": DOT,
    },
}

SWAPPED_OPERATORS = {
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div],
    ast.Div: [ast.Mult],
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.GtE],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.LtE],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.And: [ast.Or],
    ast.Or: [ast.And],
}
SWAPPED_NAMES = {
    "max": "min",
    "min": "max",
    "maximum": "minimum",
    "minimum": "maximum",
    "sum": "mean",
    "mean": "sum",
    "std": "var",
    "var": "std",
    "zeros": "ones",
    "zeros_like": "ones_like",
    "ones_like": "zeros_like",
    "exp": "log",
    "log": "exp",
    "sqrt": "square",
    "square": "sqrt",
}


COMMUTATIVE = {"maximum", "minimum", "add", "multiply", "array_equal"}
SCALARS = {"float", "int"}
NO_NUMBERS = {"bool", "str", "np.random.Generator"}


def variations(node, groups):
    """Every single change of ``node``, as a function that changes a copy of it in place."""
    for kind in ("op", "ops"):
        operator = getattr(node, kind, None)
        first = operator[0] if isinstance(operator, list) else operator
        for other in SWAPPED_OPERATORS.get(type(first), ()):
            yield functools.partial(set_operator, kind=kind, other=other)
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        for value in {node.value + 1, 0 * node.value, 0 * node.value + 1} - {node.value}:
            yield functools.partial(setattr_on, field="value", value=value)
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield functools.partial(setattr_on, field="value", value=not node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield functools.partial(setattr_on, field="op", value=ast.UAdd())
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        for value in (1, 3):
            yield functools.partial(setattr_on, field="right", value=ast.Constant(value))
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.MatMult, ast.Sub, ast.Div)):
        yield swap_sides
    if isinstance(node, ast.Attribute) and node.attr in SWAPPED_NAMES:
        yield functools.partial(setattr_on, field="attr", value=SWAPPED_NAMES[node.attr])
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield functools.partial(setattr_on, field="attr", value="real")
    if isinstance(node, ast.Call):
        if any(keyword.arg == "keepdims" for keyword in node.keywords):
            yield drop_keepdims
        if len(node.args) >= 2 and getattr(node.func, "attr", "") not in COMMUTATIVE:
            yield swap_arguments
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        for other in next((sorted(group) for group in groups if node.id in group), ()):
            yield functools.partial(setattr_on, field="id", value=other)
    for field in ("body", "orelse"):
        block = getattr(node, field, None)
        for index, statement in enumerate(block if isinstance(block, list) else ()):
            if isinstance(statement, (ast.Assign, ast.AugAssign)):
                yield functools.partial(drop_statement, field=field, index=index)


def setattr_on(node, *, field, value):
    setattr(node, field, value)


def set_operator(node, *, kind, other):
    setattr(node, kind, [other(), *node.ops[1:]] if kind == "ops" else other())


def swap_sides(node):
    node.left, node.right = node.right, node.left


def swap_arguments(node):
    node.args[0], node.args[1] = node.args[1], node.args[0]


def drop_keepdims(node):
    node.keywords = [keyword for keyword in node.keywords if keyword.arg != "keepdims"]


def drop_statement(node, *, field, index):
    getattr(node, field)[index] = ast.Pass()


def confusable(function):
    """Two sets of names, of arrays and of single numbers: within a set, one is taken for another.

    A name whose value has no annotation counts as an array.
    """
    arguments = [*function.args.args, *function.args.kwonlyargs]
    kinds = {argument.arg: ast.unparse(argument.annotation) for argument in arguments}
    scalars = {name for name, kind in kinds.items() if kind in SCALARS}
    arrays = {name for name in kinds if name not in scalars and kinds[name] not in NO_NUMBERS}
    arrays = {name for name in arrays if not kinds[name].startswith("Callable")}
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            arrays.add(node.id)
    return arrays, scalars


def unjudged(function):
    """The nodes of error messages, of what they are raised for, and of a cache.

    No exercise asks for errors; what stands where in a cache is a student's own affair.
    """
    roots = [node for node in ast.walk(function) if isinstance(node, ast.Raise)]
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "").endswith("Cache"):
            roots.append(node)
    for node in ast.walk(function):
        if isinstance(node, ast.If) and all(isinstance(s, ast.Raise) for s in node.body):
            roots.append(node.test)
    return {node for root in roots for node in ast.walk(root)}


def mutants(exercise):
    """(the line as changed, source of the whole function) of every single change."""
    tree = ast.parse(exercise.source)
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    if ast.get_docstring(function):
        del function.body[0]
    groups = confusable(function)
    left_out = unjudged(function)
    nodes = [n for statement in function.body for n in ast.walk(statement)]
    original = ast.unparse(tree).splitlines()
    seen = set()
    for number, node in enumerate([function, *nodes]):
        if node in left_out:
            continue
        for change in variations(node, groups):
            changed = copy.deepcopy(tree)
            body = changed.body[0].body
            targets = [changed.body[0], *(n for s in body for n in ast.walk(s))]
            change(targets[number])
            source = ast.unparse(ast.fix_missing_locations(changed))
            if source in seen or source.splitlines() == original:
                continue
            seen.add(source)
            yield where(original, source.splitlines()), source


def where(before, after):
    """The first line that differs, as it is after the change."""
    for old, new in zip(before, after, strict=False):
        if old != new:
            return new.strip()
    return "a line is gone"


def as_function(exercise, source):
    scope = {**vars(sys.modules[exercise.reference.__module__]), "__name__": "__main__"}
    exec(compile(source, f"<a mutant of {exercise.name}>", "exec"), scope)
    return scope[exercise.name]


@functools.cache
def card_of(unit, name):
    exercise = next(e for e in spec.exercises(unit) if e.name == name)
    return json.loads(json.dumps(record.make_card(unit, exercise)))


def kind_of_help(verdict, card):
    """What a verdict says of a slip, from the name of a mistake down to nothing but "wrong"."""
    if verdict.mistake:
        return "named"
    if " stopped with " in verdict.message:
        return "told the error"
    said = verdict.message
    abouts = [case["about"] for case in card["cases"] if case["about"]]
    about = any(said.endswith(sentence) for sentence in abouts)
    for sentence in abouts:
        said = said.removesuffix(sentence)
    if not said.rstrip().endswith("is not right."):
        return "explained"
    return "told what the case is about" if about else "told that it is wrong"


@functools.cache
def examined(unit, name):
    """[(line, verdict)] of all mutants of one exercise."""
    exercise = next(e for e in spec.exercises(unit) if e.name == name)
    card = card_of(unit, name)
    return [
        (line, judge(card, as_function(exercise, source), seconds=SECONDS))
        for line, source in mutants(exercise)
    ]


EXERCISES = [
    pytest.param(unit, exercise.name, id=f"{unit.split('_')[0]}-{exercise.name}")
    for unit in spec.units()
    for exercise in spec.exercises(unit)
]


@pytest.mark.parametrize(("unit", "name"), EXERCISES)
def test_every_slip_is_caught(unit, name):
    reasons = EQUIVALENT.get(name, {})
    passed = [line for line, verdict in examined(unit, name) if verdict.passed]
    holes = [line for line in passed if line not in reasons]
    cure = "add a case that tells it apart, or the line to EQUIVALENT with the reason"
    assert not holes, f"{name}: wrong, and passed ({cure}):\n" + "\n".join(holes)
    assert set(reasons) <= set(passed), "listed as equivalent, but caught or no longer made"


@pytest.mark.parametrize(("unit", "name"), EXERCISES)
def test_no_slip_earns_full_points(unit, name):
    caught = [(line, v) for line, v in examined(unit, name) if not v.passed]
    assert caught
    assert all(verdict.score < 1.0 for _, verdict in caught)
    assert all(verdict.message.strip() for _, verdict in caught)


def test_many_slips_are_named_or_explained():
    helped = collections.Counter()
    wordless = []
    for unit, name in (param.values for param in EXERCISES):
        for line, verdict in examined(unit, name):
            if verdict.passed:
                continue
            kind = kind_of_help(verdict, card_of(unit, name))
            helped[kind] += 1
            if kind == "told that it is wrong":
                wordless.append(f"{name}: {line}")
    total = helped.total()
    print(f"\n{total} slips caught")
    print("\n".join(f"{count / total:6.1%} {kind}" for kind, count in helped.most_common()))
    print("\n".join(wordless))
    assert total >= 5 * len(EXERCISES)
    wrong_values = total - helped["told the error"]
    assert (helped["named"] + helped["explained"]) / wrong_values >= HELPED_SHARE
    assert len(wordless) / total <= WORDLESS_SHARE
