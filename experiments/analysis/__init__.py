"""Pure functions: datasets in, tables out. One method per file."""
