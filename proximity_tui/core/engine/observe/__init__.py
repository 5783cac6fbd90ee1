"""The observation of Proxmox: the poller, the inspection of one guest, the collection for a run,
the identity checks.
"""
