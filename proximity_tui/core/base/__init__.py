"""The base of everything: the clock, text, secrets, threads, process ids."""
