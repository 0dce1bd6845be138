"""What the environment decides: variables with the prefix `GRAPH_CDP_`. Read once, by whoever starts the program."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """The settings. An option of a command of the same name wins over them."""

    model_config = SettingsConfigDict(env_prefix="GRAPH_CDP_", frozen=True, extra="ignore", env_ignore_empty=True)

    store: str = "embedded:./graph-cdp-data"
    store_user: str | None = None
    store_password: SecretStr | None = None
    policy: Path | None = None
    id_secret: SecretStr | None = None
    write_keys: SecretStr | None = None
    api_keys: SecretStr | None = None
