"""The meaning of an observation: the guest's identity, the changes to our record, and the drift."""
