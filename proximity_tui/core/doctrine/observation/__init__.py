"""What an observation means: whose it is, what it changes in our record, what drifted."""
