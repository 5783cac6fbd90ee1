"""What stands before every action: the guards and their refusals, the permits to write, safe modes, provenance."""
