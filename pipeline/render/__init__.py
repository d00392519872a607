"""Plans and diagnostics -> str. Pure; one file per format."""
