"""Plain records and rules of the feed core. Imports nothing else of the project."""
