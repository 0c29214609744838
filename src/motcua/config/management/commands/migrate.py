"""migrate, without what costs most: Django renders a model and all its neighbours anew for each change of one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from typing import Any
from unittest.mock import patch

from django.core.management.commands import migrate
from django.db.migrations.state import ProjectState


class Command(migrate.Command):
    """The command of Django; only the model that grows is rendered.

    An index or a constraint changes no field: the rendered models stand. A new model or field needs no neighbour rendered
    anew to be written. Before a migration runs code, Django renders everything (`is_delayed`).
    """

    def handle(self, *args: Any, **options: Any) -> None:
        with _only_what_grows_is_rendered():
            super().handle(*args, **options)


@contextmanager
def _only_what_grows_is_rendered() -> Iterator[None]:
    with (
        patch.object(ProjectState, "_append_option", _noted),
        patch.object(ProjectState, "add_model", _alone(ProjectState.add_model)),
        patch.object(ProjectState, "add_field", _alone(ProjectState.add_field)),
    ):
        yield


def _noted(state: Any, app_label: str, model_name: str, option_name: str, obj: Any) -> None:
    options = state.models[app_label, model_name].options
    options[option_name] = [*options[option_name], obj]
    if "apps" in vars(state):  # a later change of a column asks the model which of them it must leave
        setattr(state.apps.get_model(app_label, model_name)._meta, option_name, options[option_name])  # noqa: SLF001


def _alone(act: Callable[..., None]) -> Callable[..., None]:
    """The act, after which its own model alone is rendered."""

    @wraps(act)
    def acted(state: Any, *args: Any, **kwargs: Any) -> None:
        state.reload_model = partial(_reload_alone, state)
        try:
            act(state, *args, **kwargs)
        finally:
            del state.reload_model

    return acted


def _reload_alone(state: Any, app_label: str, model_name: str, delay: bool = False) -> None:
    if "apps" in vars(state):
        state.is_delayed = True
        state._reload({(app_label, model_name)})  # noqa: SLF001
