"""The figures of containers: written once a minute, kept by the minute for a day and by the quarter for 90 days."""
