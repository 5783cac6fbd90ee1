"""The screens of the TUI, one a file, with its styles beside it."""
