"""问题台账: which issues are open, whose they are and when they are due; one issue with its story and what may be done."""

from panorama.ui import drill, issues, ledger_files, nil, pick
from panorama.ui.visit import enter, head

visit = enter("issues")
slots = head("issues", visit)
issues.say_then(visit)
pick.need_units(visit)
unit = pick.pick_unit(visit, slots[1], all_units=True)

chosen = issues.chosen()
if chosen is None:
    issues.say_not_followed(visit)
    issues.ledger(visit, unit)
else:
    issues.one(visit, chosen)

if visit.live:
    if chosen is None:
        ledger_files.files(visit)
    issues.open_if_asked(visit)
    nil.open_if_asked(visit)
    ledger_files.open_if_asked(visit)
drill.open_if_asked(visit)
