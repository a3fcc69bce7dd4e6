-- reader 1 writer 1

-- Takes a free or expired lease, or extends that of the holder. A new holder has a new fence.
create function {schema}.acquire(p_tenant text, p_name text, p_holder text, p_ttl_ms double precision)
returns table (held_by text, fence bigint, left_ms double precision) language plpgsql as $$
declare
  v_now timestamptz;
begin
  perform {schema}.as_tenant(p_tenant);
  insert into {schema}.lease as l values (p_tenant, p_name, '', nextval('{schema}.fence'), '-infinity') on conflict do nothing;
  perform 1 from {schema}.lease l where l.tenant = p_tenant and l.name = p_name for update;
  v_now := {schema}.now();
  update {schema}.lease l set
    holder = p_holder,
    fence = case when l.holder = p_holder and l.until > v_now then l.fence else nextval('{schema}.fence') end,
    until = v_now + p_ttl_ms * interval '1 millisecond'
    where l.tenant = p_tenant and l.name = p_name and (l.until <= v_now or l.holder = p_holder);
  if found then perform pg_notify('{schema}', 'lease'); end if;
  return query select l.holder, l.fence, extract(epoch from l.until - v_now) * 1000.0::double precision
    from {schema}.lease l where l.tenant = p_tenant and l.name = p_name;
end
$$;

create function {schema}.renew(p_tenant text, p_name text, p_holder text, p_fence bigint, p_ttl_ms double precision)
returns boolean language plpgsql as $$
begin
  perform {schema}.as_tenant(p_tenant);
  update {schema}.lease set until = {schema}.now() + p_ttl_ms * interval '1 millisecond'
    where tenant = p_tenant and name = p_name and holder = p_holder and fence = p_fence and until > {schema}.now();
  return found;
end
$$;

create function {schema}.release(p_tenant text, p_name text, p_holder text, p_fence bigint) returns void language plpgsql as $$
begin
  perform {schema}.as_tenant(p_tenant);
  update {schema}.lease set until = '-infinity'
    where tenant = p_tenant and name = p_name and holder = p_holder and fence = p_fence;
  if found then perform pg_notify('{schema}', 'lease'); end if;
end
$$;

-- Returns all leases with a prefix, also those that were released or have expired: their `left_ms` is not positive.
create function {schema}.holders(p_prefix text)
returns table (tenant text, name text, holder text, fence bigint, left_ms double precision) language plpgsql stable as $$
declare
  v_now timestamptz := {schema}.now();
begin
  perform {schema}.as_tenant('*');
  return query select l.tenant, l.name, l.holder, l.fence,
      case when l.until > v_now then extract(epoch from l.until - v_now) * 1000 else 0 end::double precision
    from {schema}.lease l where starts_with(l.name, p_prefix) order by l.tenant, l.name;
end
$$;

-- Takes tokens of a bucket, all or none. Returns 0, or the milliseconds until they are there.
create function {schema}.take(p_tenant text, p_key text, p_count integer, p_per_minute double precision, p_burst double precision)
returns double precision language plpgsql as $$
declare
  v_used double precision;
  v_now timestamptz;
begin
  perform {schema}.as_tenant(p_tenant);
  insert into {schema}.bucket values (p_tenant, p_key, 0, {schema}.now()) on conflict do nothing;
  perform 1 from {schema}.bucket where tenant = p_tenant and key = p_key for update;
  v_now := {schema}.now();
  select greatest(0, used - greatest(0, extract(epoch from v_now - at)) * p_per_minute / 60) into v_used
    from {schema}.bucket where tenant = p_tenant and key = p_key;
  update {schema}.bucket set used = least(p_burst, v_used) + case when v_used + p_count <= p_burst then p_count else 0 end, at = v_now
    where tenant = p_tenant and key = p_key;
  return case when v_used + p_count <= p_burst then 0
    else ceil((least(p_burst, v_used) + p_count - p_burst) * 60000 / p_per_minute) end;
end
$$;

-- Takes a slot. Returns null, or the number of slots in use when all are.
create function {schema}.enter(p_tenant text, p_key text, p_id text, p_owner text, p_max integer, p_ttl_ms double precision)
returns integer language plpgsql as $$
declare
  v_count integer;
begin
  perform {schema}.as_tenant(p_tenant);
  perform pg_advisory_xact_lock(hashtextextended(p_tenant || '/' || p_key, 0));
  delete from {schema}.slot where tenant = p_tenant and key = p_key and until <= {schema}.now();
  select count(*) into v_count from {schema}.slot where tenant = p_tenant and key = p_key;
  if v_count >= p_max then return v_count; end if;
  insert into {schema}.slot values (p_tenant, p_key, p_id, p_owner, {schema}.now() + p_ttl_ms * interval '1 millisecond');
  return null;
end
$$;

create function {schema}.stay(p_tenant text, p_key text, p_id text, p_ttl_ms double precision) returns boolean language plpgsql as $$
begin
  perform {schema}.as_tenant(p_tenant);
  update {schema}.slot set until = {schema}.now() + p_ttl_ms * interval '1 millisecond'
    where tenant = p_tenant and key = p_key and id = p_id and until > {schema}.now();
  return found;
end
$$;

create function {schema}.leave(p_tenant text, p_key text, p_id text) returns void language plpgsql as $$
begin
  perform {schema}.as_tenant(p_tenant);
  delete from {schema}.slot where tenant = p_tenant and key = p_key and id = p_id;
end
$$;

create function {schema}.leave_all(p_owner text) returns void language plpgsql as $$
begin
  perform {schema}.as_tenant('*');
  delete from {schema}.slot where owner = p_owner;
end
$$;

create function {schema}.sweep_sharing() returns void language plpgsql as $$
begin
  perform {schema}.as_tenant('*');
  delete from {schema}.slot where until <= {schema}.now();
  delete from {schema}.lease where until < {schema}.now() - interval '1 day';
  delete from {schema}.bucket where at < {schema}.now() - interval '1 day';
end
$$;

create function {schema}.document(p_tenant text, p_id text) returns text language plpgsql stable as $$
begin
  perform {schema}.as_tenant(p_tenant);
  return (select body from {schema}.document where tenant = p_tenant and id = p_id);
end
$$;

-- Stores a document, or removes it without a body.
create function {schema}.set_document(p_tenant text, p_id text, p_body text) returns void language plpgsql as $$
begin
  perform {schema}.as_tenant(p_tenant);
  if p_body is null then
    delete from {schema}.document where tenant = p_tenant and id = p_id;
  else
    insert into {schema}.document values (p_tenant, p_id, p_body) on conflict (tenant, id) do update set body = excluded.body;
  end if;
end
$$;

create function {schema}.artifact(p_tenant text, p_kind text, p_sha256 text) returns bytea language plpgsql stable as $$
begin
  perform {schema}.as_tenant(p_tenant);
  return (select bytes from {schema}.artifact where tenant = p_tenant and kind = p_kind and sha256 = p_sha256);
end
$$;

create function {schema}.set_artifact(p_tenant text, p_kind text, p_sha256 text, p_bytes bytea) returns void language plpgsql as $$
begin
  perform {schema}.as_tenant(p_tenant);
  insert into {schema}.artifact values (p_tenant, p_kind, p_sha256, p_bytes) on conflict do nothing;
end
$$;
