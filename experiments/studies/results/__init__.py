"""What lies in the folder of results: found again, opened, removed."""
