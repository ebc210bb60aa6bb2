"""What all robots share: programs made of steps, their interpreter, and a body to simulate."""
