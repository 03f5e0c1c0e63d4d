"""Rebuild digits.npz from the copy of the data set that scikit-learn ships.

    python data/make_digits.py

The file is the same byte for byte on every machine: entries carry a fixed date, and they are
stored, not compressed, because compressors differ from version to version.
"""

import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np

TARGET = Path(__file__).resolve().with_name("digits.npz")
SPLIT_SEED = 1797


def npz_bytes(arrays: dict[str, np.ndarray]) -> bytes:
    """What ``np.savez`` would write, without the time of day in it."""
    archive_bytes = io.BytesIO()
    with zipfile.ZipFile(archive_bytes, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, array, version=(1, 0))
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3  # else it tells Windows from the rest
            archive.writestr(entry, content.getvalue())
    return archive_bytes.getvalue()


def main() -> None:
    from sklearn.datasets import load_digits

    digits = load_digits()
    content = npz_bytes(
        {
            "pixels": digits.data.astype(np.uint8),  # (1797, 64), 0 to 16
            "labels": digits.target.astype(np.uint8),  # (1797,)
            # Examples in the order training, validation, test.
            "order": np.random.default_rng(SPLIT_SEED).permutation(1797).astype(np.uint16),
        }
    )
    TARGET.write_bytes(content)
    print(f"{hashlib.sha256(content).hexdigest()}  {TARGET.name}")


if __name__ == "__main__":
    main()
