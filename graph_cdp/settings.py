"""What the environment decides: variables with the prefix `GRAPH_CDP_`. Read once, by whoever starts the program."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from graph_cdp.errors import UsageError


class Settings(BaseSettings):
    """The settings. An option of a command of the same name wins over them."""

    model_config = SettingsConfigDict(env_prefix="GRAPH_CDP_", frozen=True, extra="ignore", env_ignore_empty=True)

    store: str = "embedded:./graph-cdp-data"
    store_user: str | None = None
    store_password: SecretStr | None = None
    policy: Path | None = None
    id_secret: SecretStr | None = None
    write_keys: SecretStr | None = None
    public_write_keys: SecretStr | None = None
    api_keys: SecretStr | None = None
    kept_mb: int = Field(default=64, ge=0, le=65_536)


def read() -> Settings:
    """The settings of this process. Raises `UsageError`, naming the variable, for one that cannot be used."""
    try:
        return Settings()
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False)[0]
        raise UsageError(f"GRAPH_CDP_{'.'.join(map(str, first['loc'])).upper()}: {first['msg']}") from None
