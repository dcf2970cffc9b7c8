"""What can be asked for on the command line, one job a file."""
