"""What the checks tell, answer by answer: the verdicts that two readers found wanting, and their relatives."""
