"""What is learned from incidents: past incidents made of closed ones, what strategies came to, stale entries."""
