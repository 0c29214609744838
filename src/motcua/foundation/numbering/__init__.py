"""Cấp số: running numbers without gap or duplicate, given inside the transaction of the act."""
