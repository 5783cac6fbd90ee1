"""The parts that several commands share: context, plans, consent, and endings."""
