"""What an answer is worth to the person: the bundle, its compiled trees, the value."""
