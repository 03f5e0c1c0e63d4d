"""The exercise ``mixup``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import augment

from .shared import ORDER_IGNORED, ORDER_INVERTED, cycle, in_double, pictures, shares


@in_double
def mixup_cases(rng: np.random.Generator) -> Sequence[Case]:
    return [
        Case(
            "four images in a cycle",
            (pictures(rng, 4, 2, 3, 1), np.eye(4)[[0, 3, 1, 2]]),
            {"lam": 0.7, "order": cycle(rng, 4)},
            about="70 % of each image and of its target stay, 30 % come from the partner.",
        ),
        Case(
            "lam below one half",
            (pictures(rng, 5, 2, 2, 2), shares(rng, 5, 3)),
            {"lam": float(np.round(rng.uniform(0.15, 0.35), 2)), "order": cycle(rng, 5)},
            about="lam is the share of the image itself, however small it is; the targets are "
            "already soft here.",
        ),
        Case(
            "an image that is its own partner",
            (pictures(rng, 3, 1, 2, 1), np.eye(3)),
            {"lam": 0.4, "order": np.array([1, 0, 2])},
            about="An image mixed with itself stays what it is, target included.",
        ),
        Case(
            "lam 1",
            (pictures(rng, 2, 2, 2, 1), np.eye(2)),
            {"lam": 1.0, "order": np.array([1, 0])},
            about="With lam 1 nothing is mixed in.",
        ),
    ]


def mixup_loop(images, targets, *, lam, order):
    pairs = [(images[i], images[j], targets[i], targets[j]) for i, j in enumerate(order)]
    mixed = np.array([lam * x + (1 - lam) * other for x, other, _, _ in pairs])
    return [mixed, np.array([lam * t + (1 - lam) * other for _, _, t, other in pairs])]


def mixup_matrix(images, targets, *, lam, order):
    """The batch times one N x N matrix of shares."""
    count = len(images)
    shares_of = lam * np.eye(count) + (1 - lam) * np.eye(count)[order]
    return np.tensordot(shares_of, images, axes=1), shares_of @ targets


def mixup_difference(images, targets, *, lam, order):
    def blend(values):
        return values + (1 - lam) * (np.take(values, order, axis=0) - values)

    return blend(images), blend(targets)


MIXUP = Exercise(
    reference=augment.mixup,
    cases=mixup_cases,
    returns=("images", "targets"),
    read="Blend two pictures",
    praise="Pixels and targets are blended by the same shares.",
    hints=(
        "If an image is 70 % cat and 30 % dog, what should the net say?",
        "`images[order]` is the batch of partners. The same shares that blend the images blend the "
        "rows of `targets`.",
        "lam times one plus (1 - lam) times its partner, once for images and once for targets.",
    ),
    mistakes=(
        Mistake(
            "targets not mixed",
            "return mixed, lam * targets + (1 - lam) * partner_targets",
            "return mixed, targets",
            "The images are blended, the targets are not. A net that sees 30 % of a dog and is "
            "told cat learns that dogs are cats.",
        ),
        Mistake(
            "images not mixed",
            "mixed = lam * images + (1 - lam) * partners",
            "mixed = images.copy()",
            "The targets are blended, the images are not.",
        ),
        Mistake(
            "shares exchanged",
            "mixed = lam * images + (1 - lam) * partners",
            "mixed = (1 - lam) * images + lam * partners",
            "The shares have changed places, in images and targets alike: `lam` belongs to the "
            "image itself, the rest to its partner.",
            more=(
                (
                    "lam * targets + (1 - lam) * partner_targets",
                    "(1 - lam) * targets + lam * partner_targets",
                ),
            ),
        ),
        Mistake(
            "targets the other way round",
            "lam * targets + (1 - lam) * partner_targets",
            "(1 - lam) * targets + lam * partner_targets",
            "The images are right, the shares of the targets are exchanged: the larger share of "
            "the pixels goes with the smaller share of the target.",
        ),
        Mistake(
            "images the other way round",
            "mixed = lam * images + (1 - lam) * partners",
            "mixed = (1 - lam) * images + lam * partners",
            "The targets are right, the shares of the images are exchanged.",
        ),
        Mistake(
            "next image instead of order",
            "partners, partner_targets = images[order], targets[order]",
            "partners, partner_targets = np.roll(images, -1, axis=0), np.roll(targets, -1, axis=0)",
            ORDER_IGNORED,
        ),
        Mistake(
            "batch reversed instead of order",
            "partners, partner_targets = images[order], targets[order]",
            "partners, partner_targets = images[::-1], targets[::-1]",
            "Every image is mixed with the one at the other end of the batch, whatever `order` "
            "says.",
        ),
        Mistake(
            "order inverted",
            "partners, partner_targets = images[order], targets[order]",
            "partners, partner_targets = images[np.argsort(order)], targets[np.argsort(order)]",
            ORDER_INVERTED,
        ),
        Mistake(
            "shares that do not sum to 1",
            "mixed = lam * images + (1 - lam) * partners",
            "mixed = lam * images + partners",
            "Your shares add up to more than 1, so that the rows of the targets no longer sum to "
            "1. The partner gets what is left, and no more.",
            more=(
                ("lam * targets + (1 - lam) * partner_targets", "lam * targets + partner_targets"),
            ),
        ),
        Mistake(
            "half and half",
            "mixed = lam * images + (1 - lam) * partners",
            "mixed = (images + partners) / 2",
            "The shares are one half each, whatever `lam` says.",
            more=(
                ("lam * targets + (1 - lam) * partner_targets", "(targets + partner_targets) / 2"),
            ),
        ),
        Mistake(
            "hard targets",
            "return mixed, lam * targets + (1 - lam) * partner_targets",
            "return mixed, targets if lam >= 0.5 else partner_targets",
            "You keep the target with the larger share. The point of mixup is that the target is "
            "soft: both classes, by their shares.",
        ),
        Mistake(
            "targets of the partner",
            "return mixed, lam * targets + (1 - lam) * partner_targets",
            "return mixed, partner_targets",
            "The targets are those of the partners alone.",
        ),
        Mistake(
            "largest pixel",
            "mixed = lam * images + (1 - lam) * partners",
            "mixed = np.maximum(lam * images, (1 - lam) * partners)",
            "Each pixel shows only one of the two. A blend is a sum of both, by their shares.",
        ),
    ),
    accepted=(mixup_loop, mixup_matrix, mixup_difference),
    points=2,
)
