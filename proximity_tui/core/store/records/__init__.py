"""The records of containers, their operations, and the data beside them: clinical records, drifts, ports."""
