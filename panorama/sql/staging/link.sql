-- One row per pair of findings that are proposed as one matter by likeness, or were answered by a person
-- state: proposed, confirmed, rejected: the newest answer that was not withdrawn. similarity, words: null where the texts
-- are no longer proposed. months: whole months between them, by the middle of the year where only that is known
with
answered as (
    select one, other, kind, reason, decided_by, decided_at
    from raw.link_decision
    qualify row_number() over (partition by one, other order by id desc) = 1
),
pair as (
    select one, other from staging.likeness
    union
    select one, other from answered
)
select
    p.one,
    p.other,
    a.unit_id,
    l.similarity,
    l.words,
    cast(
        floor(
            abs(
                ((year(a.day) - year(b.day)) * 12 + month(a.day) - month(b.day)) * 31 + day(a.day) - day(b.day)
            ) / 31
        ) as int
    ) as months,
    coalesce(d.kind, 'proposed') as state,
    d.reason,
    d.decided_by,
    d.decided_at
from pair as p
-- An answer about a finding that is no longer there waits until it comes back.
inner join staging.finding_text as a on a.finding_id = p.one
inner join staging.finding_text as b on b.finding_id = p.other and b.unit_id = a.unit_id
left join staging.likeness as l on l.one = p.one and l.other = p.other
left join answered as d on d.one = p.one and d.other = p.other
