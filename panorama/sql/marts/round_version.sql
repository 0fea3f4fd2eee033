-- One row per round of scoring, and one that begins now (no name yet), × kind of unit (or unit with its own): the version that serves
select round_name, unit_id, template_kind, version
from staging.round_version
