"""The snapshots of a container: their tree, and the dialogs that take one, delete one and roll back to one."""
