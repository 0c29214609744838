"""Tệp của hồ sơ: the file itself, and the pictures of its pages."""

from __future__ import annotations

from motcua.web.desk.base import READERS
from motcua.web.ui.files import FilePage, PicturePage


class File(FilePage):
    any_of = READERS


class PagePicture(PicturePage):
    any_of = READERS
