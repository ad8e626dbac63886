"""What rdpscore's validation is measured against: the same rules, written otherwise."""
