"""Who starts where and when within the battery and the hours of a halt."""
