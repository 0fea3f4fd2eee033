"""Whether the current snapshot is what this program would build: asked at each start, so of little to load."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files

from sqlalchemy import select

from panorama.settings import Settings
from panorama.store import tables
from panorama.store.home import Home
from panorama.store.operations import Operations
from panorama.store.rulebook import in_force


@cache
def program() -> str:
    """What shapes a snapshot, as one hash: another value means that this program would build another one."""
    root = files("panorama")
    folders = ("sql/staging", "sql/marts", "sql/rules", "sources", "methods", "store", "definitions")
    shaping = [file for folder in folders for file in root.joinpath(folder).iterdir()]
    shaping += [root.joinpath(name) for name in ("themes.csv", "themes.toml", "themes.py", "calendar.py")]
    digest = sha256()
    for file in sorted((file for file in shaping if file.is_file()), key=lambda file: file.name):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def outdated(settings: Settings) -> bool:
    """Whether the current snapshot was built by another version of this program, other theme rules, or for another round."""
    home = Home.of(settings)
    if not home.exists():
        return False
    operations = Operations(home)
    try:
        with operations.reading() as session:
            manifest = session.scalar(select(tables.Snapshot.manifest).where(tables.Snapshot.current.is_(True)))
    finally:
        operations.close()
    if manifest is None:
        return False
    years = list(settings.round_years) if settings.round_years else None
    made_by = (program(), in_force(settings).digest, years)
    return (manifest.get("program"), manifest.get("rules"), manifest.get("round")) != made_by
