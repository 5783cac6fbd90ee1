"""The answers about the fleet that are put together from what the core knows: why, lint, undo, export, the handover of
a shift, the figures of the fleet, and who uses most.
"""
