"""Ký số từ xa: a key at a service, a word on its holder's phone; in the manner of the Cloud Signature Consortium."""
