"""Việc của kho giấy tờ, one file for each capability."""
