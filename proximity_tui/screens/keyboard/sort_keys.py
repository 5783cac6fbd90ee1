"""The keys that sort by one column."""

SORTED_BY = {
    "name": "alt+n",
    "vmid": "alt+v",
    "node": "alt+o",
    "status": "alt+s",
    "cpu": "alt+c",
    "mem": "alt+m",
    "uptime": "alt+u",
}
"""The columns that have a key of their own."""
