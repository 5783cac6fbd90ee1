"""The steps of taking and deleting a snapshot, and of a roll back to one."""
