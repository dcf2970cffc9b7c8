"""The actors, one a file: its rules first, then its kind and its Mesa class."""
