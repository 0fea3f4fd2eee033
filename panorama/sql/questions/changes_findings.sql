-- One row per finding of the units named, with what may be said of it otherwise
select
    f.finding_id,
    f.unit_id,
    f.source_family as family,
    f.dataset,
    f.year,
    f.text,
    f.state,
    f.severity,
    f.due,
    f.amount_wan::double as amount_wan,
    f.row_id
from seen.finding as f
where not f.nil_return and list_contains($unit_ids::bigint[], f.unit_id)
