"""The theatre: actors, sites, governorates and dates, read from tables."""
