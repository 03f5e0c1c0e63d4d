"""Data augmentation: new training images from old ones, and averaging over views at test time.

Images are (N, H, W, C) with values in [0, 1]; row 0 is the upper edge, column 0 the left one.
Whatever is random is drawn anew for every image.
"""

from collections.abc import Callable

import numpy as np

from course_lib.arrays import Array, Indices


def random_flip(images: Array, *, prob: float, rng: np.random.Generator) -> Array:
    """Mirror each image left to right with probability ``prob``, each with a coin of its own.

    Source: CS231n L7 "data augmentation: horizontal flips".
    Shapes: ``images`` (N, H, W, C), result the same; ``prob`` in [0, 1].
    """
    flips = rng.random(len(images)) < prob
    return np.where(flips[:, np.newaxis, np.newaxis, np.newaxis], images[:, :, ::-1], images)


def random_crop(images: Array, *, padding: int, rng: np.random.Generator) -> Array:
    """Put ``padding`` zeros around each image, then cut its own size out at a random place.

    Seen from the content this is a shift by at most ``padding`` pixels. All
    ``(2 * padding + 1)**2`` places are equally likely, and every image has its own.

    Source: He et al. 2016, sec. 4.2; CS231n L7 "random crops and scales".
    Shapes: ``images`` (N, H, W, C), result the same; ``padding`` in pixels, at least 0.
    """
    count, height, width, _ = images.shape
    sides = (padding, padding)
    padded = np.pad(images, ((0, 0), sides, sides, (0, 0)))
    places = rng.integers(2 * padding + 1, size=(count, 2))
    crops = np.empty_like(images)
    for i, (top, left) in enumerate(places):
        crops[i] = padded[i, top : top + height, left : left + width]
    return crops


def sample(image: Array, rows: Array, columns: Array) -> Array:
    """The image at positions between its pixels, interpolated linearly in both directions.

    Pixel centres lie at whole numbers. Beyond the outermost centres the edge goes on unchanged.

    Source: bilinear interpolation, as in any text on image processing.
    Shapes: ``image`` (H, W, C); ``rows`` and ``columns`` broadcast to (h, w); result (h, w, C).
    """
    height, width, _ = image.shape
    rows, columns = np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1)
    top, left = rows.astype(int), columns.astype(int)
    bottom, right = np.minimum(top + 1, height - 1), np.minimum(left + 1, width - 1)
    down, across = (rows - top)[..., np.newaxis], (columns - left)[..., np.newaxis]
    upper = (1 - across) * image[top, left] + across * image[top, right]
    lower = (1 - across) * image[bottom, left] + across * image[bottom, right]
    return (1 - down) * upper + down * lower


def resize(image: Array, height: int, width: int) -> Array:
    """The image on a grid of another size, by bilinear interpolation.

    Source: the pixels of both grids are squares that tile the same rectangle ("half-pixel
    centres", the default of PyTorch and OpenCV).
    Shapes: ``image`` (H, W, C), result (height, width, C).
    """
    tall = _stretch(image, height)
    return _stretch(tall.swapaxes(0, 1), width).swapaxes(0, 1)


def _stretch(rows: Array, count: int) -> Array:
    """``count`` rows in place of those given, each interpolated between two neighbours."""
    last = len(rows) - 1
    places = np.clip((np.arange(count) + 0.5) * len(rows) / count - 0.5, 0, last)
    above = places.astype(int)
    part = (places - above)[:, np.newaxis, np.newaxis]
    return (1 - part) * rows[above] + part * rows[np.minimum(above + 1, last)]


def random_resized_crop(
    images: Array, *, size: int, short_side: tuple[int, int], rng: np.random.Generator
) -> Array:
    """Resize each image to a random scale, its shape kept, and cut a random square out of it.

    The new length of the shorter side is a whole number, uniform from ``short_side[0]`` to
    ``short_side[1]``, both included. All places for the square are equally likely.

    Source: He et al. 2016, sec. 3.4; CS231n L7 "random crops and scales" (ResNet: 256 to 480, 224).
    Shapes: ``images`` (N, H, W, C), result (N, size, size, C); ``size`` at most
    ``short_side[0]``. Any interpolation will do; ``resize`` is bilinear.
    """
    crops = []
    for image in images:
        height, width, _ = image.shape
        scale = rng.integers(short_side[0], short_side[1] + 1) / min(height, width)
        resized = resize(image, round(scale * height), round(scale * width))
        top = rng.integers(resized.shape[0] - size + 1)
        left = rng.integers(resized.shape[1] - size + 1)
        crops.append(resized[top : top + size, left : left + size])
    return np.stack(crops)


def ten_crop(image: Array, *, size: int) -> Array:
    """Ten views of one image: four corners and the centre, and the mirror image of each.

    Source: Krizhevsky et al. 2012, sec. 4.1; CS231n L7 "testing: average a fixed set of crops".
    Shapes: ``image`` (H, W, C), result (10, size, size, C), in any order; ``size`` at most
    min(H, W).
    """
    height, width, _ = image.shape
    bottom, right = height - size, width - size
    corners = [(0, 0), (0, right), (bottom, 0), (bottom, right)]
    places = [*corners, (bottom // 2, right // 2)]
    crops = [image[top : top + size, left : left + size] for top, left in places]
    return np.stack([*crops, *[crop[:, ::-1] for crop in crops]])


def color_jitter(
    images: Array, *, brightness: float, contrast: float, rng: np.random.Generator
) -> Array:
    """Change each image's contrast and brightness at random, and keep the result in [0, 1].

    Contrast: distances from the image's own mean (over all its pixels and channels) are
    multiplied by a factor, uniform in ``[1 - contrast, 1 + contrast]``. Brightness: one number,
    uniform in ``[-brightness, brightness]``, is added to all pixels.

    Source: CS231n L7 "color jitter: randomize contrast and brightness".
    Shapes: ``images`` (N, H, W, C), result the same.
    """
    one_per_image = (len(images), 1, 1, 1)
    factors = rng.uniform(1 - contrast, 1 + contrast, size=one_per_image)
    offsets = rng.uniform(-brightness, brightness, size=one_per_image)
    means = np.mean(images, axis=(1, 2, 3), keepdims=True)
    jittered = means + factors * (images - means) + offsets
    return jittered.clip(0.0, 1.0)


def pca_color(
    images: Array, components: Array, scales: Array, *, sigma: float, rng: np.random.Generator
) -> Array:
    """Add one random colour to all pixels of an image, drawn along the data's main colours.

    Each image draws one normal number per component, with standard deviation ``sigma``; the
    colour is the sum of number times scale times component. Nothing is clipped.

    Source: Krizhevsky et al. 2012, sec. 4.1 (its scales are the eigenvalues); CS231n L7.
    Shapes: ``images`` (N, H, W, C), ``components`` (C, K), one per COLUMN as ``np.linalg.eigh``
    returns them, ``scales`` (K,); result like ``images``.
    """
    steps = sigma * rng.standard_normal((len(images), len(scales))) * scales
    colors = steps @ components.T
    return images + colors[:, np.newaxis, np.newaxis, :]


def cutout(images: Array, *, size: int, rng: np.random.Generator) -> Array:
    """Set a square of ``size`` x ``size`` pixels to zero, at a random place in each image.

    The square's CENTRE is uniform over all pixels, so that the square may stick out of the image,
    and is then cut off at the edge.

    Source: DeVries & Taylor 2017; CS231n L7 "cutout".
    Shapes: ``images`` (N, H, W, C), result the same.
    """
    _, height, width, _ = images.shape
    cut = images.copy()
    for image in cut:
        top = rng.integers(height) - size // 2
        left = rng.integers(width) - size // 2
        image[max(top, 0) : top + size, max(left, 0) : left + size] = 0.0
    return cut


def mixup(images: Array, targets: Array, *, lam: float, order: Indices) -> tuple[Array, Array]:
    """Blend image i with image ``order[i]``, and their targets by the same shares.

    ``lam`` is the share of image i itself.

    Source: Zhang et al. 2018; CS231n L7 "mixup".
    Shapes: ``images`` (N, H, W, C), ``targets`` (N, K) with rows that sum to 1, ``order`` (N,);
    returns new images and targets of the same shapes.
    """
    partners, partner_targets = images[order], targets[order]
    mixed = lam * images + (1 - lam) * partners
    return mixed, lam * targets + (1 - lam) * partner_targets


def cutmix(
    images: Array, targets: Array, *, box: tuple[int, int, int, int], order: Indices
) -> tuple[Array, Array]:
    """Replace a box of image i by the same box of image ``order[i]``; targets by pixel shares.

    ``box`` is (top, left, height, width) in pixels, the same for the whole batch. It may stick
    out of the image; only the part inside counts, for pixels and for targets.

    Source: Yun et al. 2019; CS231n L7 "CutMix".
    Shapes: ``images`` (N, H, W, C), ``targets`` (N, K) with rows that sum to 1, ``order`` (N,);
    returns new images and targets of the same shapes.
    """
    top, left, height, width = box
    rows = slice(max(top, 0), max(top + height, 0))
    columns = slice(max(left, 0), max(left + width, 0))
    partners = images[order]
    mixed = images.copy()
    mixed[:, rows, columns] = partners[:, rows, columns]
    share = mixed[0, rows, columns].size / mixed[0].size
    return mixed, (1 - share) * targets + share * targets[order]


def average_views(predict: Callable[[Array], Array], views: Array) -> Array:
    """Test-time augmentation: the mean of the probabilities that the views of a batch get.

    ``predict`` takes one view of the batch, (N, ...), and returns probabilities (N, C).

    Source: Krizhevsky et al. 2012, sec. 4.1; CS231n L7 "testing: average a fixed set of crops".
    Shapes: ``views`` (V, N, ...), the same N images seen in V ways; result (N, C).
    """
    return np.mean([predict(view) for view in views], axis=0)


def warp(image: Array, matrix: Array) -> Array:
    """Show at each pixel what the image holds at ``matrix @`` (its place, seen from the centre).

    Places outside the image are black (0).

    Source: CS231n L7 "get creative": rotation, stretching, shearing.
    Shapes: ``image`` (H, W, C), result the same; ``matrix`` (2, 2) acts on (row, column).
    """
    return _look_up(image, np.tensordot(matrix, _from_centre(image), axes=1))


def rotate(image: Array, *, degrees: float) -> Array:
    """The image turned about its centre, counterclockwise for positive ``degrees``.

    Source: CS231n L7 "get creative".
    Shapes: ``image`` (H, W, C), result the same.
    """
    angle = np.deg2rad(degrees)
    cosine, sine = np.cos(angle), np.sin(angle)
    return warp(image, np.array([[cosine, sine], [-sine, cosine]]))


def shear(image: Array, *, slope: float) -> Array:
    """The image with its rows pushed sideways, in proportion to their distance from the middle.

    Source: CS231n L7 "get creative".
    Shapes: ``image`` (H, W, C), result the same; ``slope`` in pixels per row.
    """
    return warp(image, np.array([[1.0, 0.0], [slope, 1.0]]))


def lens_distortion(image: Array, *, strength: float) -> Array:
    """What a bad lens makes of an image: a pincushion for ``strength`` > 0, a barrel below 0.

    A pixel at distance r from the centre shows what lies at ``r * (1 - strength * r**2)``, with
    r in units of half the diagonal.

    Source: CS231n L7 "get creative"; the first term of Brown's model (1966).
    Shapes: ``image`` (H, W, C), result the same; ``strength`` in (-1, 1).
    """
    places = _from_centre(image)
    radius = np.hypot(*places) / np.hypot(*places[:, 0, 0])
    return _look_up(image, places * (1 - strength * radius**2))


def _from_centre(image: Array) -> Array:
    """(row, column) of every pixel, from the centre; shape (2, H, W)."""
    height, width, _ = image.shape
    rows, columns = np.arange(height) - (height - 1) / 2, np.arange(width) - (width - 1) / 2
    return np.array(np.meshgrid(rows, columns, indexing="ij"))


def _look_up(image: Array, places: Array) -> Array:
    """The image at ``places`` (2, H, W) from its centre, black outside."""
    half = (np.array(image.shape[:2]) - 1) / 2
    inside = np.all(np.abs(places) <= half[:, np.newaxis, np.newaxis] + 0.5, axis=0)
    return inside[..., np.newaxis] * sample(image, places[0] + half[0], places[1] + half[1])
