"""VNPost: orders, prices and tracking by the contract of the national gateway, and a simulator that ships."""
