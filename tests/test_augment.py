"""Augmentation: every outcome counted where there are few, bands of six deviations elsewhere."""

import numpy as np
import pytest

from course_lib import augment

RNG = np.random.default_rng(17)
IMAGES = RNG.uniform(0.1, 0.9, size=(4, 5, 7, 3))


def rng(seed=0):
    return np.random.default_rng(seed)


def ramps(count, height, width):
    """Images whose first two channels say where a pixel stood."""
    rows, columns = np.indices((height, width))
    image = np.stack([rows + 1.0, columns + 1.0, np.ones((height, width))], axis=-1)
    return np.tile(image, (count, 1, 1, 1))


def six_sigma(chance, draws):
    return 6 * np.sqrt(chance * (1 - chance) / draws)


# --- flips and crops ----------------------------------------------------------------------------


def test_flipping_surely_is_a_mirror_and_its_own_inverse():
    once = augment.random_flip(IMAGES, prob=1.0, rng=rng())
    np.testing.assert_array_equal(once, np.array([np.fliplr(image) for image in IMAGES]))
    np.testing.assert_array_equal(augment.random_flip(once, prob=1.0, rng=rng()), IMAGES)
    np.testing.assert_array_equal(augment.random_flip(IMAGES, prob=0.0, rng=rng()), IMAGES)


def test_flips_are_independent_coins():
    many = np.tile(IMAGES[:1], (4000, 1, 1, 1))
    out = augment.random_flip(many, prob=0.3, rng=rng())
    flipped = np.array([np.array_equal(image, IMAGES[0][:, ::-1]) for image in out])
    kept = np.array([np.array_equal(image, IMAGES[0]) for image in out])
    assert np.all(flipped ^ kept)
    assert abs(flipped.mean() - 0.3) < six_sigma(0.3, 4000)
    # neighbours share no coin: both flipped in 9 % of the pairs
    assert abs(np.mean(flipped[::2] & flipped[1::2]) - 0.09) < six_sigma(0.09, 2000)


def test_crop_takes_every_shift_equally_often():
    many = ramps(5000, 4, 6)
    out = augment.random_crop(many, padding=2, rng=rng())
    wanted = {}
    padded = np.pad(many[0], ((2, 2), (2, 2), (0, 0)))
    for top in range(5):
        for left in range(5):
            wanted[padded[top : top + 4, left : left + 6].tobytes()] = (top, left)
    assert len(wanted) == 25
    counts = np.zeros((5, 5))
    for image in out:
        counts[wanted[image.tobytes()]] += 1
    assert np.abs(counts / 5000 - 1 / 25).max() < six_sigma(1 / 25, 5000)
    np.testing.assert_array_equal(augment.random_crop(IMAGES, padding=0, rng=rng()), IMAGES)


def test_resize_agrees_with_torch():
    torch = pytest.importorskip("torch")
    for height, width in ((5, 7), (8, 9), (3, 14), (2, 3)):
        got = augment.resize(IMAGES[0], height, width)
        channels_first = torch.tensor(IMAGES[:1]).permute(0, 3, 1, 2)
        want = torch.nn.functional.interpolate(
            channels_first, size=(height, width), mode="bilinear", align_corners=False
        )
        np.testing.assert_allclose(got, want[0].permute(1, 2, 0).numpy(), atol=1e-14)


def test_resized_crops_have_the_scales_asked_for_and_keep_the_shape():
    out = augment.random_resized_crop(ramps(900, 20, 30), size=10, short_side=(10, 13), rng=rng())
    assert out.shape == (900, 10, 10, 3)
    inside = out[:, 2:-2, 2:-2]
    down, across = np.diff(inside[..., 0], axis=1), np.diff(inside[..., 1], axis=2)
    sides = 20 / down.mean(axis=(1, 2))
    np.testing.assert_allclose(sides, np.round(sides), atol=1e-9)
    values, counts = np.unique(np.round(sides), return_counts=True)
    np.testing.assert_array_equal(values, [10, 11, 12, 13])
    assert np.abs(counts / 900 - 1 / 4).max() < six_sigma(1 / 4, 900)
    np.testing.assert_allclose(across.mean(axis=(1, 2)), 20 / sides, rtol=0.035)
    # a square of 10 out of 15 columns: six places, all of them equally often
    tight = np.round(sides) == 10
    lefts = np.round((out[tight][:, 5, 5, 1] - 0.5) / 2 - 5.25).astype(int)
    places, often = np.unique(lefts, return_counts=True)
    assert len(places) == 6
    assert np.abs(often / tight.sum() - 1 / 6).max() < six_sigma(1 / 6, tight.sum())


def test_resized_crop_without_a_choice_is_the_image():
    square = IMAGES[:, :, :5]
    out = augment.random_resized_crop(square, size=5, short_side=(5, 5), rng=rng())
    np.testing.assert_allclose(out, square, atol=1e-15)


def test_ten_crops_are_four_corners_the_centre_and_their_mirrors():
    image = ramps(1, 6, 9)[0]
    crops = augment.ten_crop(image, size=4)
    assert crops.shape == (10, 4, 4, 3)
    corners = {(int(crop[0, :, 0].min()), int(crop[0, :, 1].min())) for crop in crops}
    assert corners == {(1, 1), (1, 6), (3, 1), (3, 6), (2, 3)}
    assert len({crop.tobytes() for crop in crops}) == 10
    mirrored = {crop[:, ::-1].tobytes() for crop in crops}
    assert mirrored == {crop.tobytes() for crop in crops}


# --- colours ------------------------------------------------------------------------------------


def test_jitter_is_a_line_through_each_image_s_mean():
    gentle = np.tile(0.4 + 0.2 * IMAGES[:1], (2000, 1, 1, 1))
    out = augment.color_jitter(gentle, brightness=0.1, contrast=0.5, rng=rng())
    mean = gentle[0].mean()
    offsets = out.mean(axis=(1, 2, 3)) - mean
    factors = np.sum((out - mean) * (gentle - mean), axis=(1, 2, 3)) / np.sum(
        (gentle[0] - mean) ** 2
    )
    line = mean + offsets[:, None, None, None] + factors[:, None, None, None] * (gentle - mean)
    np.testing.assert_allclose(out, line, atol=1e-12)
    for values, low, high in ((offsets, -0.1, 0.1), (factors, 0.5, 1.5)):
        share = np.mean(values < low + 0.25 * (high - low))
        assert abs(share - 0.25) < six_sigma(0.25, 2000)
        assert low <= values.min() < low + 0.01 * (high - low)
        assert high >= values.max() > high - 0.01 * (high - low)
    assert abs(np.corrcoef(offsets, factors)[0, 1]) < 6 / np.sqrt(2000)


def test_jitter_stays_between_black_and_white():
    out = augment.color_jitter(IMAGES, brightness=0.9, contrast=0.9, rng=rng())
    assert out.min() == 0.0 or out.max() == 1.0
    assert out.min() >= 0.0
    assert out.max() <= 1.0
    np.testing.assert_allclose(
        augment.color_jitter(IMAGES, brightness=0.0, contrast=0.0, rng=rng()), IMAGES
    )


def test_pca_colours_have_the_covariance_of_the_recipe():
    components, _ = np.linalg.qr(RNG.normal(size=(3, 3)))
    scales, many = np.array([0.5, 0.2, 0.05]), np.tile(IMAGES[:1], (4000, 1, 1, 1))
    colors = augment.pca_color(many, components, scales, sigma=0.7, rng=rng()) - many
    np.testing.assert_allclose(colors, colors[:, :1, :1] * np.ones((1, 5, 7, 1)), atol=1e-15)
    steps = colors[:, 0, 0] @ components
    want = np.diag((0.7 * scales) ** 2)
    band = 6 * np.sqrt(np.outer(want.diagonal(), want.diagonal()) * 2 / 4000)
    assert np.all(np.abs(np.cov(steps.T) - want) < band)
    two = augment.pca_color(many, components[:, :2], scales[:2], sigma=0.7, rng=rng()) - many
    np.testing.assert_allclose(two[:, 0, 0] @ components[:, 2], 0.0, atol=1e-15)


# --- cutting and mixing -------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 3, 4])
def test_cutout_is_a_square_around_a_uniform_pixel(size):
    many = np.tile(IMAGES[:1], (6000, 1, 1, 1))
    out = augment.cutout(many, size=size, rng=rng())
    gone = np.all(out == 0, axis=-1)
    np.testing.assert_array_equal(np.where(gone[..., None], many, out), many)
    # how often each pixel is cut, by counting all centres
    counts = np.zeros((5, 7))
    for row in range(5):
        for column in range(7):
            top, left = row - size // 2, column - size // 2
            counts[max(top, 0) : top + size, max(left, 0) : left + size] += 1
    assert np.abs(gone.mean(axis=0) - counts / 35).max() < six_sigma(0.5, 6000)


def test_mixup_agrees_with_the_loop():
    targets, order = np.eye(4), np.array([2, 0, 3, 1])
    mixed, labels = augment.mixup(IMAGES, targets, lam=0.3, order=order)
    for i, j in enumerate(order):
        np.testing.assert_allclose(mixed[i], 0.3 * IMAGES[i] + 0.7 * IMAGES[j])
        np.testing.assert_allclose(labels[i], 0.3 * targets[i] + 0.7 * targets[j])


@pytest.mark.parametrize(
    ("box", "area"),
    [
        ((1, 2, 2, 3), 6),
        ((-1, 5, 4, 9), 6),
        ((0, 0, 5, 7), 35),
        ((3, 6, 0, 4), 0),
        ((-4, 0, 3, 2), 0),
    ],
)
def test_cutmix_counts_the_pixels_that_were_replaced(box, area):
    targets, order = np.eye(4), np.array([1, 2, 3, 0])
    mixed, labels = augment.cutmix(IMAGES, targets, box=box, order=order)
    partner = np.all(mixed == IMAGES[order], axis=-1)
    own = np.all(mixed == IMAGES, axis=-1)
    assert np.all(partner ^ own)
    np.testing.assert_array_equal(partner.sum(axis=(1, 2)), area)
    np.testing.assert_allclose(labels, (1 - area / 35) * targets + area / 35 * targets[order])


def test_average_of_views_is_the_mean_of_their_probabilities():
    views = RNG.normal(size=(6, 4, 3))
    got = augment.average_views(
        lambda view: np.exp(view) / np.exp(view).sum(1, keepdims=True), views
    )
    powers = np.exp(views)
    np.testing.assert_allclose(got, (powers / powers.sum(axis=2, keepdims=True)).mean(axis=0))


# --- warps --------------------------------------------------------------------------------------


def test_a_quarter_turn_is_numpy_s():
    square = IMAGES[0][:, :5]
    np.testing.assert_allclose(augment.rotate(square, degrees=90), np.rot90(square), atol=1e-12)
    np.testing.assert_allclose(augment.rotate(square, degrees=0), square)


def test_shear_shifts_rows_by_their_distance_from_the_middle():
    out = augment.shear(IMAGES[0], slope=1.0)
    np.testing.assert_allclose(out[2], IMAGES[0][2])
    np.testing.assert_allclose(out[3, :-1], IMAGES[0][3, 1:])
    np.testing.assert_allclose(out[1, 1:], IMAGES[0][1, :-1])
    np.testing.assert_array_equal(out[3, -1], 0.0)


def test_lens_leaves_the_centre_and_moves_the_corners():
    image = ramps(1, 11, 11)[0]
    for strength in (0.2, -0.2):
        out = augment.lens_distortion(image, strength=strength)
        np.testing.assert_allclose(out[5, 5], image[5, 5])
    out = augment.lens_distortion(image, strength=0.2)
    np.testing.assert_allclose(out[0, 0], image[1, 1], atol=1e-12)  # at r = 1 it looks up 0.8 r
