"""The exercise ``color_jitter``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake, Rng
from course_lib import augment

from .shared import (
    AFRESH,
    FIXED_SEED,
    ONE_FOR_ALL,
    OWN_GENERATOR,
    in_double,
    mean_band,
    own_generator,
    pictures,
    seen,
)


@in_double
def jitter_cases(rng: np.random.Generator) -> Sequence[Case]:
    count = 300

    def many(
        name: str, about: str, brightness: float, contrast: float, low: float, high: float
    ) -> Case:
        way, to = "contrast factor", "change of an image's mean"
        bands = {"correlation of the two": mean_band(1.0, count)}
        for what, width in ((way, contrast), (to, brightness)):
            # where both vary, what is asked is whether they do so independently
            room = 5.0 if brightness and contrast else 0.15
            bands |= {f"smallest {what}": room * width, f"largest {what}": room * width}
            bands[f"mean {what}"] = mean_band(width / np.sqrt(3), count)
        bands["spread of contrast factors"] = mean_band(0.3 * contrast, count)
        bands["spread of changes of the mean"] = mean_band(0.3 * brightness, count)
        inputs = {"low": low, "high": high, "brightness": brightness, "contrast": contrast}
        return seen(name, about, "jittered", rng, bands, shape=(count, 2, 3, 3), **inputs)

    return [
        many(
            "contrast only",
            "Distances from the image's own mean are multiplied by one factor, between 0.5 and "
            "1.5; the mean stays.",
            0.0, 0.5, 0.35, 0.65,
        ),
        many(
            "brightness only",
            "One number, between -0.15 and 0.15, is added to all pixels of an image.",
            0.15, 0.0, 0.3, 0.7,
        ),
        many(
            "both",
            "Factor and offset are drawn independently, for every image.",
            0.1, 0.4, 0.35, 0.65,
        ),
        many(
            "beyond black and white",
            "Only at the end, what lies below 0 becomes 0 and what lies above 1 becomes 1.",
            0.6, 0.9, 0.0, 1.0,
        ),
        Case(
            "no jitter",
            (pictures(rng, 2, 2, 3, 3),),
            {"brightness": 0.0, "contrast": 0.0, "rng": Rng(8)},
            about="With both at 0 nothing changes.",
            atol=1e-9,
        ),
    ]  # fmt: skip


def jitter_loop(images, *, brightness, contrast, rng):
    out = np.array(images)
    for image in out:
        middle = image.mean()
        stretched = middle + (image - middle) * (1 + contrast * rng.uniform(-1, 1))
        moved = stretched + brightness * rng.uniform(-1, 1)
        image[...] = np.minimum(np.maximum(moved, 0), 1)
    return out


def jitter_brightness_first(images, *, brightness, contrast, rng):
    """Brighter first: the mean moves along, so that the order does not matter."""
    flat = images.reshape(len(images), -1)
    flat = flat + brightness * (2 * rng.random((len(flat), 1)) - 1)
    mean = flat.mean(axis=1, keepdims=True)
    factor = 1 - contrast + 2 * contrast * rng.random((len(flat), 1))
    return np.clip(factor * flat + (1 - factor) * mean, 0, 1).reshape(images.shape)


def jitter_list(images, *, brightness, contrast, rng):
    def one(image):
        factor = 1 - contrast * rng.uniform(-1, 1)
        offset = rng.uniform(-brightness, brightness)
        return np.clip(factor * image + ((1 - factor) * np.mean(image) + offset), 0.0, 1.0)

    return [one(image) for image in images]


COLOR_JITTER = Exercise(
    reference=augment.color_jitter,
    cases=jitter_cases,
    returns=("images",),
    read="Light and colour",
    praise="Each image is seen in a light of its own, and no pixel leaves the range.",
    hints=(
        "How many random numbers does one image need? What must stay the same when only the "
        "contrast changes?",
        "Draw factors and offsets of shape (N, 1, 1, 1), so that they spread over all pixels of an "
        "image. Contrast multiplies what is left after the image's own mean is taken away.",
        "mean + factor * (distance from the mean) + offset, cut off at 0 and 1 at the very end.",
    ),
    mistakes=(
        Mistake(
            "one change for the batch",
            "one_per_image = (len(images), 1, 1, 1)",
            "one_per_image = (1, 1, 1, 1)",
            ONE_FOR_ALL.format("change"),
        ),
        Mistake(
            "one change per pixel",
            "one_per_image = (len(images), 1, 1, 1)",
            "one_per_image = images.shape",
            "Every pixel draws its own numbers. That is noise, not light: one factor and one "
            "offset belong to a whole image.",
        ),
        Mistake(
            "one change per channel",
            "one_per_image = (len(images), 1, 1, 1)",
            "one_per_image = (len(images), 1, 1, images.shape[3])",
            "Every channel draws its own numbers, so that colours shift. Contrast and brightness "
            "are one number each for an image.",
        ),
        Mistake(
            "contrast about black",
            "means + factors * (images - means)",
            "factors * images",
            "You multiply the pixels themselves, so that more contrast also means brighter. Which "
            "value should contrast leave where it is?",
        ),
        Mistake(
            "contrast about one half",
            "means + factors * (images - means)",
            "0.5 + factors * (images - 0.5)",
            "you stretch the distances from 0.5, some libraries do. Here it is the image's own "
            "mean that stays where it is.",
            convention=True,
        ),
        Mistake(
            "mean of the batch",
            "axis=(1, 2, 3), keepdims=True",
            "keepdims=True",
            "You stretch about the mean of the whole batch. The neighbours in the batch should not "
            "matter: take each image's own mean.",
        ),
        Mistake(
            "mean of each channel",
            "axis=(1, 2, 3)",
            "axis=(1, 2)",
            "You stretch each channel about a mean of its own. Contrast is about the whole image, "
            "all channels together.",
        ),
        Mistake(
            "mean lost",
            "means + factors",
            "factors",
            "The mean is gone: after the distances are stretched it has to be added again.",
        ),
        Mistake(
            "brightness as a factor",
            "+ offsets",
            "* (1 + offsets)",
            "you multiply by a random factor to change the brightness, some libraries do. Here one "
            "number is added to all pixels.",
            convention=True,
        ),
        Mistake(
            "only brighter",
            "rng.uniform(-brightness, brightness,",
            "rng.uniform(0.0, brightness,",
            "Images only get brighter. Where does the range of the offset begin?",
        ),
        Mistake(
            "only more contrast",
            "rng.uniform(1 - contrast, 1 + contrast,",
            "rng.uniform(1.0, 1 + contrast,",
            "Contrast only grows. The range of the factor lies on both sides of 1.",
        ),
        Mistake(
            "half of the range",
            "rng.uniform(1 - contrast, 1 + contrast,",
            "rng.uniform(1 - contrast / 2, 1 + contrast / 2,",
            "you take `contrast` and `brightness` for the widths of their ranges. Here they are "
            "the largest distances, to either side.",
            more=(
                (
                    "rng.uniform(-brightness, brightness,",
                    "rng.uniform(-brightness / 2, brightness / 2,",
                ),
            ),
            convention=True,
        ),
        Mistake(
            "contrast never changes",
            "rng.uniform(1 - contrast, 1 + contrast, size=one_per_image)",
            "np.ones(one_per_image)",
            "The contrast never changes: `contrast` is not used.",
        ),
        Mistake(
            "brightness never changes",
            "rng.uniform(-brightness, brightness, size=one_per_image)",
            "np.zeros(one_per_image)",
            "The brightness never changes: `brightness` is not used.",
        ),
        Mistake(
            "factor around 0",
            "rng.uniform(1 - contrast, 1 + contrast,",
            "rng.uniform(-contrast, contrast,",
            "Your factor lies around 0 instead of around 1: images turn grey or into negatives.",
        ),
        Mistake(
            "one number for both",
            "offsets = rng.uniform(-brightness, brightness, size=one_per_image)",
            "offsets = brightness * (factors - 1) / max(contrast, 1e-12)",
            "One random number decides over contrast and brightness. They should vary "
            "independently.",
        ),
        Mistake(
            "brightness and contrast exchanged",
            "rng.uniform(1 - contrast, 1 + contrast,",
            "rng.uniform(1 - brightness, 1 + brightness,",
            "The two arguments have changed places: which of them is a factor, which one is added?",
            more=(("rng.uniform(-brightness, brightness,", "rng.uniform(-contrast, contrast,"),),
        ),
        Mistake(
            "normal instead of uniform",
            "rng.uniform(-brightness, brightness,",
            "rng.normal(0.0, brightness,",
            "The offset is drawn from a normal distribution, which has no ends. A uniform one is "
            "asked for.",
        ),
        Mistake(
            "not cut off",
            "return jittered.clip(0.0, 1.0)",
            "return jittered",
            "Values leave the range: there is nothing blacker than 0 or whiter than 1.",
        ),
        Mistake(
            "scaled back instead of cut off",
            "return jittered.clip(0.0, 1.0)",
            "low, high = jittered.min(), jittered.max()\n"
            "    return (jittered - low) / (high - low)",
            "You stretch the batch so that it fills the range from 0 to 1. That undoes the jitter "
            "and changes pixels that were fine: cut off what lies beyond, and leave the rest.",
        ),
        Mistake(
            "cut off in between",
            "jittered = means + factors * (images - means) + offsets",
            "jittered = (means + factors * (images - means)).clip(0.0, 1.0) + offsets",
            "You cut off twice, once before the brightness changes. What was cut off then is lost: "
            "do it once, at the end.",
        ),
        *(
            Mistake(
                name,
                "    one_per_image =",
                f"    rng = {code}\n    one_per_image =",
                message,
            )
            for name, code, message in (
                ("fixed seed", AFRESH, FIXED_SEED),
                ("generator not used", own_generator("color_jitter"), OWN_GENERATOR),
            )
        ),
    ),
    accepted=(jitter_loop, jitter_brightness_first, jitter_list),
    points=3,
)
