"""What people would like to have: kept for members on every device, for guests in their browser."""
