"""List, open and remove results in their folder."""
