"""The verbs of linked procedures: define a group, file a bundle, carry it on, hand it over."""
