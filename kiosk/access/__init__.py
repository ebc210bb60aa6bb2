"""Who may enter as a mediator, and which scripts may ask: people, sessions, tokens."""
