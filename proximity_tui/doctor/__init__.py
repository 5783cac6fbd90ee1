"""The doctor: looks at everything that has to be right and says of each thing whether it is, and what to do if not.

Whatever asks (`probe`, and the checks of files and database) is apart from what judges: a check of a cluster is a
function from `ClusterFacts` to findings. Nothing here changes anything, neither with us nor with Proxmox.
"""
