"""The graded response model: fitting, scoring, information and fit, in one and in two dimensions."""
