"""Jobs decide what is made next."""
