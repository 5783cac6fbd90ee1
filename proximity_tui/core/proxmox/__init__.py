"""The only code that speaks HTTP to Proxmox VE, and the door where its answers are made plain."""
