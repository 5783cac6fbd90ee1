"""Dialogs: the base with its frame, its keys and its one answer; a question, a note, the help."""
