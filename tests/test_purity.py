"""No function of the library changes what it is given: read-only arguments must do."""

import inspect

import numpy as np
import pytest

from course_lib import (
    augment,
    averaging,
    datasets,
    diagnosis,
    gradcheck,
    landscape,
    layers,
    logistic,
    losses,
    models,
    noise,
    optim,
    preprocessing,
    problems,
    regularizers,
    schedules,
    search,
    second_order,
    train,
)

MODULES = (
    augment, datasets, gradcheck, landscape, layers, logistic, losses, models, optim, preprocessing,
    problems, regularizers, diagnosis, schedules, search, second_order, noise, train, averaging,
)  # fmt: skip
RNG = np.random.default_rng(13)


def frozen(*shape):
    array = RNG.normal(size=shape)
    array.flags.writeable = False
    return array


def rng():
    return np.random.default_rng(1)


def total(x):
    return float(np.sum(x**2))


IMAGES = frozen(6, 5, 4, 3)
X, WEIGHTS, ROW, SQUARE = frozen(6, 3), frozen(3, 4), frozen(3), frozen(3, 3)
BOWL = SQUARE @ SQUARE.T + np.eye(3)
BOWL.flags.writeable = False
LABELS = np.array([0, 1, 2, 0, 1, 2])
LABELS.flags.writeable = False
SIGNS = np.array([1.0, -1.0, 1.0, 1.0, -1.0, -1.0])
SIGNS.flags.writeable = False
PARAMS = {"W1": WEIGHTS, "b1": frozen(4), "W2": frozen(4, 3), "b2": ROW}
VELOCITY = optim.MomentumState(frozen(6, 3))
SQUARES = frozen(6, 3) ** 2
SQUARES.flags.writeable = False
ADAM = optim.AdamState(2, X, SQUARES)
STATS = layers.BatchNormStats(ROW, np.abs(ROW))
NORM = layers.batchnorm_forward(X, ROW, ROW, STATS, train=True)[1]
DROP = {"keep_prob": 0.5, "rng": rng()}
STATES = {name: optim.MomentumState(frozen(*value.shape)) for name, value in PARAMS.items()}

CALLS = {
    "hinge_loss": lambda: losses.hinge_loss(X, LABELS),
    "softmax_cross_entropy": lambda: losses.softmax_cross_entropy(X, LABELS),
    "softmax": lambda: losses.softmax(X),
    "numeric_gradient": lambda: gradcheck.numeric_gradient(total, X),
    "relative_error": lambda: gradcheck.relative_error(X, X),
    "check_gradients": lambda: gradcheck.check_gradients(
        lambda p: models.mlp_loss(p, X, LABELS), PARAMS
    ),
    "affine_forward": lambda: layers.affine_forward(X, WEIGHTS, PARAMS["b1"]),
    "affine_backward": lambda: layers.affine_backward(
        frozen(6, 4), layers.AffineCache(X, WEIGHTS, PARAMS["b1"])
    ),
    "relu_forward": lambda: layers.relu_forward(X),
    "relu_backward": lambda: layers.relu_backward(X, X),
    "dropout_forward": lambda: layers.dropout_forward(X, train=True, **DROP),
    "dropout_backward": lambda: layers.dropout_backward(X, X),
    "vanilla_dropout_predict": lambda: layers.vanilla_dropout_predict(X, keep_prob=0.5),
    "mc_dropout_predict": lambda: layers.mc_dropout_predict(
        lambda x, rng: x, X, passes=3, rng=rng()
    ),
    "dropconnect_forward": lambda: layers.dropconnect_forward(X, WEIGHTS, train=True, **DROP),
    "stochastic_depth_forward": lambda: layers.stochastic_depth_forward(
        X, np.sin, survival_prob=0.5, train=True, rng=rng()
    ),
    "batchnorm_forward": lambda: layers.batchnorm_forward(X, ROW, ROW, STATS, train=True),
    "batchnorm_backward": lambda: layers.batchnorm_backward(X, NORM),
    "random_flip": lambda: augment.random_flip(IMAGES, prob=0.5, rng=rng()),
    "random_crop": lambda: augment.random_crop(IMAGES, padding=1, rng=rng()),
    "sample": lambda: augment.sample(IMAGES[0], ROW, ROW),
    "resize": lambda: augment.resize(IMAGES[0], 3, 8),
    "random_resized_crop": lambda: augment.random_resized_crop(
        IMAGES, size=3, short_side=(4, 6), rng=rng()
    ),
    "ten_crop": lambda: augment.ten_crop(IMAGES[0], size=3),
    "color_jitter": lambda: augment.color_jitter(IMAGES, brightness=0.2, contrast=0.3, rng=rng()),
    "pca_color": lambda: augment.pca_color(IMAGES, SQUARE, ROW, sigma=0.1, rng=rng()),
    "cutout": lambda: augment.cutout(IMAGES, size=3, rng=rng()),
    "mixup": lambda: augment.mixup(IMAGES, X, lam=0.3, order=LABELS),
    "cutmix": lambda: augment.cutmix(IMAGES, X, box=(1, -1, 2, 3), order=LABELS),
    "average_views": lambda: augment.average_views(losses.softmax, IMAGES[..., 0]),
    "warp": lambda: augment.warp(IMAGES[0], SQUARE[:2, :2]),
    "rotate": lambda: augment.rotate(IMAGES[0], degrees=10),
    "shear": lambda: augment.shear(IMAGES[0], slope=0.2),
    "lens_distortion": lambda: augment.lens_distortion(IMAGES[0], strength=0.2),
    "smooth_labels": lambda: losses.smooth_labels(LABELS, classes=3, eps=0.1),
    "soft_cross_entropy": lambda: losses.soft_cross_entropy(X, X),
    "two_layer_loss": lambda: models.two_layer_loss(PARAMS, X, LABELS, l2=0.1),
    "init_mlp": lambda: models.init_mlp((3, 4, 3), rng=rng()),
    "mlp_loss": lambda: models.mlp_loss(PARAMS, X, LABELS, l2=0.1, **DROP),
    "mlp_scores": lambda: models.mlp_scores(PARAMS, X),
    "accuracy": lambda: models.accuracy(PARAMS, X, LABELS),
    "nll": lambda: models.nll(PARAMS, X, LABELS),
    "permute_hidden": lambda: models.permute_hidden(PARAMS, np.array([2, 0, 3, 1])),
    "ensemble_predict": lambda: averaging.ensemble_predict(IMAGES[..., 0]),
    "polyak_update": lambda: averaging.polyak_update(X, X),
    "snapshot_steps": lambda: averaging.snapshot_steps(12, cycles=3),
    "averaged_floor": lambda: averaging.averaged_floor(X[0] ** 2 + 1, X[1], lr=0.01, decay=0.9),
    "minibatch_variance": lambda: noise.minibatch_variance(X, batch_size=2, replace=False),
    "moving_average": lambda: noise.moving_average(ROW, window=2),
    "ema": lambda: noise.ema(ROW, decay=0.9),
    "noise_floor": lambda: noise.noise_floor(X[0] ** 2 + 1, X[1], lr=0.01),
    "numeric_hessian": lambda: landscape.numeric_hessian(total, ROW),
    "classify_critical_point": lambda: landscape.classify_critical_point(BOWL),
    "condition_number": lambda: landscape.condition_number(BOWL),
    "gd_closed_form": lambda: landscape.gd_closed_form(BOWL, ROW, lr=0.1, steps=3),
    "max_stable_lr": lambda: landscape.max_stable_lr(BOWL),
    "optimal_lr": lambda: landscape.optimal_lr(BOWL),
    "contraction_factor": lambda: landscape.contraction_factor(BOWL, lr=0.1),
    "suboptimality": lambda: landscape.suboptimality(ROW, ROW, lr=0.1, steps=2),
    "rotate_quadratic": lambda: landscape.rotate_quadratic(frozen(2, 2), angle=0.5),
    "step_decay": lambda: schedules.step_decay(0.1, milestones=(1, 3))(2),
    "exponential_decay": lambda: schedules.exponential_decay(0.1, rate=0.1)(2),
    "inverse_time_decay": lambda: schedules.inverse_time_decay(0.1, rate=0.1)(2),
    "inverse_sqrt": lambda: schedules.inverse_sqrt(0.1)(2),
    "linear_decay": lambda: schedules.linear_decay(0.1, total_steps=5)(2),
    "cosine": lambda: schedules.cosine(0.1, total_steps=5)(2),
    "triangular": lambda: schedules.triangular(lr_min=0.0, lr_max=0.1, half_cycle=3)(2),
    "warmup": lambda: schedules.warmup(schedules.inverse_sqrt(0.1), steps=3)(2),
    "reduce_on_plateau": lambda: schedules.reduce_on_plateau(ROW, lr=0.1, patience=1),
    "scaled_lr": lambda: schedules.scaled_lr(0.1, batch_size=64, base_batch_size=32),
    "pick_lr": lambda: search.pick_lr(ROW, ROW),
    "stability_limit": lambda: landscape.stability_limit("gd", 1.0),
    "standardize": lambda: preprocessing.standardize(X, X),
    "sgd": lambda: optim.sgd(X, X, optim.SGDState(), lr=0.1),
    "momentum": lambda: optim.momentum(X, X, VELOCITY, lr=0.1),
    "nesterov": lambda: optim.nesterov(X, X, VELOCITY, lr=0.1),
    "nesterov_lookahead": lambda: optim.nesterov_lookahead(X, X, np.sin, lr=0.1),
    "velocity_weights": lambda: optim.velocity_weights(3, momentum=0.9),
    "terminal_velocity": lambda: optim.terminal_velocity(X, lr=0.1, momentum=0.9),
    "adagrad": lambda: optim.adagrad(X, X, optim.AdaGradState(SQUARES)),
    "rmsprop": lambda: optim.rmsprop(X, X, optim.RMSPropState(SQUARES)),
    "adadelta": lambda: optim.adadelta(X, X, optim.AdaDeltaState(SQUARES, SQUARES)),
    "effective_lr": lambda: optim.effective_lr(optim.RMSPropState(SQUARES), lr=0.1),
    "adam": lambda: optim.adam(X, X, ADAM),
    "uncorrected_step_ratio": lambda: optim.uncorrected_step_ratio(3),
    "adam_l2": lambda: optim.adam_l2(X, X, ADAM, l2=0.1),
    "adamw": lambda: optim.adamw(X, X, ADAM),
    "l2_and_decay_fixed_points": lambda: optim.l2_and_decay_fixed_points(
        2.0, 1.0, strength=0.1, momentum=0.9
    ),
    "quadratic": lambda: problems.quadratic(BOWL)(ROW),
    "quadratic_gradient": lambda: problems.quadratic_gradient(BOWL)(ROW),
    "rosenbrock": lambda: problems.rosenbrock(ROW[:2]),
    "rosenbrock_gradient": lambda: problems.rosenbrock_gradient(ROW[:2]),
    "rosenbrock_hessian": lambda: problems.rosenbrock_hessian(ROW[:2]),
    "saddle": lambda: problems.saddle(ROW[:2]),
    "saddle_gradient": lambda: problems.saddle_gradient(ROW[:2]),
    "noisy_line": problems.noisy_line,
    "squared_error": lambda: problems.squared_error(X, frozen(6))(ROW),
    "squared_error_gradients": lambda: problems.squared_error_gradients(X, frozen(6))(ROW),
    "minibatches": lambda: list(train.minibatches(X, LABELS, batch_size=4, rng=rng())),
    "state_class": lambda: train.state_class(optim.momentum),
    "init_states": lambda: train.init_states(optim.MomentumState, PARAMS),
    "step_all": lambda: train.step_all(optim.momentum, PARAMS, PARAMS, STATES, lr=0.1),
    "descend": lambda: train.descend(optim.momentum, np.sin, ROW, steps=3, lr=0.1),
    "fit": lambda: train.fit(
        PARAMS, (X, LABELS), rule=optim.momentum, epochs=2, lr=0.1, l2=0.1, keep_prob=0.5, rng=rng()
    ),
    "noisy_labels": lambda: datasets.noisy_labels(LABELS, fraction=0.5, classes=3, rng=rng()),
    "saddle_hessian": lambda: problems.saddle_hessian(ROW[:2]),
    "two_valleys": lambda: problems.two_valleys(ROW[:2]),
    "two_valleys_gradient": lambda: problems.two_valleys_gradient(ROW[:2]),
    "two_valleys_hessian": lambda: problems.two_valleys_hessian(ROW[:2]),
    "newton_step": lambda: second_order.newton_step(ROW, BOWL),
    "damped_newton_step": lambda: second_order.damped_newton_step(ROW, BOWL, damping=0.1),
    "bfgs_update": lambda: second_order.bfgs_update(BOWL, ROW, ROW),
    "lbfgs_direction": lambda: second_order.lbfgs_direction(ROW, [ROW], [ROW]),
    "newton_cost": lambda: second_order.newton_cost(5),
    "logistic_loss": lambda: logistic.logistic_loss(ROW, X, SIGNS, l2=0.1),
    "logistic_gradient": lambda: logistic.logistic_gradient(ROW, X, SIGNS, l2=0.1),
    "logistic_hessian": lambda: logistic.logistic_hessian(ROW, X, SIGNS, l2=0.1),
    "l2_penalty": lambda: regularizers.l2_penalty(X, strength=0.1),
    "l1_penalty": lambda: regularizers.l1_penalty(X, strength=0.1),
    "elastic_net_penalty": lambda: regularizers.elastic_net_penalty(X, strength=0.1, l2_ratio=0.5),
    "soft_threshold": lambda: regularizers.soft_threshold(X, threshold=0.5),
    "ridge_solution": lambda: regularizers.ridge_solution(X, frozen(6), strength=0.1),
    "early_stopping": lambda: regularizers.early_stopping(ROW, patience=2),
    "diagnose_gap": lambda: diagnosis.diagnose_gap(0.9, 0.7),
    "initial_loss": lambda: diagnosis.initial_loss(10),
    "update_ratio": lambda: diagnosis.update_ratio(X, X),
    "diagnose": lambda: diagnosis.diagnose(np.abs(ROW), np.abs(ROW)),
    "log_uniform": lambda: search.log_uniform(0.1, 1.0, size=3, rng=rng()),
    "grid": lambda: search.grid({"lr": (0.1, 1.0), "l2": (0.0,)}),
    "random_search": lambda: search.random_search(
        lambda setting: setting["lr"], {"lr": (0.1, 1.0)}, trials=3, rng=rng()
    ),
    "refine": lambda: search.refine({"lr": (0.1, 1.0)}, {"lr": 0.5}),
    "data_folder": datasets.data_folder,
    "load_digits": datasets.load_digits,
    "load_photos": datasets.load_photos,
    "load_training_runs": datasets.load_training_runs,
}  # fmt: skip
PUBLIC = {
    name: function
    for module in MODULES
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__ and not name.startswith("_")
}


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_public_function_leaves_its_arguments_alone(name):
    """A write into a read-only array raises; a dict given must keep its entries."""
    assert name in CALLS, f"add a call of {name} to CALLS"
    before = (dict(PARAMS), dict(STATES))
    CALLS[name]()
    assert all(
        now is then
        for kept, given in zip(before, (PARAMS, STATES), strict=True)
        for now, then in zip(kept.values(), given.values(), strict=True)
    )


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_public_function_is_documented_and_typed(name):
    doc = inspect.getdoc(PUBLIC[name]) or ""
    assert "Source:" in doc
    assert len(doc.splitlines()[0]) > 20
    hints = PUBLIC[name].__annotations__
    assert set(hints) == {*inspect.signature(PUBLIC[name]).parameters, "return"}
