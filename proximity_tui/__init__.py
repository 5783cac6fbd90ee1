"""Proximity TUI: the containers of Proxmox VE clusters and what is known about them, kept in step."""

__version__ = "0.1.0"
