"""The register of units as it stands now, outside any snapshot: for ledgers that name units and are no drops."""

from __future__ import annotations

import duckdb

from panorama.settings import Settings
from panorama.store.home import Home
from panorama.store.names import known_units
from panorama.store.operations import looking
from panorama.store.publish import state_of
from panorama.store.register import Register
from panorama.store.rows import rows_of


def standing_register(settings: Settings) -> Register:
    """Every way to call a unit by live drops and confirmed names; the same that the newest snapshot was built with."""
    with looking(settings) as session:
        state = state_of(session, Home.of(settings))
    live = [part for part in state.parts if part.drop_id in state.live]
    with duckdb.connect(config={"autoinstall_known_extensions": False, "allow_community_extensions": False}) as con:
        con.execute("attach ':memory:' as raw")
        for dataset in ("unit", "unit_alias"):
            files = [file for part in live if part.dataset == dataset for file in part.rows]
            con.execute(f"create view raw.{dataset} as {rows_of(con, dataset, files)}")
        return known_units(con, state.decisions)[0]
