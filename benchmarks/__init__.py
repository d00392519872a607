"""What the pipeline costs, beside a floor and beside the way of writing one row at a time. Not a test."""
