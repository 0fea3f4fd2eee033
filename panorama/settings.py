"""Settings: from the environment (PANORAMA_…), with defaults that suit one server on an intranet."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from panorama.text import Language


class Settings(BaseSettings):
    """Everything an administrator may set. Read once per process by `settings()`'s callers."""

    model_config = SettingsConfigDict(env_prefix="PANORAMA_", extra="ignore")

    home: Path = Path("data/store")
    database_url: SecretStr | None = Field(
        default=None,
        description="the operations store in PostgreSQL: postgresql://…; unset: SQLite in the store's folder",
    )
    language: Language = "zh"
    inbox: Path | None = Field(default=None, description="the watched folder; by default inbox/ beside the store")
    watch: bool = Field(default=True, description="the dashboard watches the inbox; off where panorama watch does")

    theme_rules: Path | None = Field(
        default=None, description="an office's own theme rules; by default themes.toml in the store's folder, if there"
    )

    # A file is opened in a child process; these bound what the worst of files may cost.
    read_seconds: int = Field(
        default=20,
        ge=1,
        description="seconds for opening one file, of the clock and of a processor; those without a free processor do not count",
    )
    read_memory_mib: int = Field(default=2048, ge=256, description="address space of the child that opens a file")
    max_file_mib: int = Field(default=512, ge=1, description="larger files are refused before they are opened")

    build_memory: str = Field(
        default="2GB", description="what the database may take while a snapshot is built; beyond it uses the disk"
    )

    # Who may come in: panorama/access/sign_in.py says what each way needs.
    sign_in: Literal["none", "demo", "proxy", "oidc"] = Field(
        default="none",
        description="none: whoever is at this machine; proxy: headers of a reverse proxy; oidc: st.login",
    )
    proxy_secret: SecretStr = Field(default=SecretStr(""), description="what the proxy sends as X-Panorama-Secret")
    proxy_user: str = Field(default="X-Remote-User", description="the header in which the proxy names the person")
    proxy_name: str = Field(
        default="X-Remote-Name", description="the header of the name to show, percent-encoded UTF-8"
    )
    oidc_login: str = Field(default="sub", description="the claim that names the person")
    oidc_groups: str = Field(default="groups", description="the claim that lists the person's groups")
    oidc_roles: dict[str, str] = Field(default={}, description="group → role; of several the first listed here counts")
    oidc_unit: str = Field(default="unit_code", description="the claim with a unit contact's unit code")
    oidc_office: str = Field(default="office", description="the claim with the name of a person's office")
    session_hours: float = Field(default=8, gt=0, le=24 * 30, description="after so long a person signs in again")

    # The reader of snapshots.
    query_seconds: float = Field(default=10.0, gt=0, description="a query is interrupted after this long")
    query_memory: str = "1GB"
    query_threads: int = Field(
        default=1, ge=1, description="threads of one query; a page's questions are small, a second thread delays them"
    )
    round: str | None = Field(
        default=None,
        pattern=r"^(19|20)\d{2}-(19|20)\d{2}$",
        description="years of the evaluation round, 2021-2025; unset: the five years ending with the newest on record",
    )
    keep_snapshots: int = Field(default=20, ge=2, description="older snapshots are removed, newest first kept")

    hold_hiring: bool = Field(
        default=False,
        description="applications to fill vacancies (用编进人) are held as those for something new or more",
    )

    @property
    def round_years(self) -> tuple[int, int] | None:
        """First and last year of the round; None when it is not set."""
        if self.round is None:
            return None
        first, last = sorted(int(year) for year in self.round.split("-"))
        return first, last

    @property
    def inbox_folder(self) -> Path:
        """Where files may be put to be taken in by themselves."""
        return self.inbox or self.home.parent / "inbox"
