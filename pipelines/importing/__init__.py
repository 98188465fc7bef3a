"""Bringing data from elsewhere into the feed core; FORMAT.md says what the files look like."""
