"""What every clock said when a state, a heartbeat or a doubt began: no set clock makes these older. Frozen."""

TABLES = """
ALTER TABLE container ADD COLUMN state_clock TEXT;
ALTER TABLE container ADD COLUMN doubt_clock TEXT;
ALTER TABLE operation ADD COLUMN heartbeat_clock TEXT;
"""
