"""The parts that several commands share: context, plans, output, and endings."""
