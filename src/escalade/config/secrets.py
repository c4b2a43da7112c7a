"""Keys and passwords whose variable is not set: an error for whoever uses one, and for nobody else.

So a config can be planned, listed and shown without its secrets, while a run fails before anything is spent. A variable
that is missing in any other place is an error at once, since everything else decides what is planned.
"""

from collections.abc import Iterable

from pydantic import SecretStr

from escalade.core.errors import ConfigError

_PLACES = (("endpoints", "*", "key"), ("track", "password"), ("experiments", "*", "task", "mlflow", "password"))
"""Where a config holds secrets; `*` is a name of the user's."""


class UnsetVariable(ConfigError):
    """The variable `name`, which a value at `place` wants, is not set."""

    def __init__(self, name: str, place: str, said: str = "") -> None:
        hint = f"set {name} in the environment, or in the .env beside the config"
        super().__init__(f"{place}: {said or f'the variable {name} is not set'}", hint=hint)
        self.name = name
        self.place = place
        self.said = said


class UnsetSecret(SecretStr):
    """Stands where a secret should be. Revealing it raises the UnsetVariable."""

    def __init__(self, missing: UnsetVariable) -> None:
        super().__init__(missing.name)
        self._missing = missing

    def get_secret_value(self) -> str:
        missing = self._missing
        raise UnsetVariable(missing.name, missing.place, missing.said)


def is_secret(path: tuple[str, ...]) -> bool:
    """Whether a secret stands at that place of a config."""
    return any(
        len(path) == len(place) and all(wanted in ("*", key) for wanted, key in zip(place, path, strict=True))
        for place in _PLACES
    )


def unset(secrets: Iterable[SecretStr | None]) -> list[str]:
    """The variables that are missing among `secrets`, each with its place."""
    found = [secret._missing for secret in secrets if isinstance(secret, UnsetSecret)]
    return [f"{missing.name} ({missing.place})" for missing in found]
