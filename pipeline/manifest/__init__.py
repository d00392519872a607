"""Files -> desired State: all there is to know of TOML, JSON and JSON Schema."""
