"""The metrics of a daemon: what is counted, Prometheus' text format, and where it is served."""
