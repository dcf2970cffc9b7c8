"""Move a setting, see fresh paired worlds, keep what was found: a local page."""
