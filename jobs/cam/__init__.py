"""From a drawing to a program for the mill."""
