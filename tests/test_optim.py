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


def test_recording_is_what_torch_computes_today():
    pytest.importorskip("torch")
    spec = importlib.util.spec_from_file_location("make_golden", GOLDEN / "make_golden.py")
    assert spec
    assert spec.loader
    make_golden = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make_golden)
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
    still, _ = getattr(optim, name)(PARAM, np.zeros_like(PARAM), state, lr=0.1)
    np.testing.assert_array_equal(still, PARAM)
