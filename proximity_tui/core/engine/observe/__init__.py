"""Observing Proxmox: the poller, the inspection of one guest, the survey of a cluster, the check of identities."""
