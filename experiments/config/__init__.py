"""Read YAML and overrides, and return a checked, frozen arm or one line that says what is wrong."""
