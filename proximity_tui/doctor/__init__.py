"""The doctor: checks everything that has to be right, and gives advice for everything that is not.

Reading (`probe`, and the checks of files and database) is separate from judging: a check of a cluster is a function
from `ClusterFacts` to results. Nothing here changes anything, neither ours nor Proxmox's.
"""
