"""The power dialogs, for one container and for several."""
