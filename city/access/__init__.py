"""Who may read more than the public page: accounts of the city's own, or its reverse proxy's word."""
