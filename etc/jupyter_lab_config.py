"""JupyterLab, started in the course's folder, opens on the start page.

Installed into the course's own environment, where every ``jupyter lab`` reads it.
"""

import os
from pathlib import Path

c = get_config()

# Kernels inherit this. The course's matrices are small: more threads only wait for one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")

for start in ("notebooks/start.ipynb", "start.ipynb"):
    if Path(start).is_file():
        c.LabApp.default_url = f"/lab/tree/{start}"
        break
# In a container there is often no other user; without this, Jupyter refuses to start there.
c.ServerApp.allow_root = hasattr(os, "geteuid") and os.geteuid() == 0
