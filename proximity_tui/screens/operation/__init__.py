"""The screens of an operation: its progress, and the dialog for an interrupted one."""
