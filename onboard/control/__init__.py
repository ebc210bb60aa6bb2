"""The control socket between the daemon and whoever asks it for something."""
