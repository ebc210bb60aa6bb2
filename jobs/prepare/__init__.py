"""From a design to the files of a job, in a child process."""
