-- Up Migration
-- As before, and `time`: the first record taken at `wanted` (epoch milliseconds) or later, or the end where there is none.
create or replace function log.seek(in_group text, ids int[], target text, wanted bigint) returns boolean language plpgsql as $$
begin
  perform 1 from log.leases where group_name = in_group and partition_id = any (ids) order by partition_id for update;
  if exists (select 1 from log.members where group_name = in_group and expires_at > clock_timestamp()) then
    return false;
  end if;
  insert into log.leases as l (group_name, partition_id, position)
    select in_group, partition_id, case target
        when 'beginning' then first_offset when 'end' then next_offset
        when 'time' then coalesce((
          select record_offset from log.records r where r.partition_id = p.partition_id and record_offset >= p.first_offset and taken_at >= wanted
            order by record_offset limit 1), next_offset)
        else least(greatest(wanted, first_offset), next_offset) end
      from log.partitions p where partition_id = any (ids) order by partition_id
    on conflict (group_name, partition_id) do update
      set position = excluded.position, epoch = l.epoch + 1, holder = null, expires_at = null;
  return true;
end $$;
