-- One row per pair of findings that are proposed as one matter, or were answered by a person
-- one, other: finding_id, the lesser first. state: proposed, confirmed, rejected. similarity: cosine of the letters, pairs
-- of letters and numbers in their texts, from 0.28 on; null where no longer proposed. words: what both say. months: whole
-- months apart; dated: both days are known, else the middle of the year stands for the year. same_matter: confirmed links
-- join them, directly or through others; a rejected pair with same_matter contradicts them.
select
    l.one,
    l.other,
    l.unit_id,
    l.similarity,
    l.words,
    l.months,
    a.found_date is not null and b.found_date is not null as dated,
    l.state,
    l.reason,
    l.decided_by,
    l.decided_at,
    coalesce(m.matter_id = n.matter_id, false) as same_matter,
    a.row_id as one_row_id,
    b.row_id as other_row_id
from staging.link as l
inner join staging.finding as a on a.finding_id = l.one
inner join staging.finding as b on b.finding_id = l.other
left join staging.matter as m on m.finding_id = l.one
left join staging.matter as n on n.finding_id = l.other
