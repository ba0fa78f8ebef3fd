"""Methods: what runs learn by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ._http import Http, path
from .types import MethodResource, MethodTrialResource


class Methods:
    """``tribunal.methods``"""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(self) -> Sequence[MethodResource]:
        """All methods, each with the JSON Schema of its hyperparameters."""
        methods: Sequence[MethodResource] = self._http.get("/v1/methods")["data"]
        return methods

    def get(self, name: str) -> MethodResource:
        """:raises KeyError: if there is no such method"""
        for method in self.list():
            if method["name"] == name:
                return method
        raise KeyError(name)

    def trial(
        self,
        name: str,
        groups: Sequence[Mapping[str, Any]],
        hyperparameters: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> MethodTrialResource:
        """What a method makes of groups of rollouts, without a model: rewards, advantages, slopes and the loss.

        :param groups: each ``{"prompt": ..., "rollouts": [...]}``, as ``POST /v1/methods/NAME/trials`` has them
        :param more: further fields of the trial
        """
        body = {"method": dict(hyperparameters or {}), "groups": list(groups), **more}
        # A trial changes nothing, but the platform does not know it for sure of a POST: it is not repeated.
        trial: MethodTrialResource = self._http.post(path("v1", "methods", name, "trials"), body)
        return trial
