-- One row per statement: whether it concerns staffing (是, 否, 待判), and who says so (reviewer, file, rule)
-- A reviewer outranks the file, the file the rules. Without either: 是 when a rule fits; 待判 when the file leaves it open or
-- the text speaks of staffing and no rule fits; else 否.
with
proposed as (
    select text_id, count(theme) as themes
    from staging.text_theme
    group by text_id
)
select
    s.statement_id,
    case
        when r.kind = 'rejected' then '否'
        when r.kind is not null then '是'
        when s.estab_related in ('是', '否') then s.estab_related
        when s.themes is not null and array_length(s.themes) > 0 then '是'
        when p.themes > 0 then '是'
        when p.text_id is not null or s.estab_related = '待判' then '待判'
        else '否'
    end as related,
    case
        when r.kind is not null then 'reviewer'
        when s.estab_related in ('是', '否') or (s.themes is not null and array_length(s.themes) > 0) then 'file'
        else 'rule'
    end as related_by
from staging.statement as s
left join staging.review as r on r.statement_id = s.statement_id
left join proposed as p on p.text_id = s.text_id
