"""The records of containers, their operations, and what is kept beside them: clinical records, drifts, ports."""
