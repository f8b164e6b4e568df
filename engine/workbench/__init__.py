"""What the pages for rules work on: working copies, one rule as it is read, checked and shown."""
