"""The commands about what stands around the containers: nodes, storages and the tasks of whole clusters."""
