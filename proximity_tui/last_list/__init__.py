"""The last list: the first lines of the Fleet list as they were last shown, painted by the next start before anything
else is loaded; and the names in the last lists, for the completion of a shell. It is no source of truth: no rule and no
plan reads it, and when in doubt it is ignored.
"""
