"""Carries plans out: looks, journals, asks Proxmox, proves. The only caller of the gateway's writes."""
