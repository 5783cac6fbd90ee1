"""What screens talk to: what is known, questions that may block, mutations that outlive a dialog."""
