"""What may enter: shapes that people bring."""
