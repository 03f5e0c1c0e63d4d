"""JupyterLab, started in this folder, opens on the start page."""

import os

c = get_config()

c.LabApp.default_url = "/lab/tree/notebooks/start.ipynb"
# Works offline from the first start: no question about news, no look for updates.
c.LabApp.news_url = None
c.ServerApp.tornado_settings = {
    "page_config_data": {
        "disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}
    }
}
# In a container there is often no other user; without this, Jupyter refuses to start there.
c.ServerApp.allow_root = hasattr(os, "geteuid") and os.geteuid() == 0
