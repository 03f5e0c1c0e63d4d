"""The exercise ``newton_cost``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import second_order


def cost_cases(rng: np.random.Generator) -> Sequence[Case]:
    small, middle = 3 * int(rng.integers(3, 9)), 3 * int(rng.integers(300, 3000))
    large = 3_000_000 * int(rng.integers(20, 90))
    return [
        Case("a toy model", (small,), {}, "Few enough entries to count them by hand."),
        Case("a small network", (middle,), {}, "The default is 8 bytes per number."),
        Case(
            "half of the bytes",
            (middle + 3,),
            {"bytes_per_number": 4},
            "bytes_per_number changes the memory, and not the work.",
        ),
        Case(
            "a hundred million parameters",
            (10**8,),
            {},
            "10^24 is more than a 64-bit integer holds; Python's own integers have no limit.",
        ),
        Case(
            "half precision, a large network",
            (large,),
            {"bytes_per_number": 2},
            "Two bytes per number, the square of the parameters.",
        ),
    ]


def cost_by_hand(parameters, *, bytes_per_number=8):
    entries = parameters * parameters
    return entries * bytes_per_number, entries * parameters


def cost_floats(parameters, *, bytes_per_number=8):
    return [float(parameters) ** 2 * bytes_per_number, float(parameters) ** 3]


def cost_powers(parameters, *, bytes_per_number=8):
    """pow of whole numbers, results in an object array's tuple."""
    return tuple(f * pow(int(parameters), e) for f, e in ((bytes_per_number, 2), (1, 3)))


COST = Exercise(
    reference=second_order.newton_cost,
    cases=cost_cases,
    returns=("memory", "work"),
    read="What it would cost",
    praise="For 10^8 parameters: 80 petabytes and 10^24 multiply-adds, for one step.",
    hints=(
        "How many second derivatives does a function of two parameters have, if all are stored? "
        "And one of three?",
        "The memory is the number of entries times the bytes of one. The work of an inversion "
        "grows with one more power of the number of parameters.",
        "Square for the memory, times `bytes_per_number`; cube for the work. Python's `**` on "
        "whole numbers is exact.",
    ),
    mistakes=(
        Mistake(
            "numbers, not bytes",
            "bytes_per_number * parameters**2",
            "parameters**2",
            "You count the numbers of the matrix. The memory is asked for in bytes.",
        ),
        Mistake(
            "bytes in the work",
            "work = parameters**3",
            "work = bytes_per_number * parameters**3",
            "The work is counted in multiply-adds. How many bytes a number has does not matter "
            "for it.",
        ),
        Mistake(
            "one more power in the memory",
            "bytes_per_number * parameters**2",
            "bytes_per_number * parameters**3",
            "A matrix has rows and columns, which makes a square. The cube belongs to the work.",
        ),
        Mistake(
            "memory of a vector",
            "bytes_per_number * parameters**2",
            "bytes_per_number * parameters",
            "That is the memory of a gradient. The Hessian holds a number for every *pair* of "
            "parameters.",
        ),
        Mistake(
            "one triangle",
            "bytes_per_number * parameters**2",
            "bytes_per_number * parameters * (parameters + 1) // 2",
            "you store one triangle, which is enough for a symmetric matrix. Here the whole "
            "matrix is counted: what a solver gets to work on.",
            convention=True,
        ),
        Mistake(
            "pairs of different parameters",
            "bytes_per_number * parameters**2",
            "bytes_per_number * parameters * (parameters - 1) // 2",
            "You count pairs of two *different* parameters, each once. The second derivatives "
            "along each parameter are missing, and the whole matrix holds every pair twice.",
        ),
        Mistake(
            "work squared",
            "work = parameters**3",
            "work = parameters**2",
            "That is the work of multiplying the matrix with *one* vector. An inversion solves as "
            "many systems as there are parameters.",
        ),
        Mistake(
            "a third of the cube",
            "work = parameters**3",
            "work = parameters**3 // 3",
            "you count the work of a factorisation, a third of a cube. Here the work of an "
            "inversion is asked for, a whole cube.",
            convention=True,
        ),
        Mistake(
            "a sixth of the cube",
            "work = parameters**3",
            "work = parameters**3 / 6",
            "you count the work of a Cholesky factorisation, a sixth of a cube of multiply-adds. "
            "Here the work of an inversion is asked for, a whole cube.",
            convention=True,
        ),
        Mistake(
            "two thirds of the cube",
            "work = parameters**3",
            "work = 2 * parameters**3 / 3",
            "you count the additions and multiplications of an elimination, two thirds of a "
            "cube. Here the multiply-adds of an inversion are asked for, a whole cube.",
            convention=True,
        ),
        Mistake(
            "additions counted on their own",
            "work = parameters**3",
            "work = 2 * parameters**3",
            "you count every multiplication and every addition. Here a multiply-add is one.",
            convention=True,
        ),
        Mistake(
            "bits",
            "bytes_per_number * parameters**2",
            "8 * bytes_per_number * parameters**2",
            "Eight times too much: bits instead of bytes, or 8 is multiplied in besides "
            "`bytes_per_number`.",
        ),
        Mistake(
            "always eight bytes",
            "bytes_per_number * parameters**2",
            "8 * parameters**2",
            "Right for numbers of 8 bytes and for no others: is there a number in your code where "
            "the argument should be?",
        ),
        Mistake(
            "gigabytes",
            "bytes_per_number * parameters**2",
            "bytes_per_number * parameters**2 / 10**9",
            "The memory is asked for in bytes, not in gigabytes.",
        ),
        Mistake(
            "gigabytes of 2^30",
            "bytes_per_number * parameters**2",
            "bytes_per_number * parameters**2 / 2**30",
            "The memory is asked for in bytes, not in units of 2^30 bytes.",
        ),
        Mistake(
            "overflow",
            "work = parameters**3",
            "work = int(np.int64(parameters) ** 3)",
            "Right until the cube no longer fits into 64 bits, then the number wraps around. "
            "numpy's integers do that; Python's own have no limit.",
        ),
        Mistake(
            "caret instead of a power",
            "bytes_per_number * parameters**2",
            "bytes_per_number * (parameters ^ 2)",
            "In Python `^` compares bits (exclusive or). A power is written with another operator.",
            more=(("work = parameters**3", "work = parameters ^ 3"),),
        ),
        Mistake(
            "in units of the parameters' square",
            "bytes_per_number * parameters**2",
            "(bytes_per_number * parameters) ** 2",
            "The bytes are squared along with the parameters: a number does not take more bytes "
            "because it stands in a matrix.",
        ),
        Mistake(
            "twice the memory",
            "bytes_per_number * parameters**2",
            "2 * bytes_per_number * parameters**2",
            "Twice too much memory: only one matrix is counted, the Hessian, and each of its "
            "entries once.",
        ),
        Mistake(
            "times instead of a power",
            "bytes_per_number * parameters**2",
            "bytes_per_number * parameters * 2",
            "You multiply by 2 and by 3. A matrix has as many rows as parameters, and as many "
            "columns: that is a power.",
            more=(("work = parameters**3", "work = parameters * 3"),),
        ),
        Mistake(
            "a square added to the work",
            "work = parameters**3",
            "work = parameters**3 + parameters**2",
            "A square is added to the cube. Here the work is counted as the cube alone.",
        ),
        Mistake(
            "gradient counted too",
            "bytes_per_number * parameters**2",
            "bytes_per_number * (parameters**2 + parameters)",
            "You count the gradient as well. Asked for is the memory of the Hessian alone.",
        ),
    ),
    accepted=(cost_by_hand, cost_floats, cost_powers),
    points=1,
    hidden_points=1,
)
