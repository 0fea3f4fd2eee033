"""复核: what the machine proposes and a person decides."""

from panorama.ui import drill, links, pick
from panorama.ui.visit import enter, head

visit = enter("review")
slots = head("review", visit)
pick.need_data(visit)
chosen = pick.pick_unit(visit, slots[1], all_units=True)

links.link_queue(visit, chosen["unit_id"] if chosen else None)

drill.open_if_asked(visit)
