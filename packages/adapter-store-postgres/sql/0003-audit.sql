-- reader 1 writer 1

-- Appends events to the chain of a tenant. `p_events`: a JSON array of rows of `event` with `instance`, `boot` and `n`.
-- Events that a journal has sent before, and those that the repair has stored for it, are not stored again.
create function {schema}.append(p_tenant text, p_events json) returns void language plpgsql as $$
declare
  v_end {schema}.chain;
  v_event record;
  v_instance text;
  v_boot bigint;
  v_n bigint;
  v_at timestamptz := {schema}.now();
begin
  perform {schema}.as_tenant(p_tenant);
  insert into {schema}.chain (tenant) values (p_tenant) on conflict do nothing;
  select * into v_end from {schema}.chain where tenant = p_tenant for update;
  for v_event in
    select * from rows from (json_to_recordset(p_events) as (
      id text, instance text, boot bigint, n bigint, at timestamptz, kind text, level smallint, service text, caller text,
      outcome text, op text, body text
    )) with ordinality
  loop
    if v_instance is distinct from v_event.instance or v_boot is distinct from v_event.boot then
      if v_instance is not null then perform {schema}.set_shipped(p_tenant, v_instance, v_boot, v_n); end if;
      v_instance := v_event.instance;
      v_boot := v_event.boot;
      v_n := coalesce((select n from {schema}.shipped where tenant = p_tenant and instance = v_instance and boot = v_boot), 0);
    end if;
    continue when v_event.n <= v_n;
    v_n := v_event.n;
    continue when v_event.op is not null and exists (
      select 1 from {schema}.event where tenant = p_tenant and op = v_event.op and id like 'repair-%');
    v_end.ord := v_end.ord + 1;
    v_end.hash := sha256(v_end.hash || convert_to(v_event.id || E'\n' || v_event.body, 'UTF8'));
    insert into {schema}.event values (
      p_tenant, v_end.ord, v_event.id, v_end.hash, v_at, v_event.at, v_event.kind, v_event.level, v_event.service,
      v_event.caller, v_event.outcome, v_event.op, v_event.body);
    if v_event.op is not null then
      update {schema}.operation set event = null where tenant = p_tenant and op = v_event.op and event is not null;
    end if;
  end loop;
  if v_instance is not null then perform {schema}.set_shipped(p_tenant, v_instance, v_boot, v_n); end if;
  update {schema}.chain set ord = v_end.ord, hash = v_end.hash where tenant = p_tenant;
  perform pg_notify('{schema}', 'audit');
end
$$;

create function {schema}.set_shipped(p_tenant text, p_instance text, p_boot bigint, p_n bigint) returns void language sql as $$
  insert into {schema}.shipped values (p_tenant, p_instance, p_boot, p_n)
  on conflict (tenant, instance, boot) do update set n = greatest({schema}.shipped.n, excluded.n)
$$;

create function {schema}.shipped_to(p_tenant text, p_instance text)
returns table (boot bigint, n bigint) language plpgsql stable as $$
begin
  perform {schema}.as_tenant(p_tenant);
  return query select s.boot, s.n from {schema}.shipped s
    where s.tenant = p_tenant and s.instance = p_instance order by s.boot desc limit 1;
end
$$;

-- Returns the end of the chain, and the order of an event; no order for an event that was not stored.
create function {schema}.chain_position(p_tenant text, p_id text)
returns table (generation text, head bigint, dropped bigint, ord bigint, shipped boolean) language plpgsql stable as $$
begin
  perform {schema}.as_tenant(p_tenant);
  return query select {schema}.generation(), coalesce(max(c.ord), 0), coalesce(max(c.dropped_ord), 0),
      (select e.ord from {schema}.event e where e.tenant = p_tenant and e.id = p_id),
      exists (select 1 from {schema}.shipped s
        where s.tenant = p_tenant and p_id ~ '^[^/]+/\d{1,15}/\d{1,15}$' and s.instance = split_part(p_id, '/', 1)
        and s.boot::text = split_part(p_id, '/', 2) and s.n >= split_part(p_id, '/', 3)::bigint)
    from {schema}.chain c where c.tenant = p_tenant;
end
$$;

-- Returns matching events after an order, oldest first. Looks at 20,000 events at most; `scanned` is the last of them.
create function {schema}.events(
  p_tenant text, p_after bigint, p_limit integer, p_service text, p_kind text, p_level smallint, p_since timestamptz,
  p_until timestamptz, p_caller text, p_outcome text
) returns table (ord bigint, body text, scanned bigint) language plpgsql stable as $$
declare
  v_scanned bigint;
begin
  perform {schema}.as_tenant(p_tenant);
  select max(s.ord) into v_scanned from (
    select e.ord from {schema}.event e where e.tenant = p_tenant and e.ord > p_after order by e.ord limit 20000) s;
  return query select e.ord, e.body, v_scanned from {schema}.event e
    where e.tenant = p_tenant and e.ord > p_after and e.ord <= v_scanned
      and (p_service is null or e.service = p_service) and (p_kind is null or e.kind = p_kind)
      and (p_level is null or e.level >= p_level) and (p_since is null or e.at >= p_since)
      and (p_until is null or e.at < p_until) and (p_caller is null or e.caller = p_caller)
      and (p_outcome is null or e.outcome = p_outcome)
    order by e.ord limit p_limit;
  if not found and v_scanned is not null then return query select null::bigint, null::text, v_scanned; end if;
end
$$;

-- Returns the newest matching events, newest first.
create function {schema}.newest(
  p_tenant text, p_limit integer, p_service text, p_kind text, p_level smallint, p_since timestamptz,
  p_until timestamptz, p_caller text, p_outcome text
) returns table (body text) language plpgsql stable as $$
begin
  perform {schema}.as_tenant(p_tenant);
  return query select e.body from {schema}.event e
    where e.tenant = p_tenant
      and (p_service is null or e.service = p_service) and (p_kind is null or e.kind = p_kind)
      and (p_level is null or e.level >= p_level) and (p_since is null or e.at >= p_since)
      and (p_until is null or e.at < p_until) and (p_caller is null or e.caller = p_caller)
      and (p_outcome is null or e.outcome = p_outcome)
    order by e.ord desc limit p_limit;
end
$$;

create function {schema}.links(p_tenant text, p_after bigint, p_limit integer)
returns table (ord bigint, id text, hash bytea, body text) language plpgsql stable as $$
begin
  perform {schema}.as_tenant(p_tenant);
  return query select e.ord, e.id, e.hash, e.body from {schema}.event e
    where e.tenant = p_tenant and e.ord > p_after order by e.ord limit p_limit;
end
$$;

create function {schema}.chain_end(p_tenant text)
returns table (ord bigint, hash bytea, dropped_ord bigint, dropped_hash bytea) language plpgsql stable as $$
begin
  perform {schema}.as_tenant(p_tenant);
  return query select c.ord, c.hash, c.dropped_ord, c.dropped_hash from {schema}.chain c where c.tenant = p_tenant;
end
$$;

-- Returns the events of changes whose writer did not send them within a minute.
create function {schema}.unsent_events()
returns table (tenant text, op text, event text) language plpgsql stable as $$
begin
  perform {schema}.as_tenant('*');
  return query select o.tenant, o.op, o.event from {schema}.operation o
    where o.event is not null and o.written_at < {schema}.now() - interval '60 seconds' order by o.written_at limit 100;
end
$$;

-- Drops the events that are older than a number of days, at most 10,000 of each tenant. The chain keeps its end.
create function {schema}.drop_events(p_days integer) returns void language plpgsql as $$
declare
  v_chain {schema}.chain;
  v_last bigint;
begin
  perform {schema}.as_tenant('*');
  for v_chain in select * from {schema}.chain order by tenant for update loop
    select max(s.ord) into v_last from (
      select e.ord, e.written_at from {schema}.event e where e.tenant = v_chain.tenant order by e.ord limit 10000) s
      where s.written_at < {schema}.now() - make_interval(days => p_days);
    continue when v_last is null;
    update {schema}.chain set dropped_ord = v_last,
      dropped_hash = (select hash from {schema}.event where tenant = v_chain.tenant and ord = v_last)
      where tenant = v_chain.tenant;
    delete from {schema}.event where tenant = v_chain.tenant and ord <= v_last;
  end loop;
end
$$;
