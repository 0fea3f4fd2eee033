-- One row per finding that says something: the matter it tells of, so that counts may say n findings, m matters
-- matter_id: the least finding_id of those that confirmed links join; its own where nobody has joined it to another.
-- findings: how many the matter has
select
    f.finding_id,
    f.unit_id,
    coalesce(m.matter_id, f.finding_id) as matter_id,
    coalesce(m.findings, 1) as findings
from staging.finding as f
left join staging.matter as m on m.finding_id = f.finding_id
where not f.nil_return
