"""The backups of a container: their list, and the dialogs that make one."""
