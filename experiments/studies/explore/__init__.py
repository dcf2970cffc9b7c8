"""A local page: move a setting, see new paired worlds, keep the view."""
