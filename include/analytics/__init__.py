"""What happened out there: platform rows into typed tables and the JSON files, and from there into the warehouse."""
