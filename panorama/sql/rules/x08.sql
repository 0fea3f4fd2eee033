-- One row per unit or office × year
-- id: X08
-- name: 只算编内超负荷，计入编外并不高 | Overloaded on establishment staff alone, not so with contract staff
-- compares: 只算编内人员的饱满度（> 1.15，非待判），与计入编外人员的饱满度（< 1.00） | Saturation of establishment staff (above 1.15 and not undetermined), with that of all who work there (below 1.00)
-- silent: 编外人数未报；饱满度待判或不能计算 | Contract staff not reported; saturation undetermined or not computed
-- question: 工作实际由编外人员承担：这些岗位应当由谁来做？ | Contract staff carry the work: whose posts should these be?
-- themes: T27, T16
-- needs: D10, D9, D5
select
    unit_id,
    'T27' as theme,
    year,
    matter,
    '工作量' as left_family,
    cast(year as varchar) as left_at,
    concat(place, '：只算编内，饱满度 ', shown, '（90% 区间 ', interval_shown, '）') as left_text,
    concat(place_en, ': saturation of establishment staff ', shown, ' (90 % interval ', interval_shown, ')') as left_text_en,
    work_rows as left_rows,
    '台账' as right_family,
    cast(snapshot_date as varchar) as right_at,
    concat('编外 ', external, ' 人；计入后饱满度 ', cast(cast(saturation_with_external as decimal(9, 2)) as varchar)) as right_text,
    concat(
        external, ' contract staff; with them saturation is ', cast(cast(saturation_with_external as decimal(9, 2)) as varchar)
    ) as right_text_en,
    ledger_rows as right_rows
from staging.overloaded
where saturation_with_external < 1.00 and external > 0
