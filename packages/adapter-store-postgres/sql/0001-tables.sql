-- reader 1 writer 1
-- `{schema}` is replaced by the name of the schema. All access goes through the functions of the next files.

create table {schema}.meta (
  one boolean primary key default true check (one),
  epoch uuid not null default gen_random_uuid(),
  version integer not null default 0,
  min_reader integer not null default 0,
  min_writer integer not null default 0
);
insert into {schema}.meta default values;

-- One row for each kind of record. Its lock gives the changes of a kind one order: that of their commits.
create table {schema}.feed (
  kind text primary key,
  rev bigint not null default 0,
  -- Changes up to this revision may be forgotten.
  swept bigint not null default 0
);

-- `body` is text, so that the order of members, digits and unknown members survive. A row with `gone` is a removal.
create table {schema}.record (
  tenant text not null,
  kind text not null,
  id text not null,
  body text,
  rev bigint not null,
  op text not null,
  written_at timestamptz not null,
  gone boolean not null,
  primary key (tenant, kind, id),
  check (octet_length(body) <= 262144)
);
create index on {schema}.record (kind, rev);

-- Operations of the last 24 hours: a repeated or late one has no second effect.
create table {schema}.operation (
  tenant text not null,
  kind text not null,
  op text not null,
  id text not null,
  digest text,
  rev bigint not null,
  written_at timestamptz not null,
  -- The audit event of the change, until the audit has it.
  event text,
  primary key (tenant, kind, op)
);
create index on {schema}.operation (written_at);

-- The end of the hash chain of a tenant, and of its part that retention dropped. Its lock gives events one order.
create table {schema}.chain (
  tenant text primary key,
  ord bigint not null default 0,
  hash bytea not null default '\x0000000000000000000000000000000000000000000000000000000000000000',
  dropped_ord bigint not null default 0,
  dropped_hash bytea not null default '\x0000000000000000000000000000000000000000000000000000000000000000'
);

create table {schema}.event (
  tenant text not null,
  ord bigint not null,
  id text not null,
  hash bytea not null,
  written_at timestamptz not null,
  at timestamptz,
  kind text not null,
  level smallint not null,
  service text,
  caller text,
  outcome text not null,
  op text,
  body text not null,
  primary key (tenant, ord)
);
create unique index on {schema}.event (tenant, id);
create index on {schema}.event (tenant, service, ord);
create index on {schema}.event (tenant, kind, ord);
create index on {schema}.event (tenant, op) where op is not null;

-- The newest event of each journal: events up to it are acknowledged and not stored again.
create table {schema}.shipped (
  tenant text not null,
  instance text not null,
  boot bigint not null,
  n bigint not null,
  primary key (tenant, instance, boot)
);

create sequence {schema}.fence;
create table {schema}.lease (
  tenant text not null,
  name text not null,
  holder text not null,
  fence bigint not null,
  until timestamptz not null,
  primary key (tenant, name)
);

create table {schema}.bucket (
  tenant text not null,
  key text not null,
  used double precision not null,
  at timestamptz not null,
  primary key (tenant, key)
);

create table {schema}.slot (
  tenant text not null,
  key text not null,
  id text not null,
  owner text not null,
  until timestamptz not null,
  primary key (tenant, key, id)
);

create table {schema}.document (
  tenant text not null,
  id text not null,
  body text not null,
  primary key (tenant, id),
  check (octet_length(body) <= 33554432)
);

create table {schema}.artifact (
  tenant text not null,
  kind text not null,
  sha256 text not null,
  bytes bytea not null,
  primary key (tenant, kind, sha256),
  check (octet_length(bytes) <= 33554432)
);

-- The fence between tenants: a function names its tenant first, and the server hides the rows of every other one.
do $$
declare
  name text;
begin
  foreach name in array array['record', 'operation', 'chain', 'event', 'shipped', 'lease', 'bucket', 'slot', 'document', 'artifact'] loop
    execute format('alter table {schema}.%I enable row level security', name);
    execute format('alter table {schema}.%I force row level security', name);
    execute format(
      'create policy tenant on {schema}.%I using (tenant = current_setting(''clarity.tenant'', true) or current_setting(''clarity.tenant'', true) = ''*'') with check (tenant = current_setting(''clarity.tenant'', true) or current_setting(''clarity.tenant'', true) = ''*'')',
      name
    );
  end loop;
end
$$;
