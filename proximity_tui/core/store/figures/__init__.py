"""The figures of containers: how many there are; and what they used, written once a minute, kept by the minute for a
day and by the quarter for 90 days.
"""
