"""HTTP to one cluster: connections, trust in its certificate, and every way a call can fail."""

from proximity_tui.core.proxmox.transport import requests_import  # noqa: F401 - before anything that imports requests
