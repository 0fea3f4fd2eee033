"""Settings: from the environment (PANORAMA_…), with defaults that suit one server on an intranet."""

from __future__ import annotations

from pathlib import Path

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
    read_seconds: int = Field(default=20, ge=1, description="wall clock and processor seconds for opening one file")
    read_memory_mib: int = Field(default=2048, ge=256, description="address space of the child that opens a file")
    max_file_mib: int = Field(default=512, ge=1, description="larger files are refused before they are opened")

    build_memory: str = Field(
        default="2GB", description="what the database may take while a snapshot is built; beyond it uses the disk"
    )

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
