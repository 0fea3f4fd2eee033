-- One row per score of a round: of a unit, an index, an indicator or a rater, where these are given
with
behind as (
    select
        s.row_id,
        concat_ws(
            ' ', i.name, s.rater_kind, s.rater,
            case when s.agreed then '最终认定' end,
            case
                when s.na then concat('不适用（', s.na_reason, '）')
                when s.missing then '数据缺失'
                else concat(round(s.score, 2), '/', round(s.weight, 2))
            end,
            s.comment
        ) as content,
        s.unit_id,
        s.ind_code
    from seen.score as s
    left join seen.unit_indicator as i
        on i.unit_id = s.unit_id and i.round_name = s.round_name and i.ind_code = s.ind_code
    where
        s.round_name = $round_name
        and ($unit_id is null or s.unit_id = $unit_id)
        and ($index_name is null or s.index_name = $index_name)
        and ($ind_code is null or s.ind_code = $ind_code)
        and ($rater is null or s.rater = $rater)
        and s.leaf
)
select
    b.row_id, coalesce(u.short_name, u.name) as unit, '评分' as source, b.content, p.file, p.sheet,
    (b.row_id & 4294967295)::int as src_row, d.loaded_at
from behind as b
inner join seen.unit as u on u.unit_id = b.unit_id
inner join seen.part as p on p.part_id = b.row_id >> 32
inner join seen.drop as d on d.drop_id = p.drop_id
order by unit, b.ind_code, b.row_id
limit 2000
