"""Data: the file is the one of record, the split is a partition, label noise is what it says."""

import hashlib
import runpy
from pathlib import Path

import numpy as np
import pytest

from course_lib import datasets

ROOT = Path(__file__).resolve().parents[1]


def test_digits_are_split_1000_300_497():
    digits = datasets.load_digits()
    assert [len(part) for part in digits] == [1000, 1000, 300, 300, 497, 497]
    for x in digits[::2]:
        assert x.dtype == np.float64
        assert x.shape[1] == 64
        assert x.min() == 0.0
        assert x.max() == 1.0
        np.testing.assert_array_equal(x * 16, np.round(x * 16))
    for labels in digits[1::2]:
        np.testing.assert_array_equal(np.unique(labels), np.arange(10))


def test_digits_are_those_of_scikit_learn_each_once():
    sklearn_datasets = pytest.importorskip("sklearn.datasets")
    want = sklearn_datasets.load_digits()
    digits = datasets.load_digits()
    got = np.column_stack([np.concatenate(digits[::2]) * 16, np.concatenate(digits[1::2])])
    expected = np.column_stack([want.data, want.target])
    assert not np.array_equal(got, expected), "the order should be shuffled"
    np.testing.assert_array_equal(got[np.lexsort(got.T)], expected[np.lexsort(expected.T)])


def test_generator_makes_the_committed_file_byte_for_byte(tmp_path, capsys):
    pytest.importorskip("sklearn")
    script = runpy.run_path(str(ROOT / "data" / "make_digits.py"))
    script["main"].__globals__["TARGET"] = tmp_path / "digits.npz"
    script["main"]()
    made = (tmp_path / "digits.npz").read_bytes()
    assert made == (ROOT / "data" / "digits.npz").read_bytes()
    assert capsys.readouterr().out.split()[0] == datasets.DIGITS_SHA256


def test_readme_states_the_checksum():
    assert datasets.DIGITS_SHA256 in (ROOT / "data" / "README.md").read_text()


def test_every_call_returns_arrays_of_its_own():
    first = datasets.load_digits()
    first.x_train[:] = -1
    assert datasets.load_digits().x_train.min() == 0.0


def test_an_altered_file_is_refused_with_the_way_to_restore_it(tmp_path, monkeypatch):
    altered = bytearray((ROOT / "data" / "digits.npz").read_bytes())
    altered[1000] ^= 1
    (tmp_path / "digits.npz").write_bytes(altered)
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(datasets.DataFileError) as failure:
        datasets.load_digits()
    message = str(failure.value)
    assert str(tmp_path / "digits.npz") in message
    assert datasets.DIGITS_SHA256 in message
    assert hashlib.sha256(altered).hexdigest() in message
    assert "git checkout -- data/digits.npz" in message
    assert "python data/make_digits.py" in message


def test_a_missing_file_is_an_oserror_that_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(OSError, match="found no such file: restore it"):
        datasets.load_digits()


def test_noise_redraws_the_asked_share_over_all_classes():
    labels = np.zeros(100_000, dtype=np.int64)
    noisy = datasets.noisy_labels(labels, fraction=0.3, classes=10, rng=np.random.default_rng(0))
    counts = np.bincount(noisy, minlength=10)
    # 30 000 redrawn, 3 000 for each class; six standard deviations.
    band = 6 * np.sqrt(30_000 * 0.1 * 0.9)
    assert np.all(np.abs(counts[1:] - 3000) < band)
    assert counts.sum() == 100_000
    assert not labels.any(), "the labels given must stay as they are"


@pytest.mark.parametrize(("fraction", "changed"), [(0.0, 0), (0.25, 25), (1.0, 100)])
def test_noise_redraws_exactly_so_many(fraction, changed):
    """With the old label out of range, every redrawn one is visible."""
    labels = np.full(100, 99)
    noisy = datasets.noisy_labels(
        labels, fraction=fraction, classes=10, rng=np.random.default_rng(0)
    )
    assert np.sum(noisy != labels) == changed


def test_noise_refuses_a_share_above_one():
    with pytest.raises(ValueError, match=r"fraction must lie in \[0, 1\], got 30"):
        datasets.noisy_labels(np.zeros(3, int), fraction=30, classes=2, rng=np.random.default_rng())


# --- photographs --------------------------------------------------------------------------------


def test_photos_are_three_small_colour_pictures():
    photos = datasets.load_photos()
    assert [photo.shape for photo in photos] == [(96, 144, 3), (96, 144, 3), (96, 96, 3)]
    for photo in photos:
        assert photo.dtype == np.float64
        assert photo.min() >= 0.0
        assert 0.8 < photo.max() <= 1.0
        np.testing.assert_allclose(photo * 255, np.round(photo * 255))


def test_photos_are_made_again_byte_for_byte(tmp_path, capsys, monkeypatch):
    pytest.importorskip("skimage")
    monkeypatch.syspath_prepend(str(ROOT / "data"))
    script = runpy.run_path(str(ROOT / "data" / "make_photos.py"))
    script["main"].__globals__["TARGET"] = tmp_path / "photos.npz"
    script["main"]()
    made = (tmp_path / "photos.npz").read_bytes()
    assert made == (ROOT / "data" / "photos.npz").read_bytes()
    assert capsys.readouterr().out.split()[0] == datasets.PHOTOS_SHA256
    assert datasets.PHOTOS_SHA256 in (ROOT / "data" / "README.md").read_text(encoding="utf-8")


def test_photos_show_the_originals_smaller():
    data = pytest.importorskip("skimage.data")
    blocks = data.astronaut()[:480, :480].reshape(96, 5, 96, 5, 3).mean(axis=(1, 3))
    assert np.abs(datasets.load_photos().astronaut * 255 - blocks).max() <= 0.5 + 1e-9


def test_missing_photos_are_refused_with_the_way_to_restore_them(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(datasets.DataFileError) as failure:
        datasets.load_photos()
    assert "found no such file: restore it" in str(failure.value)
    assert "git checkout -- data/photos.npz" in str(failure.value)
    assert "python data/make_photos.py" in str(failure.value)


# --- training runs ------------------------------------------------------------------------------


def test_training_runs_have_the_shapes_they_claim():
    runs = datasets.load_training_runs()
    assert runs.losses.shape == (9, 9, 9, 2, 41)
    assert runs.accuracies.shape == (9, 9, 9, 2)
    assert runs.search_accuracies.shape == (41, 25)
    assert np.isfinite(runs.losses[..., 0]).all(), "a loss before the first update is a number"
    begins = runs.losses[:, :, :, 0, 0]
    assert np.ptp(begins, axis=(0, 1)).max() == 0.0  # of the initial weights alone
    assert datasets.RUNS_SHA256 in (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="read-only"):
        runs.losses[0] = 0.0


@pytest.mark.parametrize(("lr", "l2", "scale"), [(4, 5, 5), (3, 0, 5), (2, 6, 4), (4, 4, 2)])
def test_runs_that_learn_are_trained_again_to_the_same_curve(monkeypatch, lr, l2, scale):
    monkeypatch.syspath_prepend(str(ROOT / "data"))
    make = runpy.run_path(str(ROOT / "data" / "make_training_runs.py"))
    runs = datasets.load_training_runs()
    found = make["patient"](runs.lrs[lr], runs.penalties[l2], runs.scales[scale])
    want = (part[lr, l2, scale] for part in (runs.losses, runs.accuracies, runs.ratios))
    for got, kept in zip(found, want, strict=True):
        np.testing.assert_allclose(np.ravel(got), np.ravel(kept), rtol=1e-4)


def test_settings_of_a_search_are_trained_again():
    make = runpy.run_path(str(ROOT / "data" / "make_training_runs.py"))
    runs = datasets.load_training_runs()
    for lr, l2 in ((27, 8), (10, 3)):
        again = make["searched"](runs.search_lrs[lr], runs.search_penalties[l2])
        assert again == pytest.approx(runs.search_accuracies[lr, l2], abs=1e-6)
