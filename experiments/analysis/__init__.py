"""Pure functions: datasets in, tables out. One method a file."""
