"""Preparing inputs, with what the training set knows and nothing else."""

import numpy as np

from course_lib.arrays import Array


def standardize(train: Array, test: Array) -> tuple[Array, Array]:
    """Give every column of ``train`` mean 0 and standard deviation 1; treat ``test`` alike.

    ``test`` is moved by the mean and standard deviation of ``train``: its own would leak.
    A column that is constant in ``train`` is centred only.

    Source: CSC421 L7-8 "normalization"; CS231n L7 "data preprocessing".
    Shapes: ``train`` (N, D), ``test`` (M, D), results the same.
    """
    mean = np.mean(train, axis=0)
    varies = np.ptp(train, axis=0) > 0
    scale = np.where(varies, np.std(train, axis=0), 1.0)
    return (train - mean) / scale, (test - mean) / scale
