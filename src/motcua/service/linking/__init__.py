"""Liên thông: groups of procedures that are asked for at once, the bundles filed under them, and their way through
several agencies.

A part of a bundle is an ordinary dossier at its own agency, which sees that part alone; the whole is known to the centre
that received it and to the applicant.
"""
