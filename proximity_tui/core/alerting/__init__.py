"""How an alert reaches Sentry: the notifier, the client, and what is taken out before it leaves the machine."""
