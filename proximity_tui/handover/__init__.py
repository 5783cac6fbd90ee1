"""The handover of a shift: how the fleet is, what happened, who changed what, and what is still open. It is read from
our own records, for `handover` and for the Pulse screen; no cluster is asked.
"""
