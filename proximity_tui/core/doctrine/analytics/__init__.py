"""The figures of the fleet by its audit trail: lives of records, and what is counted of them. Pure."""
