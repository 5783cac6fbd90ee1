"""Alerts, and the outbox of undelivered notifications."""
