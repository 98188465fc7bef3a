"""Training sets out of the lake: impressions, their outcomes, their features."""
