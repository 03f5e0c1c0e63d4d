"""The course's library: every function is plain numpy, float64, and changes nothing it is given."""
