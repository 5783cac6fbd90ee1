"""What takes an event of the audit trail back, pure."""
