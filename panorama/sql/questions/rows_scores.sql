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
    b.row_id, coalesce(u.short_name, u.name) as unit, '评分' as source, b.content, coalesce(p.file, '页面录入') as file,
    coalesce(p.sheet, concat(e.decided_by, ' 录入')) as sheet,
    case when b.row_id > 0 then (b.row_id & 4294967295)::int end as src_row, coalesce(d.loaded_at, e.decided_at) as loaded_at
from behind as b
inner join seen.unit as u on u.unit_id = b.unit_id
left join seen.part as p on p.part_id = b.row_id >> 32
left join seen.drop as d on d.drop_id = p.drop_id
left join seen.score_entry as e on e.row_id = b.row_id
where d.drop_id is not null or e.row_id is not null
order by unit, b.ind_code, b.row_id
limit 2000
