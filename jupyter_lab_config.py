"""JupyterLab, started in this folder, opens on the start page."""

import os

c = get_config()

c.LabApp.default_url = "/lab/tree/notebooks/start.ipynb"
c.LabApp.news_url = None  # no question about news on the first start
# In a container there is often no other user; without this, Jupyter refuses to start there.
c.ServerApp.allow_root = hasattr(os, "geteuid") and os.geteuid() == 0
