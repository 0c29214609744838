"""Bưu chính công ích: papers collected and results sent by the post; who carries, what it promised, and what it did."""
