"""Rules after the score: order, diversity, pacing."""
