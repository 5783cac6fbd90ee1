"""The detection of ports: a bounded, polite TCP connect from here, on request. It sends no data and decides nothing."""
