"""The pages of children: from the home page to the ticket."""
