"""The container templates of every cluster: what is there, and what can be downloaded."""
