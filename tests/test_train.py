"""Training: batches cover the data, steps are the rule's, and a run agrees with PyTorch's."""

import sys

import numpy as np
import pytest

from course_lib import models, optim, train

RNG = np.random.default_rng(41)
X, LABELS = RNG.normal(size=(23, 4)), RNG.integers(3, size=23)
PARAMS = models.init_mlp((4, 6, 3), rng=RNG)
DATA = (X, LABELS)


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("batch_size", [1, 5, 23, 100])
def test_an_epoch_shows_every_example_once(batch_size):
    numbers = np.arange(23)
    batches = list(train.minibatches(X, numbers, batch_size=batch_size, rng=rng()))
    seen = np.concatenate([labels for _, labels in batches])
    np.testing.assert_array_equal(np.sort(seen), numbers)
    np.testing.assert_array_equal(np.concatenate([x for x, _ in batches]), X[seen])
    assert [len(x) for x, _ in batches[:-1]] == [batch_size] * (len(batches) - 1)
    assert len(batches) == -(-23 // batch_size)


def test_every_epoch_has_an_order_of_its_own():
    source = rng()
    orders = [
        np.concatenate(
            [y for _, y in train.minibatches(X, np.arange(23), batch_size=5, rng=source)]
        )
        for _ in range(3)
    ]
    assert not np.array_equal(orders[0], np.arange(23))
    assert not np.array_equal(orders[0], orders[1])
    assert not np.array_equal(orders[1], orders[2])


def test_step_all_is_the_rule_on_each_parameter():
    grads = {name: RNG.normal(size=value.shape) for name, value in PARAMS.items()}
    states = train.init_states(optim.MomentumState, PARAMS)
    params, states = train.step_all(optim.momentum, PARAMS, grads, states, lr=0.1, momentum=0.5)
    params, states = train.step_all(optim.momentum, params, grads, states, lr=0.1, momentum=0.5)
    for name, value in PARAMS.items():
        np.testing.assert_allclose(params[name], value - 0.1 * 2.5 * grads[name], rtol=1e-13)
        np.testing.assert_allclose(states[name].velocity, 1.5 * grads[name], rtol=1e-13)


def test_step_all_refuses_gradients_of_other_parameters():
    states = train.init_states(optim.SGDState, {"W1": X})
    with pytest.raises(ValueError, match=r"params are \['W1'\] but grads are \['W2'\]"):
        train.step_all(optim.sgd, {"W1": X}, {"W2": X}, states, lr=0.1)


def test_descend_records_start_and_every_step():
    path = train.descend(optim.sgd, lambda x: 2 * x, np.array([1, -3]), steps=4, lr=0.25)
    want = np.array([[1.0, -3.0]]) * 0.5 ** np.arange(5)[:, np.newaxis]
    np.testing.assert_array_equal(path, want)


def test_descend_goes_on_silently_when_it_diverges():
    path = train.descend(optim.sgd, lambda x: x**3, np.array([10.0]), steps=20, lr=1.0)
    assert path.shape == (21, 1)
    assert not np.isfinite(path[-1]).any()


def test_a_student_s_own_rule_is_found_by_its_name():
    def momentum(param, grad, state, *, lr, momentum=0.9):
        velocity = momentum * state.velocity + grad
        return param - lr * velocity, optim.MomentumState(velocity)

    mine = train.descend(momentum, lambda x: x, np.ones(2), steps=5, lr=0.1)
    library = train.descend(optim.momentum, lambda x: x, np.ones(2), steps=5, lr=0.1)
    np.testing.assert_array_equal(mine, library)
    params, _ = train.fit(PARAMS, DATA, rule=momentum, epochs=2, lr=0.1, rng=rng())
    want, _ = train.fit(PARAMS, DATA, rule=optim.momentum, epochs=2, lr=0.1, rng=rng())
    np.testing.assert_array_equal(params["W1"], want["W1"])


def test_a_rule_of_unknown_name_is_refused():
    with pytest.raises(ValueError, match="'<lambda>'; name it one of: sgd, momentum"):
        train.descend(lambda *a, **k: a, lambda x: x, np.ones(2), steps=1, lr=0.1)


def test_fit_takes_the_steps_of_a_hand_written_loop():
    hyper = {"lr": 0.05, "momentum": 0.8}
    params, states = PARAMS, train.init_states(optim.MomentumState, PARAMS)
    source = rng(6)
    for _ in range(3):
        for x, labels in train.minibatches(X, LABELS, batch_size=5, rng=source):
            _, grads = models.mlp_loss(params, x, labels, l2=0.01, keep_prob=0.7, rng=source)
            params, states = train.step_all(optim.nesterov, params, grads, states, **hyper)
    got, _ = train.fit(
        PARAMS, DATA, rule=optim.nesterov, epochs=3, batch_size=5, l2=0.01, keep_prob=0.7,
        rng=rng(6), **hyper,
    )  # fmt: skip
    for name, value in params.items():
        np.testing.assert_array_equal(got[name], value)


@pytest.mark.parametrize("nesterov", [False, True])
def test_fit_agrees_with_torch(nesterov):
    torch = pytest.importorskip("torch")
    params = {name: torch.tensor(value, requires_grad=True) for name, value in PARAMS.items()}
    optimizer = torch.optim.SGD(params.values(), lr=0.05, momentum=0.9, nesterov=nesterov)
    source = rng(3)
    for _ in range(10):
        for x, labels in train.minibatches(X, LABELS, batch_size=8, rng=source):
            optimizer.zero_grad()
            hidden = torch.relu(torch.tensor(x) @ params["W1"] + params["b1"])
            scores = hidden @ params["W2"] + params["b2"]
            loss = torch.nn.functional.cross_entropy(scores, torch.tensor(labels))
            (loss + 0.02 * sum(params[w].square().sum() for w in ("W1", "W2"))).backward()
            optimizer.step()
    rule = optim.nesterov if nesterov else optim.momentum
    got, _ = train.fit(
        PARAMS, DATA, rule=rule, epochs=10, batch_size=8, lr=0.05, l2=0.02, rng=rng(3)
    )
    for name, param in params.items():
        np.testing.assert_allclose(got[name], param.detach().numpy(), rtol=1e-9, atol=1e-12)


def test_history_is_measured_at_the_end_of_each_epoch():
    val = (X[:9] + 0.1, LABELS[:9])
    history = []
    for epochs in (1, 2, 3):
        params, kept = train.fit(
            PARAMS, DATA, rule=optim.sgd, epochs=epochs, lr=0.1, l2=0.5, val=val,
            keep_prob=0.5, rng=rng(),
        )  # fmt: skip
        history.append(
            [
                models.nll(params, *DATA), models.accuracy(params, *DATA),
                models.nll(params, *val), models.accuracy(params, *val),
            ]
        )  # fmt: skip
    np.testing.assert_allclose(np.array(kept[:4]).T, history, rtol=1e-13)
    assert kept.diverged is False


def test_history_without_validation_set_has_no_validation_curve():
    _, history = train.fit(PARAMS, DATA, rule=optim.sgd, epochs=2, lr=0.1, rng=rng())
    assert history.train_loss.shape == history.train_accuracy.shape == (2,)
    assert history.val_loss.shape == history.val_accuracy.shape == (0,)


def test_no_epochs_change_nothing():
    params, history = train.fit(PARAMS, DATA, rule=optim.sgd, epochs=0, lr=0.1, rng=rng())
    np.testing.assert_array_equal(params["W1"], PARAMS["W1"])
    assert history.train_loss.shape == (0,)


def test_schedule_gives_each_step_its_learning_rate():
    asked = []

    def schedule(step):
        asked.append(step)
        return 0.1 / (step + 1)

    got, _ = train.fit(
        PARAMS, DATA, rule=optim.sgd, epochs=2, batch_size=10, schedule=schedule, rng=rng()
    )
    assert asked == [0, 1, 2, 3, 4, 5]
    source, params = rng(), PARAMS
    states = train.init_states(optim.SGDState, PARAMS)
    for epoch in range(2):
        batches = train.minibatches(X, LABELS, batch_size=10, rng=source)
        for step, (x, labels) in enumerate(batches, start=3 * epoch):
            _, grads = models.mlp_loss(params, x, labels)
            params, _ = train.step_all(optim.sgd, params, grads, states, lr=0.1 / (step + 1))
    np.testing.assert_array_equal(got["W1"], params["W1"])
    with pytest.raises(ValueError, match=r"lr or schedule, not both; got lr=0\.1"):
        train.fit(PARAMS, DATA, rule=optim.sgd, epochs=1, lr=0.1, schedule=schedule, rng=rng())


def test_any_loss_of_the_same_form_can_be_trained():
    got, _ = train.fit(
        PARAMS, DATA, rule=optim.sgd, epochs=2, lr=0.1, l2=0.01, loss=models.two_layer_loss,
        rng=rng(),
    )  # fmt: skip
    want, _ = train.fit(PARAMS, DATA, rule=optim.sgd, epochs=2, lr=0.1, l2=0.01, rng=rng())
    np.testing.assert_allclose(got["W1"], want["W1"], rtol=1e-12)


def test_a_diverging_run_stops_early_and_says_so():
    _, history = train.fit(
        PARAMS, DATA, rule=optim.sgd, epochs=50, lr=1e3, l2=1.0, val=DATA, rng=rng()
    )
    assert history.diverged is True
    assert len(history.train_loss) < 50
    assert len(history.val_loss) == len(history.train_loss)


def test_a_loss_that_is_not_a_number_stops_the_run_before_it_spoils_the_weights():
    def loss(params, x, labels, *, l2):
        _, grads = models.mlp_loss(params, x, labels, l2=l2)
        return np.nan, grads

    params, history = train.fit(
        PARAMS, DATA, rule=optim.sgd, epochs=5, lr=0.1, loss=loss, rng=rng()
    )
    assert history.diverged is True
    np.testing.assert_allclose(history.train_loss, [models.nll(PARAMS, *DATA)])
    np.testing.assert_array_equal(params["W1"], PARAMS["W1"])


@pytest.mark.parametrize(("seconds", "shown"), [(0.1, False), (1.5, True)])
def test_only_long_runs_show_a_progress_line_on_stdout(monkeypatch, capsys, seconds, shown):
    clock = iter(seconds * np.arange(100))
    monkeypatch.setattr(train.time, "monotonic", lambda: next(clock))
    monkeypatch.setitem(sys.modules, "IPython", sys)
    train.fit(PARAMS, DATA, rule=optim.sgd, epochs=3, lr=0.1, rng=rng())
    printed = capsys.readouterr()
    assert printed.err == ""
    assert ("\repoch 3/3" in printed.out) == shown
    assert "\n" not in printed.out
    if shown:  # and in the end it is wiped out: the next line starts where it stood
        *_, bar, wiped, after = printed.out.split("\r")
        assert (wiped, after) == (" " * len(bar), "")


def test_a_redirected_run_shows_no_progress_line(monkeypatch, capsys):
    clock = iter(range(0, 1000, 5))
    monkeypatch.setattr(train.time, "monotonic", lambda: next(clock))
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    train.fit(PARAMS, DATA, rule=optim.sgd, epochs=3, lr=0.1, rng=rng())
    assert capsys.readouterr().out == ""
