"""The columns for the readings of every clock at the start of a state, a heartbeat or a doubt: no set clock ages these.
Frozen.
"""

TABLES = """
ALTER TABLE container ADD COLUMN state_clock TEXT;
ALTER TABLE container ADD COLUMN doubt_clock TEXT;
ALTER TABLE operation ADD COLUMN heartbeat_clock TEXT;
"""
