"""Rebuild photos.npz from the photographs that scikit-image ships.

    python data/make_photos.py

Each photograph is cut to whole blocks, and each block is replaced by its mean, in whole numbers:
the file is the same byte for byte on every machine.
"""

import hashlib
from pathlib import Path

import numpy as np
from make_digits import npz_bytes

TARGET = Path(__file__).resolve().with_name("photos.npz")
SIDE = 96  # of the shorter side, in blocks
# name: (upper edge, left edge, width in blocks, pixels per block)
CUTS = {"cat": (8, 19, 144, 3), "coffee": (0, 12, 144, 4), "astronaut": (0, 0, 96, 5)}


def block_means(image: np.ndarray, top: int, left: int, width: int, block: int) -> np.ndarray:
    """``SIDE`` x ``width`` blocks of the image from (top, left) on, rounded to bytes."""
    cut = image[top : top + SIDE * block, left : left + width * block].astype(np.int64)
    sums = cut.reshape(SIDE, block, width, block, 3).sum(axis=(1, 3))
    return ((2 * sums + block**2) // (2 * block**2)).astype(np.uint8)


def main() -> None:
    from skimage import data

    content = npz_bytes(
        {name: block_means(getattr(data, name)(), *cut) for name, cut in CUTS.items()}
    )
    TARGET.write_bytes(content)
    print(f"{hashlib.sha256(content).hexdigest()}  {TARGET.name}")


if __name__ == "__main__":
    main()
