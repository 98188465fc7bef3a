"""A simulated society with known truth: it writes and reads through the feed core, like people do."""
