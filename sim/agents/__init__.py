"""The actors, one per file: rules first, then the kind."""
