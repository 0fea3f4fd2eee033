-- One row per figure of the overview that one drop moved when it was taken in
select m.figure, m.before, m.after
from seen.move as m
where m.drop_id = $drop_id
