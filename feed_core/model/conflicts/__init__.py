"""How two regions that both wrote are brought together, each rule where it is enough."""
