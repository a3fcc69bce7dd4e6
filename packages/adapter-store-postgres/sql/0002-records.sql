-- reader 1 writer 1

-- The only clock of leases, limits and times of writing.
create function {schema}.now() returns timestamptz language sql volatile as $$ select clock_timestamp() $$;

create function {schema}.as_tenant(p_tenant text) returns void language sql volatile as $$
  select set_config('clarity.tenant', p_tenant, true)
$$;

-- Changes when the data is restored, and when a standby that may have missed writes becomes the server.
create function {schema}.generation() returns text language sql stable as $$
  select left(md5(epoch::text || left(pg_walfile_name(pg_current_wal_lsn()), 8)), 12) from {schema}.meta
$$;

-- The digest makes a revision unique after a failover that lost writes.
create function {schema}.revision(p_rev bigint, p_op text) returns text language sql immutable as $$
  select p_rev || '-' || left(md5(p_op), 10)
$$;

create function {schema}.assert_fence(p_tenant text, p_lease text, p_fence bigint) returns void language plpgsql as $$
declare
  v_fence bigint;
begin
  if p_lease is null then return; end if;
  select fence into v_fence from {schema}.lease where tenant = p_tenant and name = p_lease for share;
  if v_fence > p_fence then
    raise exception 'the lease ''%'' has another holder', p_lease using errcode = 'CL002';
  end if;
end
$$;

-- Writes a record, or removes it without a body. Returns no row when nothing changes.
-- Raises CL001 with the stored revision as detail when that is not `p_expect`, CL002 for the fence of an earlier holder.
create function {schema}.put(
  p_tenant text, p_kind text, p_id text, p_body text, p_digest text, p_expect text, p_op text,
  p_lease text, p_fence bigint, p_event text
) returns table (revision text, written_at timestamptz) language plpgsql as $$
declare
  v_rev bigint;
  v_known {schema}.operation;
  v_found {schema}.record;
  v_current text;
  v_at timestamptz;
begin
  perform {schema}.as_tenant(p_tenant);
  perform {schema}.assert_fence(p_tenant, p_lease, p_fence);
  insert into {schema}.feed (kind) values (p_kind) on conflict do nothing;
  select f.rev + 1 into v_rev from {schema}.feed f where f.kind = p_kind for update;
  select * into v_known from {schema}.operation o where o.tenant = p_tenant and o.kind = p_kind and o.op = p_op;
  if found and v_known.id = p_id and v_known.digest is not distinct from p_digest then
    return query select {schema}.revision(v_known.rev, p_op), v_known.written_at;
    return;
  end if;
  select * into v_found from {schema}.record r where r.tenant = p_tenant and r.kind = p_kind and r.id = p_id;
  v_current := case when v_found.id is null or v_found.gone then 'absent' else {schema}.revision(v_found.rev, v_found.op) end;
  if p_body is null and v_current = 'absent' and p_expect in ('any', 'absent') then return; end if;
  if p_expect <> 'any' and p_expect <> v_current then
    raise exception '% is at ''%'', not at ''%''', p_id, v_current, p_expect using errcode = 'CL001', detail = v_current;
  end if;
  v_at := date_trunc('milliseconds', {schema}.now());
  update {schema}.feed f set rev = v_rev where f.kind = p_kind;
  insert into {schema}.record as r values (p_tenant, p_kind, p_id, p_body, v_rev, p_op, v_at, p_body is null)
    on conflict (tenant, kind, id) do update
    set body = excluded.body, rev = excluded.rev, op = excluded.op, written_at = excluded.written_at, gone = excluded.gone;
  insert into {schema}.operation as o values (p_tenant, p_kind, p_op, p_id, p_digest, v_rev, v_at, p_event)
    on conflict (tenant, kind, op) do update
    set id = excluded.id, digest = excluded.digest, rev = excluded.rev, written_at = excluded.written_at, event = excluded.event;
  perform pg_notify('{schema}', p_kind);
  return query select {schema}.revision(v_rev, p_op), v_at;
end
$$;

-- Returns the records of a tenant, or of all with `*`; one id if it is given. Each row has the end of the feed.
-- `stable`: every statement of the function sees the same snapshot.
create function {schema}.records(p_tenant text, p_kind text, p_id text)
returns table (id text, body text, revision text, written_at timestamptz, op text) language plpgsql stable as $$
begin
  perform {schema}.as_tenant(p_tenant);
  return query select r.id, r.body, {schema}.revision(r.rev, r.op), r.written_at, r.op
    from {schema}.record r
    where (p_tenant = '*' or r.tenant = p_tenant) and r.kind = p_kind and not r.gone and (p_id is null or r.id = p_id)
    order by r.id collate "C";
end
$$;

create function {schema}.feed_position(p_kind text)
returns table (generation text, rev bigint, swept bigint) language sql stable as $$
  select {schema}.generation(), coalesce(max(f.rev), 0), coalesce(max(f.swept), 0) from {schema}.feed f where f.kind = p_kind
$$;

-- Returns the newest state of each record that changed after a revision, in the order of the changes.
create function {schema}.changes(p_tenant text, p_kind text, p_after bigint, p_limit integer)
returns table (rev bigint, id text, body text, revision text, written_at timestamptz, op text) language plpgsql stable as $$
begin
  perform {schema}.as_tenant(p_tenant);
  return query select r.rev, r.id, r.body, {schema}.revision(r.rev, r.op), r.written_at, r.op
    from {schema}.record r
    where r.kind = p_kind and r.rev > p_after and (p_tenant = '*' or r.tenant = p_tenant)
    order by r.rev limit p_limit;
end
$$;

-- Forgets removals and operations of more than 24 hours.
create function {schema}.sweep_records() returns void language plpgsql as $$
declare
  v_kind text;
  v_swept bigint;
  v_before timestamptz := {schema}.now() - interval '24 hours';
begin
  perform {schema}.as_tenant('*');
  for v_kind in select kind from {schema}.feed order by kind loop
    perform 1 from {schema}.feed where kind = v_kind for update;
    select max(rev) into v_swept from {schema}.record where kind = v_kind and gone and written_at < v_before;
    if v_swept is not null then
      delete from {schema}.record where kind = v_kind and gone and written_at < v_before;
      update {schema}.feed set swept = greatest(swept, v_swept) where kind = v_kind;
    end if;
    delete from {schema}.operation where kind = v_kind and written_at < v_before and event is null;
  end loop;
end
$$;
