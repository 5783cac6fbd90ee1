"""The delete dialogs, for one container and for several."""
