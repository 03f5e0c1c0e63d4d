"""Numeric gradients, and how far an analytic gradient is from them."""

from collections.abc import Callable

import numpy as np

from course_lib.arrays import Array, Params


def numeric_gradient(f: Callable[[Array], float], x: Array, *, h: float = 1e-5) -> Array:
    """Central differences, entry by entry; costs two calls of ``f`` for each entry of ``x``.

    Source: CS231n L3 "numeric gradient".
    Shapes: ``x`` any shape, result the same; ``h`` in the units of ``x``.
    """
    grad = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        right = x.astype(np.float64)
        left = x.astype(np.float64)
        right[index] += h
        left[index] -= h
        grad[index] = (f(right) - f(left)) / (2 * h)
    return grad


def relative_error(analytic: Array, numeric: Array) -> float:
    """The worst entry of ``|a - n| / (|a| + |n|)``: between 0 (equal) and 1 (opposite signs).

    An entry where both gradients are 0 counts as 0. In float64 a right gradient of a smooth
    loss stays below about 1e-6; above 1e-4 something is wrong.

    Source: CS231n notes "gradient checks".
    Shapes: two arrays of the same shape.
    """
    difference = np.abs(analytic - numeric)
    scale = np.maximum(1e-12, np.abs(analytic) + np.abs(numeric))
    return float(np.max(difference / scale))


def check_gradients(
    loss: Callable[[Params], tuple[float, Params]], params: Params, *, h: float = 1e-5
) -> dict[str, float]:
    """The relative error of every gradient that ``loss(params) -> (value, grads)`` returns.

    Source: CS231n notes "gradient checks".
    Shapes: ``grads`` has the names and shapes of ``params``.
    """
    _, grads = loss(params)
    errors = {}
    for name, param in params.items():

        def value_at(changed: Array, name: str = name) -> float:
            return loss({**params, name: changed})[0]

        errors[name] = relative_error(grads[name], numeric_gradient(value_at, param, h=h))
    return errors
