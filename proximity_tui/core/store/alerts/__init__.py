"""Alerts and the outbox of what is still to be delivered."""
