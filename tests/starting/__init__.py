"""Many who want to start at once, and the judge of what they got."""
