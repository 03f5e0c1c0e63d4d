"""Odd but right, and unlisted wrong answers to the exercises of unit 11."""

import functools
import math

import numpy as np

from odd_answers import right, wrong

# --- right, in odd form ---------------------------------------------------------------------------


@right("random_flip")
def chosen_directions(images, *, prob, rng):
    ways = rng.choice([-1, 1], size=len(images), p=[prob, 1 - prob])
    return [image[:, ::way] for image, way in zip(images, ways, strict=True)]


@right("random_crop")
def one_number_for_a_place(images, *, padding, rng):
    """Row and column of the place are quotient and remainder of one draw; no padding is made."""
    height, width = images.shape[1:3]
    out = np.zeros_like(images)
    for image, new, place in zip(
        images, out, rng.integers((2 * padding + 1) ** 2, size=len(images)), strict=True
    ):
        down, across = (int(n) - padding for n in divmod(place, 2 * padding + 1))
        for row in range(max(0, -down), min(height, height - down)):
            for column in range(max(0, -across), min(width, width - across)):
                new[row, column] = image[row + down, column + across]
    return out


@right("random_resized_crop")
def nearest_neighbours(images, *, size, short_side, rng):
    def crop(image):
        height, width, _ = image.shape
        scale = rng.choice(range(short_side[0], short_side[1] + 1)) / min(height, width)
        tall, wide = round(scale * height), round(scale * width)
        rows, columns = (
            ((rng.integers(new - size, endpoint=True) + np.arange(size) + 0.5) * old / new)
            for new, old in ((tall, height), (wide, width))
        )
        return image[np.ix_(rows.astype(int), columns.astype(int))]

    return np.array([*map(crop, images)])


@right("ten_crop")
def from_both_ends(image, *, size):
    middle = [math.ceil((side - size) / 2) for side in image.shape[:2]]
    ends = (slice(None, size), slice(-size, None))
    five = [image[a, b] for a in ends for b in ends]
    five.append(image[middle[0] :, middle[1] :][:size, :size])
    return tuple(view for crop in five for view in (np.fliplr(crop), crop))


@right("color_jitter")
def a_mixture_with_grey(images, *, brightness, contrast, rng):
    def light(image):
        share = 1 + contrast * (1 - 2 * rng.random())
        grey = np.full_like(image, image.mean() + 0.0)
        return np.minimum(1, np.maximum(0, np.average([image, grey], axis=0, weights=[
            share, 1 - share]) + brightness * (2 * rng.random() - 1)))  # fmt: skip

    return [light(image) for image in images]


@right("pca_color")
def normal_in_colour_space(images, components, scales, *, sigma, rng):
    covariance = sigma**2 * (components * scales**2) @ components.T
    colours = rng.multivariate_normal(np.zeros(3), covariance, len(images), method="eigh")
    return images - colours.reshape(-1, 1, 1, 3)


@right("cutout")
def by_distance(images, *, size, rng):
    """The other one of the two places that a square of even size may have."""
    _, height, width, _ = images.shape

    def away(side):
        distance = np.arange(side) - rng.choice(side, size=(len(images), 1))
        return (distance >= -((size - 1) // 2)) & (distance <= size // 2)

    inside = away(height)[:, :, None] & away(width)[:, None, :]
    return images * ~inside[..., np.newaxis]


@right("mixup")
def one_matrix(images, targets, *, lam, order):
    mix = lam * np.eye(len(order)) + (1 - lam) * np.eye(len(order))[order]
    return [np.tensordot(mix, images, axes=1), (mix @ targets).tolist()]


@right("cutmix")
def a_mask_with_a_margin(images, targets, *, box, order):
    (top, left, height, width), (_, rows, columns, _) = box, images.shape
    row, column = np.arange(rows)[:, None], np.arange(columns)
    mask = (top <= row) & (row < top + height) & (left <= column) & (column < left + width)
    new = np.where(mask[:, :, None], images[order], images)
    return new, targets - mask.mean() * (targets - targets[order])


@right("average_views")
def running_mean(predict, views):
    mean = 0.0
    for count, view in enumerate(views, start=1):
        mean = mean + (predict(view) - mean) / count
    return mean


@right("smooth_labels")
def nested_lists(labels, *, classes, eps):
    return [[(1 - eps) * (k == label) + eps / classes for k in range(classes)] for label in labels]


@right("soft_cross_entropy")
def logs_of_sums(scores, targets):
    normal = np.logaddexp.reduce(scores, axis=1, keepdims=True)
    loss = math.fsum(np.sum(targets * (normal - scores), axis=1)) / len(scores)
    return loss, ((np.exp(scores - normal) - targets) / len(scores)).tolist()


# --- wrong ----------------------------------------------------------------------------------------


@wrong("random_flip", "No image is ever mirrored")
def names_only(images, *, prob, rng):
    images = images.copy()
    for image in images:
        if rng.random() < prob:
            image = image[:, ::-1]
    return images


@wrong("random_flip", "should be mirrored")
def chance_to_stay(images, *, prob, rng):
    return chosen_directions(images, prob=1 - prob, rng=rng)


@wrong("random_crop", "25 places, equally often")
def rounded_places(images, *, padding, rng):
    places = np.round(rng.uniform(0, 2 * padding, size=(len(images), 2))).astype(int)
    padded = np.pad(images, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    _, height, width, _ = images.shape
    return np.stack([image[top : top + height, left : left + width]
                     for image, (top, left) in zip(padded, places, strict=True)])  # fmt: skip


@wrong("random_crop", "share of images that are shifts of themselves")
def grey_padding(images, *, padding, rng):
    new = one_number_for_a_place(images, padding=padding, rng=rng)
    return np.where(new == 0, 0.5, new)


@wrong("random_resized_crop", "All images of the batch have the same scale")
def smallest_length(images, *, size, short_side, rng):
    return nearest_neighbours(images, size=size, short_side=(short_side[0],) * 2, rng=rng)


@wrong("random_resized_crop", "Both lengths occur, each for about half")
def end_left_out(images, *, size, short_side, rng):
    low, high = short_side
    return nearest_neighbours(images, size=size, short_side=(low, max(low, high - 1)), rng=rng)


@wrong("ten_crop", "red and blue change places")
def colours_mirrored(image, *, size):
    five = from_both_ends(image, size=size)[1::2]
    return np.stack([*five, *(view[..., ::-1] for view in five)])


@wrong("color_jitter", "spread of contrast factors")
def strongest_or_weakest(images, *, brightness, contrast, rng):
    one = (len(images), 1, 1, 1)
    factors, means = rng.choice([1 - contrast, 1 + contrast], one), images.mean((1, 2, 3))
    means = means.reshape(one)
    offsets = rng.uniform(-brightness, brightness, one)
    return np.clip(means + factors * (images - means) + offsets, 0, 1)


@wrong("pca_color", "share of steps beyond twice that spread")
def uniform_steps(images, components, scales, *, sigma, rng):
    steps = rng.uniform(-math.sqrt(3), math.sqrt(3), size=(len(images), len(scales)))
    return images + (sigma * steps * scales @ components.T)[:, None, None]


@wrong("cutout", "is not right")
def last_row_never(images, *, size, rng):
    new = images.copy()
    for image in new:
        top, left = (int(rng.integers(side - 1)) - size // 2 for side in image.shape[:2])
        image[max(top, 0) : top + size, max(left, 0) : left + size] = 0
    return new


@wrong("mixup", "Only some rows are wrong")
def mixes_what_is_mixed(images, targets, *, lam, order):
    images, targets = images.copy(), targets.copy()
    for i, j in enumerate(order):
        images[i] = lam * images[i] + (1 - lam) * images[j]
        targets[i] = lam * targets[i] + (1 - lam) * targets[j]
    return images, targets


@wrong("cutmix", "the part outside the image")
def whole_box_counted(images, targets, *, box, order):
    new, _ = a_mask_with_a_margin(images, targets, box=box, order=order)
    share = box[2] * box[3] / (images.shape[1] * images.shape[2])
    return new, (1 - share) * targets + share * targets[order]


@wrong("average_views", "entries are wrong")
def pairs_of_means(predict, views):
    return functools.reduce(lambda a, b: (a + b) / 2, map(predict, views))


@wrong("smooth_labels", "has shape (1, 1), expected (1, 3)")
def classes_that_are_seen(labels, *, classes, eps):
    return np.array(nested_lists(labels, classes=int(labels.max()) + 1, eps=eps))


@wrong("soft_cross_entropy", "which intermediate result is extreme")
def largest_of_all(scores, targets):
    powers = np.exp(scores - scores.max())
    shares = powers / powers.sum(axis=1, keepdims=True)
    return -np.mean((targets * np.log(shares)).sum(axis=1)), (shares - targets) / len(scores)
