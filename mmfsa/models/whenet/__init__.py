"""What is WHENet's own: the names of its file (Zhou and Gregson, BMVC 2020)."""
