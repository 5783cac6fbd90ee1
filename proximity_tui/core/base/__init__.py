"""What everything rests on: the clock, text, secrets, threads, process ids."""
