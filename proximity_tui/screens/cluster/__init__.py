"""What stands around the containers: nodes, storages and the tasks of whole clusters, with a page for each."""
