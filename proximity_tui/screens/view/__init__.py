"""The view: the data of all screens at one moment, and how it is read."""
