"""Keeps what ranking reads up to date with the event log while the service runs."""
