"""Pure functions that turn datasets into tables. One method per file."""
