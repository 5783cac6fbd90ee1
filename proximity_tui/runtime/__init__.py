"""The running process: its composition, the start and stop of its services, and its end."""
