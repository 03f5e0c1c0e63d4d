"""The types that all signatures of the library are written with."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Labels = NDArray[np.integer]  # class numbers from 0, one per example
Indices = NDArray[np.integer]  # which example stands where, from 0
Params = dict[str, Array]  # "W1", "b1", "W2", ...: the parameters of a network
