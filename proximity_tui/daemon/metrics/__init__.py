"""The metrics of a daemon: the figures, Prometheus' text format, and the exporters."""
