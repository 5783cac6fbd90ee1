"""The simulated cluster itself: nodes, guests, storages, tasks, and time."""
