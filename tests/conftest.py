"""What every test needs before numpy is imported."""

import os

# small matrices: more threads only wait for one another, badly so on a busy machine
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "Agg")
