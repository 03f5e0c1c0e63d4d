"""The exercise ``cutmix``."""

from collections.abc import Sequence

import numpy as np

from autograde.spec import Case, Exercise, Mistake
from course_lib import augment

from .shared import ORDER_IGNORED, ORDER_INVERTED, cycle, in_double, pictures, shares, soft


@in_double
def cutmix_cases(rng: np.random.Generator) -> Sequence[Case]:
    def one(
        name: str, about: str, count: int, shape: tuple[int, ...], box: tuple[int, ...]
    ) -> Case:
        images = pictures(rng, count, *shape)
        images[:, 1, 2] = 0.5  # a pixel that is alike in all images is replaced all the same
        arguments = (images, soft(rng, count, 3))
        return Case(name, arguments, {"box": box, "order": cycle(rng, count)}, about=about)

    return [
        one(
            "a box inside",
            "The box covers 3 x 2 of 5 x 4 pixels, so the partner's share is 6/20.",
            3, (5, 4, 1), (1, 2, 3, 2),
        ),
        one(
            "a box that sticks out below and to the right",
            "Only what lies inside the image is replaced and counted: 1 x 2 pixels of 4 x 6.",
            4, (4, 6, 1), (3, 4, 3, 5),
        ),
        one(
            "a box that sticks out above and to the left",
            "The rows and columns before the image do not count: 2 x 3 pixels of 3 x 5 are left.",
            3, (3, 5, 2), (-1, -2, 3, 5),
        ),
        one(
            "a box above the image",
            "No pixel lies inside the image: nothing is replaced.",
            2, (3, 4, 1), (-4, 0, 3, 2),
        ),
        one(
            "a box on the left of the image",
            "No pixel lies inside the image: nothing is replaced.",
            2, (4, 3, 1), (1, -3, 2, 2),
        ),
        Case(
            "soft targets, more than half replaced",
            (pictures(rng, 4, 3, 4, 1), shares(rng, 4, 3)),
            {"box": (0, 1, 3, 3), "order": cycle(rng, 4)},
            about="9 of 12 pixels come from the partner, and so do three quarters of the target.",
        ),
    ]  # fmt: skip


def cutmix_mask(images, targets, *, box, order):
    top, left, height, width = box
    rows, columns = np.arange(images.shape[1]), np.arange(images.shape[2])
    inside = ((rows >= top) & (rows < top + height))[:, None] & (
        (columns >= left) & (columns < left + width)
    )
    lam = 1 - inside.mean()
    mixed = np.where(inside[None, :, :, None], images[order], images)
    return [mixed, lam * targets + (1 - lam) * targets[order]]


def cutmix_clipped_corners(images, targets, *, box, order):
    h, w = images.shape[1:3]
    t, b = np.clip([box[0], box[0] + box[2]], 0, h)
    left, r = np.clip([box[1], box[1] + box[3]], 0, w)
    out = np.array(images)
    out[:, t:b, left:r, :] = images[order, t:b, left:r, :]
    share = (b - t) * (r - left) / (h * w)
    return out, targets + share * (targets[order] - targets)


def cutmix_loop(images, targets, *, box, order):
    out, soft = images.copy(), []
    _, height, width, _ = images.shape
    for i, j in enumerate(order):
        taken = 0
        for row in range(max(0, box[0]), min(height, box[0] + box[2])):
            for column in range(max(0, box[1]), min(width, box[1] + box[3])):
                out[i, row, column] = images[j, row, column]
                taken += 1
        part = taken / (height * width)
        soft.append(part * targets[j] + (1 - part) * targets[i])
    return out, np.array(soft)


BOX_SHARE = "share = mixed[0, rows, columns].size / mixed[0].size"

CUTMIX = Exercise(
    reference=augment.cutmix,
    cases=cutmix_cases,
    returns=("images", "targets"),
    read="Paste a piece of another",
    praise="What is replaced is counted, and only that.",
    hints=(
        "Which pixels really change, if the box sticks out of the image? Which share of the image "
        "is that?",
        "Turn the box into row and column ranges, clipped to the image. The share of the *partner* "
        "is the number of pixels inside both ranges over the number of all pixels.",
        "(1 - share) times the own target plus share times the partner's, with the share taken "
        "after clipping.",
    ),
    mistakes=(
        Mistake(
            "targets the other way round",
            "(1 - share) * targets + share * targets[order]",
            "share * targets + (1 - share) * targets[order]",
            "The shares of the targets are exchanged, as on the slide: who has 60 % of the pixels "
            "should have 60 % of the target.",
        ),
        Mistake(
            "share of the box before clipping",
            BOX_SHARE,
            "share = height * width / images[0, :, :, 0].size",
            "You count the whole box, also the part outside the image. Those pixels were never "
            "pasted.",
        ),
        Mistake(
            "targets not mixed",
            "return mixed, (1 - share) * targets + share * targets[order]",
            "return mixed, targets",
            "The images are mixed, the targets are not.",
        ),
        Mistake(
            "targets half and half",
            BOX_SHARE,
            "share = 0.5",
            "The targets are mixed half and half, whatever the size of the box.",
        ),
        Mistake(
            "share of the height only",
            BOX_SHARE,
            "share = mixed[0, rows].shape[0] / mixed.shape[1]",
            "You take the box's share of the rows. Pixels are counted in two directions.",
        ),
        Mistake(
            "root of the share",
            BOX_SHARE,
            "share = (mixed[0, rows, columns].size / mixed[0].size) ** 0.5",
            "That is the share of a side, not of the area. (The paper draws the *side* of its box "
            "from a root; the target is a share of pixels.)",
        ),
        Mistake(
            "hard targets",
            "return mixed, (1 - share) * targets + share * targets[order]",
            "return mixed, targets if share < 0.5 else targets[order]",
            "You keep the target with more pixels. Both classes count, by their shares.",
        ),
        Mistake(
            "negative rows",
            "rows = slice(max(top, 0), max(top + height, 0))",
            "rows = slice(top, top + height)",
            "A negative number in a slice counts from the end: a box that begins above or left of "
            "the image is lost. Where does its visible part begin?",
            more=(
                (
                    "columns = slice(max(left, 0), max(left + width, 0))",
                    "columns = slice(left, left + width)",
                ),
            ),
        ),
        Mistake(
            "negative end",
            "rows = slice(max(top, 0), max(top + height, 0))",
            "rows = slice(max(top, 0), top + height)",
            "A box that lies wholly above or on the left of the image ends at a negative number, "
            "which a slice counts from the end: then pixels are pasted where there should be none.",
            more=(
                (
                    "columns = slice(max(left, 0), max(left + width, 0))",
                    "columns = slice(max(left, 0), left + width)",
                ),
            ),
        ),
        Mistake(
            "one row and column too many",
            "    rows = slice(",
            "    height, width = height + 1, width + 1\n    rows = slice(",
            "Your box is one row and one column too large. The end of a slice is not included, so "
            "no 1 has to be added.",
        ),
        Mistake(
            "box about its centre",
            "    rows = slice(",
            "    top, left = top - height // 2, left - width // 2\n    rows = slice(",
            "you take (top, left) for the centre of the box, as the paper draws it. Here it is the "
            "corner.",
            convention=True,
        ),
        Mistake(
            "box moved into the image",
            "    rows = slice(",
            "    top, left = max(top, 0), max(left, 0)\n    rows = slice(",
            "You move the box into the image instead of cutting it off: it keeps its full height "
            "and width. Compute its end before you clip its beginning.",
        ),
        Mistake(
            "rows and columns exchanged",
            "top, left, height, width = box",
            "left, top, width, height = box",
            "Rows and columns have changed places: the box is (top, left, height, width).",
        ),
        Mistake(
            "box as two corners",
            "rows = slice(max(top, 0), max(top + height, 0))",
            "rows = slice(max(top, 0), max(height, 0))",
            "you read the box as two corners. Here it is (top, left, height, width).",
            more=(
                (
                    "columns = slice(max(left, 0), max(left + width, 0))",
                    "columns = slice(max(left, 0), max(width, 0))",
                ),
            ),
            convention=True,
        ),
        Mistake(
            "all but the box",
            "    mixed = images.copy()\n    mixed[:, rows, columns] = partners[:, rows, columns]\n",
            "    mixed = partners.copy()\n    mixed[:, rows, columns] = images[:, rows, columns]\n",
            "You replace everything *but* the box: the image itself should stay outside.",
        ),
        Mistake(
            "blended in the box",
            "mixed[:, rows, columns] = partners[:, rows, columns]",
            "mixed[:, rows, columns] = (partners + images)[:, rows, columns] / 2",
            "In the box the two images are blended. CutMix replaces: that is what sets it apart "
            "from mixup.",
        ),
        Mistake(
            "black box",
            "mixed[:, rows, columns] = partners[:, rows, columns]",
            "mixed[:, rows, columns] = 0.0",
            "The box is black, as in cutout. CutMix fills it with the partner's pixels.",
        ),
        Mistake(
            "next image instead of order",
            "partners = images[order]",
            "order = np.roll(np.arange(len(images)), -1)\n    partners = images[order]",
            ORDER_IGNORED,
        ),
        Mistake(
            "order inverted",
            "partners = images[order]",
            "order = np.argsort(order)\n    partners = images[order]",
            ORDER_INVERTED,
        ),
        Mistake(
            "changes what it is given",
            "mixed = images.copy()",
            "mixed = images",
            "Your function pastes into the images that it is given. The caller wants to keep them: "
            "work on a copy.",
        ),
    ),
    accepted=(cutmix_mask, cutmix_clipped_corners, cutmix_loop),
    points=3,
)
