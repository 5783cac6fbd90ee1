"""What Proxmox says of a guest: its row, config, inspection, snapshots, backups and figures."""
