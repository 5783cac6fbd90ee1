"""The running process: what it is put together from, who starts and stops its services, and how it ends."""
