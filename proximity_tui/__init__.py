"""Proximity TUI: the containers of Proxmox VE clusters and our records of them, kept in step."""

__version__ = "0.1.0"
