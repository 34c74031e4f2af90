"""The benchmarks: each compares the platform with what bounds it, or with its peers, in one run on one machine."""
