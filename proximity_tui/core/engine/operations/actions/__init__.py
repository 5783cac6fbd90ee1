"""The steps of one action a file, and what each of them checks and writes."""
