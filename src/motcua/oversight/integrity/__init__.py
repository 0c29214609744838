"""Toàn vẹn dữ liệu: what must always be true of dossiers, each checked every night, each with an owner and a remedy.

An invariant is a sentence and a question that finds whoever breaks it. What is found stays on the board, with its age,
until a check no longer finds it.
"""
