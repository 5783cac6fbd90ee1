"""The delivery of alerts to Sentry: the notifier, the client, and the masking before an event leaves the machine."""
