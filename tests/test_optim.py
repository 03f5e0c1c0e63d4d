"""Update rules: against recorded PyTorch paths, and against algebra."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from course_lib import optim
from course_lib.train import descend

GOLDEN = Path(__file__).parent / "golden"
RECORDED = json.loads((GOLDEN / "sgd_paths.json").read_text())
RULES = json.loads((GOLDEN / "rule_paths.json").read_text())
RNG = np.random.default_rng(7)
PARAM = RNG.normal(size=(3, 2))
GRADS = RNG.normal(size=(8, 3, 2))


def run(rule, grads, **hyper):
    param, state = PARAM, optim.STATE_OF[rule.__name__].zeros_like(PARAM)
    for grad in grads:
        param, state = rule(param, grad, state, **hyper)
    return param, state


def name_of(recorded):
    return "{bowl}-{rule}-{lr}-{momentum}".format(**recorded)


@pytest.mark.parametrize("recorded", RECORDED["runs"], ids=name_of)
def test_path_agrees_with_torch_s_recorded_one(recorded):
    bowl = RECORDED["bowls"][recorded["bowl"]]
    hessian, start = np.array(bowl["hessian"]), np.array(bowl["start"])
    rule = getattr(optim, recorded["rule"])
    hyper = {} if rule is optim.sgd else {"momentum": recorded["momentum"]}
    steps = RECORDED["steps"]
    path = descend(rule, lambda x: hessian @ x, start, steps=steps[-1], lr=recorded["lr"], **hyper)
    want = np.array(recorded["points"])
    scale = np.abs(want).max(axis=1, keepdims=True)
    np.testing.assert_allclose(path[list(steps)] / scale, want / scale, rtol=0, atol=1e-9)


def noisy_path(run):
    """What the recorder did with torch, done with ours: points after each recorded step."""
    rule = getattr(optim, run["rule"])
    point = np.array(RULES["starts"][run["start"]])
    axis = np.arange(1.0, point.size + 1).reshape(point.shape)
    state, kept = optim.STATE_OF[run["rule"]].zeros_like(point), {}
    for step in range(1, RULES["steps"][-1] + 1):
        grad = run["scale"] * (axis * point + np.sin(step * axis))
        point, state = rule(point, grad, state, **run["hyper"])
        kept[step] = point
    return np.array([kept[step] for step in RULES["steps"]])


def name_of_rule(run):
    return "{rule}-{setting}-{start}-{scale}".format(**run)


@pytest.mark.parametrize("run", RULES["runs"], ids=name_of_rule)
def test_a_thousand_noisy_steps_agree_with_torch_s(run):
    """Gradients of size 1e-6 show where eps stands; two shapes, several settings of every rule."""
    want = np.array(run["points"])
    np.testing.assert_allclose(noisy_path(run), want, rtol=1e-10, atol=1e-10 * np.abs(want).max())


def test_every_rule_has_a_recorded_path():
    assert {run["rule"] for run in RULES["runs"]} == set(optim.STATE_OF)


@pytest.fixture
def make_golden():
    pytest.importorskip("torch")
    spec = importlib.util.spec_from_file_location("make_golden", GOLDEN / "make_golden.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", sorted(optim.STATE_OF))
def test_recorded_rules_are_what_torch_computes_today(make_golden, name):
    run = [run for run in RULES["runs"] if run["rule"] == name][-1]
    fresh = make_golden.long_path(run["setting"], run["start"], run["scale"])
    np.testing.assert_allclose(fresh, run["points"], rtol=1e-9, atol=1e-15)


def test_recording_is_what_torch_computes_today(make_golden):
    recorded = RECORDED["runs"][-1]
    bowl = RECORDED["bowls"][recorded["bowl"]]
    fresh = make_golden.path(
        bowl["hessian"],
        bowl["start"],
        lr=recorded["lr"],
        momentum=recorded["momentum"],
        nesterov=True,
    )
    assert recorded["rule"] == "nesterov"
    np.testing.assert_allclose(fresh, recorded["points"], rtol=1e-9)


def test_sgd_steps_against_the_gradient():
    param, state = optim.sgd(PARAM, GRADS[0], optim.SGDState(), lr=0.3)
    np.testing.assert_array_equal(param, PARAM - 0.3 * GRADS[0])
    assert state == optim.SGDState()


@pytest.mark.parametrize("rule", [optim.momentum, optim.nesterov])
def test_without_momentum_every_rule_is_sgd(rule):
    want, _ = run(optim.sgd, GRADS, lr=0.1)
    got, _ = run(rule, GRADS, lr=0.1, momentum=0.0)
    np.testing.assert_allclose(got, want, rtol=1e-14)


@pytest.mark.parametrize("rule", [optim.momentum, optim.nesterov])
def test_momentum_is_nine_tenths_by_default(rule):
    np.testing.assert_array_equal(
        run(rule, GRADS, lr=0.1)[0], run(rule, GRADS, lr=0.1, momentum=0.9)[0]
    )


def test_velocity_is_a_decaying_sum_not_a_mean():
    _, state = run(optim.momentum, GRADS[:3], lr=0.1, momentum=0.5)
    np.testing.assert_allclose(
        state.velocity, GRADS[2] + 0.5 * GRADS[1] + 0.25 * GRADS[0], rtol=1e-14
    )


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("steps", [1, 2, 8])
def test_velocity_weights_add_up_to_the_loop(momentum, steps):
    got, _ = run(optim.momentum, GRADS[:steps], lr=0.1, momentum=momentum)
    weights = optim.velocity_weights(steps, momentum=momentum)
    assert weights.shape == (steps,)
    want = PARAM - 0.1 * np.tensordot(weights, GRADS[:steps], axes=1)
    np.testing.assert_allclose(got, want, rtol=1e-11)


def test_no_steps_have_no_weights():
    assert optim.velocity_weights(0, momentum=0.9).shape == (0,)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
def test_constant_gradient_leads_to_terminal_velocity(momentum):
    before, _ = run(optim.momentum, [GRADS[0]] * 400, lr=0.1, momentum=momentum)
    after, _ = run(optim.momentum, [GRADS[0]] * 401, lr=0.1, momentum=momentum)
    terminal = optim.terminal_velocity(GRADS[0], lr=0.1, momentum=momentum)
    np.testing.assert_allclose(after - before, terminal, rtol=1e-9)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
def test_both_forms_of_nesterov_meet_at_the_look_ahead_point(momentum):
    """x + momentum * v of the lecture's form is what the transformed form calls param."""
    hessian = np.array([[2.0, 0.3], [0.3, 10.0]])
    x, velocity = np.array([4.0, 0.5]), np.zeros(2)
    param, state = x, optim.MomentumState.zeros_like(x)
    for _ in range(50):
        x, velocity = optim.nesterov_lookahead(
            x, velocity, lambda p: hessian @ p, lr=0.02, momentum=momentum
        )
        param, state = optim.nesterov(param, hessian @ param, state, lr=0.02, momentum=momentum)
        np.testing.assert_allclose(x + momentum * velocity, param, atol=1e-13)
        np.testing.assert_allclose(velocity, -0.02 * state.velocity, atol=1e-13)


def test_nesterov_look_ahead_takes_one_gradient_and_takes_it_ahead():
    asked = []

    def gradient(point):
        asked.append(point)
        return GRADS[0]

    velocity = RNG.normal(size=(3, 2))
    param, after = optim.nesterov_lookahead(PARAM, velocity, gradient, lr=0.1, momentum=0.7)
    assert len(asked) == 1
    np.testing.assert_array_equal(asked[0], PARAM + 0.7 * velocity)
    np.testing.assert_allclose(after, 0.7 * velocity - 0.1 * GRADS[0], rtol=1e-14)
    np.testing.assert_allclose(param, PARAM + after, rtol=1e-14)


@pytest.mark.parametrize("name", sorted(optim.STATE_OF))
def test_every_rule_has_a_state_that_starts_at_rest(name):
    state = optim.STATE_OF[name].zeros_like(PARAM)
    for field in state:
        np.testing.assert_array_equal(field, 0.0)
    hyper = {"adadelta": {}, "adamw": {"lr": 0.1, "weight_decay": 0.0}}.get(name, {"lr": 0.1})
    still, _ = getattr(optim, name)(PARAM, np.zeros_like(PARAM), state, **hyper)
    np.testing.assert_array_equal(still, PARAM)


# --- per-parameter steps --------------------------------------------------------------------------

CONSTANT = np.array([[3.0, -0.2, 1e-3]] * 50)


def follow(rule, grads, **hyper):
    """The positions of a rule that starts at zero and gets these gradients."""
    param = np.zeros_like(grads[0])
    state, path = optim.STATE_OF[rule.__name__].zeros_like(param), []
    for grad in grads:
        param, state = rule(param, grad, state, **hyper)
        path.append(param)
    return np.array(path), state


def test_adagrad_under_a_constant_gradient_slows_down_like_one_over_root_t():
    path, state = follow(optim.adagrad, CONSTANT, lr=0.1, eps=0.0)
    steps = np.diff(path, axis=0, prepend=0.0)
    t = np.arange(1, 51)[:, None]
    np.testing.assert_allclose(steps, -0.1 * np.sign(CONSTANT) / np.sqrt(t), rtol=1e-11)
    np.testing.assert_allclose(state.sum_sq, 50 * CONSTANT[0] ** 2, rtol=1e-12)


@pytest.mark.parametrize("rule", [optim.adagrad, optim.rmsprop])
def test_effective_lr_is_what_the_next_gradient_is_multiplied_by(rule):
    """For a gradient so small that it does not change the state."""
    _, state = follow(rule, GRADS, lr=0.1)
    tiny = np.full(GRADS[0].shape, 1e-12)
    keep = {"decay": 1.0} if rule is optim.rmsprop else {}
    param, _ = rule(np.zeros_like(tiny), tiny, state, lr=0.1, **keep)
    np.testing.assert_allclose(-param / tiny, optim.effective_lr(state, lr=0.1), rtol=1e-9)


def test_rmsprop_under_a_constant_gradient_ends_with_steps_of_the_learning_rate():
    path, _ = follow(optim.rmsprop, np.repeat(CONSTANT, 6, axis=0), lr=0.1, eps=0.0)
    np.testing.assert_allclose(path[-1] - path[-2], -0.1 * np.sign(CONSTANT[0]), rtol=1e-9)


def test_adadelta_moves_by_the_same_units_whatever_the_loss_is_measured_in():
    """Zeiler 2012, section 3.2: with eps scaled along, f -> 1000 f leaves the path alone."""
    grads = GRADS * np.array([1.0, -2.0])
    # eps stands for a squared update above and a squared gradient below: nearly none is needed
    path, _ = follow(optim.adadelta, grads, eps=1e-30)
    scaled, _ = follow(optim.adadelta, 1000 * grads, eps=1e-30)
    np.testing.assert_allclose(scaled, path, rtol=1e-9)


def test_adam_s_first_step_is_the_learning_rate_whatever_the_gradient():
    path, state = follow(optim.adam, CONSTANT[:1], lr=0.1, eps=0.0)
    np.testing.assert_allclose(path[0], -0.1 * np.sign(CONSTANT[0]), rtol=1e-12)
    assert state.step == 1


@pytest.mark.parametrize("betas", [(0.9, 0.999), (0.5, 0.9), (0.0, 0.99)])
def test_uncorrected_step_ratio_is_what_leaving_out_the_correction_does(betas):
    """Simulated: raw moments against corrected ones, under a constant gradient."""
    ratio = optim.uncorrected_step_ratio(40, betas=betas)
    m = v = 0.0
    for t in range(40):
        m, v = betas[0] * m + (1 - betas[0]) * 3.0, betas[1] * v + (1 - betas[1]) * 9.0
        np.testing.assert_allclose(ratio[t], m / np.sqrt(v), rtol=1e-12)


def test_uncorrected_step_ratio_of_the_lectures():
    ratio = optim.uncorrected_step_ratio(100)
    assert round(ratio[0], 3) == 3.162
    assert int(np.argmax(ratio)) + 1 == 12
    assert round(ratio.max(), 3) == 6.569


def test_decoupled_decay_acts_on_the_parameter_and_not_on_the_moments():
    decayed, with_decay = optim.adamw(
        PARAM, GRADS[0], optim.AdamState.zeros_like(PARAM), lr=0.1, weight_decay=0.5
    )
    plain, without = optim.adam(PARAM, GRADS[0], optim.AdamState.zeros_like(PARAM), lr=0.1)
    np.testing.assert_allclose(plain - decayed, 0.1 * 0.5 * PARAM, rtol=1e-12)
    np.testing.assert_array_equal(with_decay.m, without.m)
    np.testing.assert_array_equal(with_decay.v, without.v)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
@pytest.mark.parametrize(("curvature", "strength"), [(1.0, 0.025), (10.0, 0.025), (3.0, 0.4)])
def test_fixed_points_are_where_the_two_runs_end(curvature, strength, momentum):
    target, lr = 1.3, 0.02
    with_l2 = with_decay = np.zeros(1)
    state_l2 = state_decay = optim.MomentumState.zeros_like(with_l2)
    for _ in range(6000):
        grad = curvature * (with_l2 - target) + 2 * strength * with_l2
        with_l2, state_l2 = optim.momentum(with_l2, grad, state_l2, lr=lr, momentum=momentum)
        pull = lr * 2 * strength * with_decay
        grad = curvature * (with_decay - target)
        stepped, state_decay = optim.momentum(
            with_decay, grad, state_decay, lr=lr, momentum=momentum
        )
        with_decay = stepped - pull
    got = optim.l2_and_decay_fixed_points(curvature, target, strength=strength, momentum=momentum)
    np.testing.assert_allclose(got, (with_l2[0], with_decay[0]), rtol=1e-9)
