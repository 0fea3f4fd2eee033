-- One row per indicator of a code that serves one kind of unit, or one unit, in a round: the row that says its weight
with
behind as (
    select distinct i.row_id, concat_ws(' ', i.ind_code, i.name, concat('权重 ', round(i.weight, 3)), concat('版本 ', i.version)) as content
    from seen.unit_indicator as i
    inner join seen.unit as u on u.unit_id = i.unit_id
    where
        i.round_name = $round_name
        and i.ind_code = $ind_code
        and coalesce(u.template_kind, '其他') = $kind
        and (i.unit_id = $unit_id or ($unit_id is null and not i.individual))
)
select b.row_id, '指标' as source, b.content, p.file, p.sheet, (b.row_id & 4294967295)::int as src_row, d.loaded_at
from behind as b
inner join seen.part as p on p.part_id = b.row_id >> 32
inner join seen.drop as d on d.drop_id = p.drop_id
order by b.row_id
