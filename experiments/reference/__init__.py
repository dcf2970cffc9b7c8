"""Everything that has a name, explained."""
