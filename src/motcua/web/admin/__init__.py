"""Quản trị: task-shaped pages for agencies, posts, calendars, procedures, workflows."""
