"""Rules over history: what they would have decided, and how two versions differ."""
