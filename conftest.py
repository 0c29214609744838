"""What every test stands on; the database comes from motcua.config.testing, loaded before the settings."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.config.settings")


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    # Tests look at pages, not at hashed names of assets; a password is hashed fast.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    fast = "django.contrib.auth.hashers.MD5PasswordHasher"
    settings.PASSWORD_HASHERS = [fast, *(hasher for hasher in settings.PASSWORD_HASHERS if hasher != fast)]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
