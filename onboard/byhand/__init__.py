"""What people have idle machines do: rules, errands, the mill's list, and the watch over forgotten heat."""
