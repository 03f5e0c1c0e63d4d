"""Odd but right, and unlisted wrong answers to the exercises of unit 11."""

import functools
import math

import numpy as np

from course_lib.augment import resize, sample
from odd_answers import right, wrong

# --- right, in odd form ---------------------------------------------------------------------------


@right("random_flip")
def columns_named_backwards(images, prob, rng):
    coins = [rng.uniform(0, 1) for _ in images]
    backwards = list(range(images.shape[2]))[::-1]
    return tuple(
        image[:, backwards] if coin <= prob else image.copy()
        for image, coin in zip(images, coins, strict=True)
    )


@right("random_crop")
def rolled_and_then_wiped(images, *, padding, rng):
    out = []
    for image in images:
        down, right_by = (int(n) for n in rng.integers(-padding, padding + 1, size=2))
        moved = np.roll(image, (down, right_by), axis=(0, 1))
        moved[: max(down, 0)] = 0
        moved[len(moved) + min(down, 0) :] = 0
        moved[:, : max(right_by, 0)] = 0
        moved[:, moved.shape[1] + min(right_by, 0) :] = 0
        out.append(moved)
    return np.array(out)


@right("random_resized_crop")
def pixels_picked_by_whole_division(images, *, size, short_side, rng):
    out = []
    for image in images:
        length = rng.integers(*short_side, endpoint=True)
        old = np.array(image.shape[:2])
        high, wide = np.round(old * length / old.min()).astype(int)
        big = image[np.arange(high) * old[0] // high][:, np.arange(wide) * old[1] // wide]
        top, left = rng.integers(0, high - size + 1), rng.integers(0, wide - size + 1)
        out.append(big[top : top + size, left : left + size])
    return np.asarray(out)


@right("random_resized_crop")
def only_the_square_is_computed(images, *, size, short_side, rng):
    out = []
    for image in images:
        height, width, _ = image.shape
        zoom = int(rng.integers(short_side[0], short_side[1] + 1)) / min(height, width)
        high, wide = round(height * zoom), round(width * zoom)
        top, left = rng.integers(high - size + 1), rng.integers(wide - size + 1)
        rows = (top + np.arange(size) + 0.5) * height / high - 0.5
        columns = (left + np.arange(size) + 0.5) * width / wide - 0.5
        out.append(sample(image, rows[:, None], columns[None]))
    return out


@right("ten_crop")
def a_dictionary_of_views(image, *, size):
    height, width = image.shape[:2]
    views = {}
    for top in (0, height - size, (height - size) // 2):
        for left in (0, width - size, (width - size) // 2):
            view = image[top : top + size, left : left + size]
            views[top, left] = view, np.flip(view, 1)
    middle = (height - size) // 2, (width - size) // 2
    corners = [(t, c) for t in (0, height - size) for c in (0, width - size)]
    return np.concatenate([np.array(views[place]) for place in (middle, *corners)])


@right("average_views")
def added_up_and_divided(predict, views):
    total = 0 * predict(views[0])
    for view in views:
        total = total + np.asarray(predict(view))
    return (total / len(views)).tolist()


@right("color_jitter")
def towards_and_away_from_grey(images, *, brightness, contrast, rng):
    count = len(images)
    factor = 1 + contrast * (2 * rng.random(count) - 1)
    offset = brightness * (1 - 2 * rng.random(count))
    grey = images.reshape(count, -1).mean(1)
    rest = (grey * (1 - factor) + offset)[:, None, None, None]
    return np.clip(np.einsum("n,nhwc->nhwc", factor, images) + rest, 0, 1)


@right("pca_color")
def one_draw_from_the_covariance(images, components, scales, *, sigma, rng):
    covariance = components @ np.diag((sigma * np.asarray(scales)) ** 2) @ components.T
    nowhere = np.zeros(len(covariance))
    colors = rng.multivariate_normal(nowhere, covariance, size=len(images), method="eigh")
    return images + colors[:, None, None, :]


@right("cutout")
def both_ends_clipped(images, *, size, rng):
    count, height, width, _ = images.shape
    out = images.copy()
    rows, columns = rng.integers(height, size=count), rng.integers(width, size=count)
    for image, row, column in zip(out, rows, columns, strict=True):
        top, bottom = np.clip([row - size // 2, row - size // 2 + size], 0, height)
        left, end = np.clip([column - size // 2, column - size // 2 + size], 0, width)
        image[top:bottom, left:end] *= 0
    return out


@right("mixup")
def weighted_averages(images, targets, *, lam, order):
    both = [
        np.average([values, values[list(order)]], axis=0, weights=[lam, 1 - lam])
        for values in (images, targets)
    ]
    return tuple(both)


@right("cutmix")
def pixel_by_pixel_condition(images, targets, *, box, order):
    top, left, height, width = box
    inside = np.array(
        [
            [top <= row < top + height and left <= column < left + width
             for column in range(images.shape[2])]
            for row in range(images.shape[1])
        ]
    )  # fmt: skip
    out = images.copy()
    out[:, inside] = images[order][:, inside]
    share = inside.sum() / inside.size
    return out, targets * (1 - share) + targets[order] * share


@right("smooth_labels")
def put_along_an_axis(labels, *, classes, eps):
    targets = np.zeros((len(labels), classes)) + eps / classes
    np.put_along_axis(targets, np.asarray(labels)[:, None], 1 - eps + eps / classes, axis=1)
    return targets


@right("soft_cross_entropy")
def any_sum_of_targets(scores, targets):
    largest = scores.max(1)
    log_sums = np.log(np.exp(scores - largest[:, None]).sum(1)) + largest
    totals = targets.sum(1)
    loss = float(np.mean(log_sums * totals - (targets * scores).sum(1)))
    probs = np.exp(scores - log_sums[:, None])
    return loss, (probs * totals[:, None] - targets) / len(targets)


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


# --- wrong, and not in the catalogue --------------------------------------------------------------


@wrong("random_flip", "chance plays no part")
def the_first_ones(images, *, prob, rng):
    out = images.copy()
    count = round(prob * len(images))
    out[:count] = out[:count, :, ::-1]
    return out


@wrong("random_flip", "changes `images` in place")
def in_the_given_array(images, *, prob, rng):
    chosen = rng.random(len(images)) < prob
    images[chosen] = images[chosen][:, :, ::-1]
    return images


@wrong("random_flip", "belongs to a whole image")
def a_coin_per_channel(images, *, prob, rng):
    coins = rng.random((len(images), 1, 1, images.shape[3])) < prob
    return np.where(coins, images[:, :, ::-1], images)


def cut_out(images, padding, places, **mode):
    sides = (padding, padding)
    padded = np.pad(images, ((0, 0), sides, sides, (0, 0)), **mode)
    height, width = images.shape[1:3]
    return np.array(
        [
            image[top : top + height, left : left + width]
            for image, (top, left) in zip(padded, places, strict=True)
        ]
    )


@wrong("random_crop", "comes back on the other")
def rolled(images, *, padding, rng):
    moves = rng.integers(-padding, padding + 1, size=(len(images), 2))
    rolls = zip(images, moves, strict=True)
    return np.array([np.roll(image, tuple(move), axis=(0, 1)) for image, move in rolls])


@wrong("random_crop", "number of different places")
def one_place_too_few(images, *, padding, rng):
    return cut_out(images, padding, rng.integers(max(2 * padding, 1), size=(len(images), 2)))


@wrong("random_crop", "spread of places")
def near_places_more_often(images, *, padding, rng):
    steps = np.round(rng.normal(padding, padding / 2, size=(len(images), 2)))
    return cut_out(images, padding, np.clip(steps, 0, 2 * padding).astype(int))


@wrong("random_crop", "not black")
def padded_with_the_mean(images, *, padding, rng):
    places = rng.integers(2 * padding + 1, size=(len(images), 2))
    return cut_out(images, padding, places, mode="mean")


def resized_crops(images, size, rng, shape_of, place_of=None):
    out = []
    for image in images:
        high, wide = shape_of(image)
        big = resize(image, int(high), int(wide))
        top, left = rng.integers(high - size + 1), rng.integers(wide - size + 1)
        if place_of is not None:
            top, left = place_of(high, wide)
        out.append(big[top : top + size, left : left + size])
    return np.array(out)


def scaled(image, length):
    factor = length / min(image.shape[:2])
    return round(image.shape[0] * factor), round(image.shape[1] * factor)


@wrong("random_resized_crop", "squashed")
def a_length_for_each_side(images, *, size, short_side, rng):
    low, high = short_side
    return resized_crops(images, size, rng, lambda image: rng.integers(low, high + 1, 2))


@wrong("random_resized_crop", "largest minus smallest length")
def rounded_down(images, *, size, short_side, rng):
    return resized_crops(
        images, size, rng, lambda image: scaled(image, int(rng.uniform(*short_side)))
    )


@wrong("random_resized_crop", "on the right of the crop")
def row_and_column_alike(images, *, size, short_side, rng):
    def shape_of(image):
        return scaled(image, rng.integers(short_side[0], short_side[1] + 1))

    def place_of(high, wide):
        return [rng.integers(min(high, wide) - size + 1)] * 2

    return resized_crops(images, size, rng, shape_of, place_of)


@wrong("ten_crop", "the upper left corner, mirrored, is one of the views")
def mirror_of_the_centre_five_times(image, *, size):
    height, width = image.shape[:2]
    end, side = height - size, width - size
    places = [(0, 0), (0, side), (end, 0), (end, side), (end // 2, side // 2)]
    five = [image[top : top + size, left : left + size] for top, left in places]
    return np.array(five + 5 * [five[4][:, ::-1]])


@wrong("average_views", "the mean of its own five predictions")
def sure_views_weigh_more(predict, views):
    said = np.array([predict(view) for view in views])
    weights = said.max(-1, keepdims=True)
    return (said * weights).sum(0) / weights.sum(0)


def jittered(images, factors, offsets, low=0.0, high=1.0):
    means = images.mean((1, 2, 3), keepdims=True)
    return np.clip(means + factors * (images - means) + offsets, low, high)


@wrong("color_jitter", "leave the range")
def range_of_bytes(images, *, brightness, contrast, rng):
    shape = (len(images), 1, 1, 1)
    factors = rng.uniform(1 - contrast, 1 + contrast, shape)
    return jittered(images, factors, rng.uniform(-brightness, brightness, shape), high=255.0)


@wrong("color_jitter", "smallest contrast factor")
def two_factors_for_every_image(images, *, brightness, contrast, rng):
    shape = (len(images), 1, 1, 1)
    factors = rng.choice([1 - contrast / 3, 1 + contrast / 3], shape)
    return jittered(images, factors, rng.uniform(-brightness, brightness, shape))


@wrong("pca_color", "spread along each component")
def components_of_the_batch(images, components, scales, *, sigma, rng):
    variances, own = np.linalg.eigh(np.cov(images.reshape(-1, images.shape[-1]).T))
    steps = rng.normal(0, sigma, (len(images), len(variances))) * np.sqrt(np.abs(variances))
    return images + (steps @ own.T)[:, None, None, :]


@wrong("pca_color", "spread along each component")
def grey_light(images, components, scales, *, sigma, rng):
    return images + sigma * rng.standard_normal((len(images), 1, 1, 1))


@wrong("cutout", "least height of a hole")
def any_size_up_to_that(images, *, size, rng):
    out = images.copy()
    for image in out:
        side = rng.integers(1, size + 1)
        top, left = rng.integers(image.shape[:2]) - side // 2
        image[max(top, 0) : top + side, max(left, 0) : left + side] = 0
    return out


@wrong("cutout", "what the holes hold")
def filled_with_the_mean(images, *, size, rng):
    out = images.copy()
    for image in out:
        top, left = rng.integers(image.shape[:2]) - size // 2
        image[max(top, 0) : top + size, max(left, 0) : left + size] = image.mean()
    return out


@wrong("mixup", "30 % come from the partner")
def a_share_drawn_from_lam(images, targets, *, lam, order):
    shares = np.random.default_rng(0).beta(lam, lam, len(images))
    x, t = shares[:, None, None, None], shares[:, None]
    return x * images + (1 - x) * images[order], t * targets + (1 - t) * targets[order]


@wrong("mixup", "lam is the share of the image itself")
def larger_share_for_itself(images, targets, *, lam, order):
    lam = max(lam, 1 - lam)
    return lam * images + (1 - lam) * images[order], lam * targets + (1 - lam) * targets[order]


@wrong("cutmix", "above and to the left")
def signs_taken_away(images, targets, *, box, order):
    top, left, height, width = abs(box[0]), abs(box[1]), box[2], box[3]
    out = images.copy()
    out[:, top : top + height, left : left + width] = images[order][
        :, top : top + height, left : left + width
    ]
    share = out[0, top : top + height, left : left + width].size / out[0].size
    return out, (1 - share) * targets + share * targets[order]


@wrong("cutmix", "`targets` is not right")
def channels_counted_as_pixels(images, targets, *, box, order):
    top, left, height, width = box
    rows, columns = (
        slice(max(top, 0), max(top + height, 0)),
        slice(max(left, 0), max(left + width, 0)),
    )
    out = images.copy()
    out[:, rows, columns] = images[order][:, rows, columns]
    share = out[0, rows, columns].size / (out.shape[1] * out.shape[2])
    return out, (1 - share) * targets + share * targets[order]


@wrong("smooth_labels", "sum to less than 1")
def clipped_to_a_range(labels, *, classes, eps):
    return np.clip(np.eye(classes)[labels], eps / classes, 1 - eps)


@wrong("smooth_labels", "90 %, 5 % and 5 %")
def eps_added_and_normalized(labels, *, classes, eps):
    targets = np.eye(classes)[labels] + eps
    return targets / targets.sum(1, keepdims=True)


def softmax_of(scores):
    powers = np.exp(scores - scores.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


@wrong("soft_cross_entropy", "Every class counts by its target")
def squared_distance(scores, targets):
    rest = softmax_of(scores) - targets
    return float((rest**2).sum() / len(rest)), 2 * rest / len(rest)


@wrong("soft_cross_entropy", "scores of ten thousand")
def logarithm_of_the_softmax(scores, targets):
    probs = softmax_of(scores)
    return float(-(targets * np.log(probs)).sum() / len(probs)), (probs - targets) / len(probs)


@wrong("random_flip", "No image is ever mirrored")
def names_only(images, *, prob, rng):
    images = images.copy()
    for image in images:
        if rng.random() < prob:
            image = image[:, ::-1]
    return images


@wrong("random_flip", "The wrong ones are mirrored")
def chance_to_stay(images, *, prob, rng):
    return chosen_directions(images, prob=1 - prob, rng=rng)


@wrong("random_crop", "the outermost ones and the middle included")
def rounded_places(images, *, padding, rng):
    places = np.round(rng.uniform(0, 2 * padding, size=(len(images), 2))).astype(int)
    padded = np.pad(images, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    _, height, width, _ = images.shape
    return np.stack([image[top : top + height, left : left + width]
                     for image, (top, left) in zip(padded, places, strict=True)])  # fmt: skip


@wrong("random_crop", "not black")
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


@wrong("mixup", "rows are wrong")
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


@wrong("average_views", "the mean of its own five predictions")
def pairs_of_means(predict, views):
    return functools.reduce(lambda a, b: (a + b) / 2, map(predict, views))


@wrong("smooth_labels", "has shape (2, 2), expected (2, 3). Axis 1 has length 2")
def classes_that_are_seen(labels, *, classes, eps):
    return np.array(nested_lists(labels, classes=int(labels.max()) + 1, eps=eps))


@wrong("soft_cross_entropy", "which intermediate result is extreme")
def largest_of_all(scores, targets):
    powers = np.exp(scores - scores.max())
    shares = powers / powers.sum(axis=1, keepdims=True)
    return -np.mean((targets * np.log(shares)).sum(axis=1)), (shares - targets) / len(scores)


@wrong("random_flip", "exactly the same number of images")
def a_share_without_replacement(images, *, prob, rng):
    chosen = rng.choice(len(images), size=int(prob * len(images)), replace=False)
    out = images.copy()
    out[chosen] = out[chosen, :, ::-1]
    return out


@wrong("random_flip", "columns change places, rows do not")
def square_ones_transposed(images, *, prob, rng):
    square = images.shape[1] == images.shape[2]
    mirrored = images.swapaxes(1, 2) if square else images[:, :, ::-1]
    return np.where(rng.random((len(images), 1, 1, 1)) < prob, mirrored, images)


@wrong("random_flip", "whatever the other coins show")
def neighbours_share_a_coin(images, *, prob, rng):
    coins = np.repeat(rng.random(len(images) // 2 + 1) < prob, 2)[: len(images)]
    return np.where(coins[:, None, None, None], images[:, :, ::-1], images)


@wrong("random_flip", "should be mirrored")
def mirrored_twice(images, *, prob, rng):
    return chosen_directions(chosen_directions(images, prob=prob, rng=rng), prob=prob, rng=rng)


@wrong("random_crop", "not black")
def padded_with_noise(images, *, padding, rng):
    new = one_number_for_a_place(images, padding=padding, rng=rng)
    return np.where(new == 0, rng.random(new.shape), new)


@wrong("random_crop", "not every result is a shift of its own image")
def channels_go_their_own_ways(images, *, padding, rng):
    channels = np.split(images, images.shape[-1], axis=-1)
    moved = [one_number_for_a_place(some, padding=padding, rng=rng) for some in channels]
    out = np.concatenate(moved, axis=-1)
    return out if out.shape[-1] > 1 else out[::-1]


@wrong("random_resized_crop", "anywhere in the resized image")
def corners_only(images, *, size, short_side, rng):
    out = []
    for image in images:
        high, wide = scaled(image, rng.integers(short_side[0], short_side[1] + 1))
        top, left = rng.choice([0, high - size]), rng.choice([0, wide - size])
        out.append(resize(image, high, wide)[top : top + size, left : left + size])
    return np.array(out)


@wrong("random_resized_crop", "is something mirrored, turned")
def crops_on_their_side(images, *, size, short_side, rng):
    return nearest_neighbours(images, size=size, short_side=short_side, rng=rng).swapaxes(1, 2)


@wrong("ten_crop", "the centre is one of the views")
def whole_image_for_the_centre(image, *, size):
    five = from_both_ends(image, size=size)[1::2]
    views = [*five[:4], resize(image, size, size)]
    return [*views, *map(np.fliplr, views)]


@wrong("color_jitter", "follows one straight line")
def wraps_around_like_bytes(images, *, brightness, contrast, rng):
    shape = (len(images), 1, 1, 1)
    factors = rng.uniform(1 - contrast, 1 + contrast, shape)
    offsets = rng.uniform(-brightness, brightness, shape)
    return jittered(images, factors, offsets, low=-9.0, high=9.0) % 1.0


@wrong("color_jitter", "pixels beyond black become black")
def squeezed_back_into_the_range(images, *, brightness, contrast, rng):
    shape = (len(images), 1, 1, 1)
    factors = rng.uniform(1 - contrast, 1 + contrast, shape)
    offsets = rng.uniform(-brightness, brightness, shape)
    new = jittered(images, factors, offsets, low=-9.0, high=9.0)
    low = np.minimum(new.min((1, 2, 3), keepdims=True), 0)
    high = np.maximum(new.max((1, 2, 3), keepdims=True), 1)
    return (new - low) / (high - low)


@wrong("color_jitter", "uniform from -brightness to brightness")
def half_of_the_brightness(images, *, brightness, contrast, rng):
    shape = (len(images), 1, 1, 1)
    factors = rng.uniform(1 - contrast, 1 + contrast, shape)
    return jittered(images, factors, brightness * (rng.random(shape) - 0.5))


@wrong("pca_color", "does not depend on the rest of the batch")
def centred_over_the_batch(images, components, scales, *, sigma, rng):
    steps = sigma * rng.standard_normal((len(images), len(scales))) * scales
    return images + ((steps - steps.mean(axis=0)) @ components.T)[:, None, None]


@wrong("pca_color", "standard deviation sigma times scale k")
def scales_put_into_order(images, components, scales, *, sigma, rng):
    scales = np.sort(scales)[::-1]
    return normal_in_colour_space(images, components, scales, sigma=sigma, rng=rng)


@wrong("cutout", "comes back on the other side")
def rolled_into_place(images, *, size, rng):
    mask = np.ones(images.shape[:3])
    mask[:, :size, :size] = 0
    places = [rng.integers(side, size=len(images)) for side in images.shape[1:3]]
    moves = zip(mask, *places, strict=True)
    return images * np.array([np.roll(m, (r, c), (0, 1)) for m, r, c in moves])[..., None]


@wrong("cutmix", "one row and one column too large")
def ends_counted_in(images, targets, *, box, order):
    top, left, height, width = box
    box = (top, left, height + 1, width + 1)
    return a_mask_with_a_margin(images, targets, box=box, order=order)


@wrong("cutmix", "Here it is the corner")
def box_around_a_point(images, targets, *, box, order):
    top, left, height, width = box
    box = (top - height // 2, left - width // 2, height, width)
    return a_mask_with_a_margin(images, targets, box=box, order=order)


@wrong("smooth_labels", "`targets` is not right")
def labels_renumbered(labels, *, classes, eps):
    _, numbers = np.unique(labels, return_inverse=True)
    return put_along_an_axis(numbers, classes=classes, eps=eps)
