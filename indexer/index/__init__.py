"""What lies on the disk beside segments: schema, table of contents, generation files."""
