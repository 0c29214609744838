"""Quy trình nội bộ: ordered steps with role, time and outcome, kept as BPMN 2.0."""
