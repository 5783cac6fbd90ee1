"""The only code that speaks HTTP to Proxmox VE; its answers are made plain here."""
