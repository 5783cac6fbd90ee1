"""The engine executes plans: it inspects, journals, sends requests to Proxmox, and verifies. Only it calls the client's
writes.
"""
