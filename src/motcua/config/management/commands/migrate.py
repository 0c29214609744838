"""migrate, without what costs most: Django renders a model and all its neighbours anew for each index and constraint."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import migrate
from django.db.migrations.state import ProjectState


class Command(migrate.Command):
    """The command of Django; an index or a constraint changes no field, so the rendered models stand as they are."""

    def handle(self, *args: Any, **options: Any) -> None:
        with _states_stand():
            super().handle(*args, **options)


@contextmanager
def _states_stand() -> Iterator[None]:
    usual = ProjectState._append_option  # type: ignore[attr-defined]  # noqa: SLF001

    def noted(state: ProjectState, app_label: str, model_name: str, option_name: str, obj: Any) -> None:
        options = state.models[app_label, model_name].options
        options[option_name] = [*options[option_name], obj]

    ProjectState._append_option = noted  # type: ignore[attr-defined]  # noqa: SLF001
    try:
        yield
    finally:
        ProjectState._append_option = usual  # type: ignore[attr-defined]  # noqa: SLF001
