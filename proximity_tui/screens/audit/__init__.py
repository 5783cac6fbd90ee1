"""The Audit screen: the trail of events and its chain."""
