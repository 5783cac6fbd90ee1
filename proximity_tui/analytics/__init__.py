"""What the kept figures and the audit trail say of the whole fleet, for commands and screens."""
