-- One row per approved change of these units: the document, the kind of change and the staffing type
select distinct c.unit_id, c.doc_no, c.kind, c.estab_type
from seen.change as c
where list_contains($unit_ids::bigint[], c.unit_id)
order by all
