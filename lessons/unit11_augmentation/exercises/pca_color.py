"""The exercise ``pca_color``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, Rng
from course_lib import augment
from course_lib.arrays import Array

from .shared import ONE_FOR_ALL, chance, in_double, mean_band, pictures, seen, six_sigma


def basis(rng: np.random.Generator) -> Array:
    """Three perpendicular directions as columns, none along a channel, rows unlike columns."""
    turn = 1
    while True:
        vectors, _ = np.linalg.qr(rng.normal(size=(3, 3)))
        apart = np.abs(vectors - vectors.T).max() > 0.6
        if (apart and np.abs(vectors).min() > 0.15) or turn == 200:
            return vectors
        turn += 1


@in_double
def pca_cases(rng: np.random.Generator) -> Sequence[Case]:
    count = 1500

    def many(name: str, about: str, sigma: float, vectors: Array, scales: Sequence[float]) -> Case:
        bands = {
            "spread along each component, over what it should be": mean_band(0.75, count),
            "mean along each component, over the spread it should have": mean_band(1.0, count),
            "share of steps beyond twice that spread": six_sigma(0.046, count * len(scales)),
            "share of steps beyond three times that spread": six_sigma(0.0027, count * len(scales)),
            "correlation of an image's step with the next one's": mean_band(1.0, count),
            "correlation of the first two steps": mean_band(1.0, count),
            "part that lies along no component": 1e-6,
        }
        inputs = {"components": vectors, "scales": np.array(scales), "sigma": sigma}
        return seen(name, about, "coloured", rng, bands, shape=(count, 2, 2, 3), **inputs)

    vectors = basis(rng)
    return [
        many(
            "three components",
            "The step along component k has the standard deviation sigma times scale k.",
            0.35, vectors, (0.25, 0.8, 0.06),
        ),
        many(
            "two components of three",
            "With two components all colours lie in one plane.",
            0.1, vectors[:, :2], (0.3, 1.9),
        ),
        Case(
            "sigma 0",
            (pictures(rng, 2, 2, 2, 3), np.eye(3), np.array([0.5, 0.2, 0.1])),
            {"sigma": 0.0, "rng": Rng(9)},
            about="With sigma 0 nothing is added.",
            atol=1e-9,
        ),
    ]  # fmt: skip


def pca_loop(images, components, scales, *, sigma, rng):
    out = []
    for image in images:
        color = np.zeros(image.shape[-1])
        for k, scale in enumerate(scales):
            color = color + rng.normal(0.0, sigma) * scale * components[:, k]
        out.append(image + color)
    return np.array(out)


def pca_einsum(images, components, scales, *, sigma, rng):
    alphas = rng.normal(scale=sigma, size=(len(images), components.shape[1]))
    return images - np.einsum("nk,k,ck->nc", alphas, scales, components)[:, None, None]


def pca_matrix_of_columns(images, components, scales, *, sigma, rng):
    weighted = components @ np.diag(scales)
    colors = weighted @ (sigma * rng.standard_normal((len(scales), len(images))))
    return images + colors.T.reshape(len(images), 1, 1, -1)


PCA_COLOR = Exercise(
    reference=augment.pca_color,
    cases=pca_cases,
    returns=("images",),
    read="Light and colour",
    praise="One colour per image, along the directions in which the data's colours vary.",
    hints=(
        "How many random numbers does one image need? What do they multiply?",
        "For each image: a normal number per component, times sigma, times that component's scale, "
        "times the component, summed up. That gives one colour, which all pixels get.",
        "Steps of shape (N, K) times the transpose of the (C, K) components give (N, C) colours; "
        "then two new axes for height and width.",
    ),
    mistakes=(
        Mistake(
            "one colour per pixel",
            "rng.standard_normal((len(images), len(scales))) * scales",
            "rng.standard_normal((*images.shape[:3], len(scales))) * scales",
            "Every pixel gets a colour of its own: that is coloured snow. One colour is added to "
            "all pixels of an image.",
            more=(("colors[:, np.newaxis, np.newaxis, :]", "colors"),),
        ),
        Mistake(
            "one colour for the batch",
            "(len(images), len(scales))",
            "(1, len(scales))",
            ONE_FOR_ALL.format("colour"),
        ),
        Mistake(
            "rows for columns",
            "components.T",
            "components",
            "You take the rows of `components`; the components are its columns, as "
            "`np.linalg.eigh` returns them.",
        ),
        Mistake(
            "scales forgotten",
            "(len(images), len(scales))) * scales",
            "(len(images), len(scales)))",
            "All components vary alike: each step has a scale of its own, so that the main "
            "direction gets the longest steps.",
        ),
        Mistake(
            "scales squared",
            "(len(images), len(scales))) * scales",
            "(len(images), len(scales))) * scales**2",
            "The scales come in twice.",
        ),
        Mistake(
            "root of the scales",
            "(len(images), len(scales))) * scales",
            "(len(images), len(scales))) * np.sqrt(scales)",
            "you take the roots of the scales, as if they were variances. Here the step along a "
            "component is sigma times its scale as given.",
            convention=True,
        ),
        Mistake(
            "divided by the scales",
            "(len(images), len(scales))) * scales",
            "(len(images), len(scales))) / scales",
            "You divide by the scales: the direction in which colours hardly vary gets the longest "
            "steps.",
        ),
        Mistake(
            "sigma forgotten",
            "sigma * rng",
            "1.0 * rng",
            "sigma is not used: it says how far all steps go.",
        ),
        Mistake(
            "sigma squared",
            "sigma * rng",
            "sigma**2 * rng",
            "sigma is the standard deviation, not its root: it comes in once.",
        ),
        Mistake(
            "sigma as a variance",
            "sigma * rng",
            "np.sqrt(sigma) * rng",
            "you take sigma for a variance. Here it is the standard deviation.",
            convention=True,
        ),
        Mistake(
            "one number for all components",
            "(len(images), len(scales))",
            "(len(images), 1)",
            "One random number moves along all components at once, so that all colours lie on a "
            "line. Each component needs a number of its own.",
        ),
        Mistake(
            "uniform instead of normal",
            "rng.standard_normal((len(images), len(scales)))",
            "rng.uniform(size=(len(images), len(scales)))",
            "The steps are uniform between 0 and 1, and so never negative. A normal distribution "
            "around 0 is asked for.",
        ),
        Mistake(
            "components ignored",
            "steps @ components.T",
            "steps @ np.eye(len(components))[: len(scales)]",
            "The steps are added to red, green and blue directly. They go along the components: "
            "which matrix leads from steps to colours?",
        ),
        Mistake(
            "first component only",
            "steps @ components.T",
            "steps[:, :1] @ components.T[:1]",
            "Only the first component is used: sum over all of them.",
        ),
        Mistake(
            "multiplied",
            "return images + colors",
            "return images * colors",
            "The colour multiplies the image. It is an offset: with a colour of 0 nothing may "
            "change.",
        ),
        Mistake(
            "cut off",
            "return images + colors[:, np.newaxis, np.newaxis, :]",
            "return np.clip(images + colors[:, np.newaxis, np.newaxis, :], 0.0, 1.0)",
            "You cut off at 0 and 1. The recipe does not, so that every pixel gets the same "
            "colour added.",
        ),
        *chance("pca_color", "rng.standard_normal("),
    ),
    accepted=(pca_loop, pca_einsum, pca_matrix_of_columns),
    points=2,
)
