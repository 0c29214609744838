"""Tổ chức: agencies, their names, places and successors as dated data; one-stop units, roles and posts."""
