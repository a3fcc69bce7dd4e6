import { useRef, useState } from 'preact/hooks';
import { signal } from '@preact/signals';
import type { ServiceEntry } from '../../api/model.ts';
import { Button, LinkButton } from '../../parts/button.tsx';
import { DataGrid } from '../../parts/data-grid.tsx';
import type { GridSort } from '../../parts/grid-header.tsx';
import { Icon } from '../../parts/icons.tsx';
import { Command, EmptyState } from '../../parts/layout.tsx';
import { SearchBox } from '../../parts/search-box.tsx';
import { actions } from '../../state/actions.ts';
import { slowNow } from '../../state/clock.ts';
import { goTo, replaceRoute, route, toServiceHref } from '../../state/route.ts';
import { useStore } from '../../state/store-context.ts';
import { toCount } from '../../text/numbers.ts';
import { compareBy, keepOrder, toFilterTest, type ServiceFilter } from '../../text/service-order.ts';
import { toKind } from '../../text/states.ts';
import { InspectorPane } from '../inspector/inspector-pane.tsx';
import { restartService } from '../../actions/service-actions.tsx';
import { Selection, selected } from './selection.tsx';
import { SERVICE_COLUMNS, serviceCells } from './service-columns.tsx';
import { StateChips } from './state-chips.tsx';
import { useSparks } from './use-sparks.ts';

const sort = signal<GridSort>({ key: 'state', isDescending: false });
const filter = signal<ServiceFilter>({ text: '', state: '', kind: '', cause: '' });

/** The table of all services, with the inspector of one beside it. */
export function ServicesView() {
  const store = useStore();
  const { parts, query } = route.value;
  const open = parts[1];
  const asked = query.toString();
  const lastQuery = useRef('');
  if (open === undefined && asked !== lastQuery.current) {
    lastQuery.current = asked;
    const next = {
      text: query.get('q') ?? '',
      state: query.get('state') ?? '',
      kind: query.get('kind') ?? '',
      cause: query.get('cause') ?? '',
    };
    if (JSON.stringify(next) !== JSON.stringify(filter.peek())) filter.value = next;
  }
  if (store.runtime.value !== undefined && store.byId.value.size === 0) return <NoServices />;
  return (
    <div class={`split${open === undefined ? '' : ' open'}`}>
      <ServiceTable openNamespace={open} />
      {open !== undefined && <InspectorPane key={open} namespace={open} />}
    </div>
  );
}

function setFilter(part: Partial<ServiceFilter>): void {
  filter.value = { ...filter.value, ...part };
  if (route.peek().parts[1] !== undefined) return;
  const { text, state, kind, cause } = filter.value;
  const named = Object.entries({ q: text, state, kind, cause }).filter(([, value]) => value !== '');
  const query = new URLSearchParams(named).toString();
  replaceRoute(query === '' ? '#/services' : `#/services?${query}`);
}

function ServiceTable({ openNamespace }: { readonly openNamespace: string | undefined }) {
  const store = useStore();
  const problems = store.problemById.value;
  const all = store.services.value;
  const [isHeld, setHeld] = useState(false);
  const frozen = useRef<readonly string[]>([]);
  const [visible, setVisible] = useState<readonly ServiceEntry[]>([]);
  const sparks = useSparks(visible);
  const matching = all.filter(toFilterTest(filter.value, problems));
  const ordered = [...matching].sort(compareBy(sort.value.key, sort.value.isDescending));
  const orderKey = `${sort.value.key}${String(sort.value.isDescending)}${JSON.stringify(filter.value)}`;
  const lastOrderKey = useRef(orderKey);
  // The order is frozen while the pointer or the focus is in the table, unless the user changes it.
  const isFrozen = isHeld && lastOrderKey.current === orderKey && frozen.current.length > 0;
  const rows = isFrozen ? keepOrder(ordered, frozen.current) : ordered;
  lastOrderKey.current = orderKey;
  frozen.current = rows.map(({ id }) => id);
  const context = { problems, sparks, now: slowNow.value };
  const openService = openNamespace === undefined ? undefined : store.byNamespace.value.get(openNamespace);
  const tab = route.value.parts[2];
  return (
    <div class="pane">
      <div class="tools">
        <SearchBox
          label="Filter by name, command, address or error"
          value={filter.value.text}
          isMain
          onSearch={(text) => {
            setFilter({ text });
          }}
        />
        {openNamespace === undefined && <KindSelect services={all} />}
        <span class="faint num nowrap" role="status">
          {rows.length === all.length ? '' : `${toCount(rows.length)} of ${toCount(all.length)}`}
        </span>
        {openNamespace === undefined && (
          <span class="push line">
            <LinkButton href="#/add">
              <Icon name="add" />
              Add
            </LinkButton>
          </span>
        )}
      </div>
      <StateChips
        services={all}
        state={filter.value.state}
        onPick={(state) => {
          setFilter({ state, cause: '' });
        }}
      />
      <Selection />
      <div
        class="gridbox"
        onPointerEnter={() => {
          setHeld(true);
        }}
        onPointerLeave={() => {
          setHeld(false);
        }}
        onFocusIn={() => {
          setHeld(true);
        }}
        onFocusOut={() => {
          setHeld(false);
        }}
      >
        <DataGrid
          name="services"
          label="Services"
          columns={SERVICE_COLUMNS}
          rows={rows}
          keyOf={({ id }) => id}
          cellsOf={(service) => serviceCells(service, context)}
          version={`${String(context.now)}${String(actions.value.size)}${String(sparks.size)}`}
          sort={sort.value}
          openKey={openService?.id}
          isSelected={({ id }) => selected.value.has(id)}
          onVisible={setVisible}
          onSort={(key) => {
            sort.value = { key, isDescending: sort.value.key === key && !sort.value.isDescending };
          }}
          onOpen={({ ns }) => {
            goTo(toServiceHref(ns, ...(openNamespace !== undefined && tab !== undefined ? [tab] : [])));
          }}
          onKey={(event, row) => onRowKey(event, row, openService)}
        />
      </div>
      {rows.length === 0 && <NoMatches />}
    </div>
  );
}

function onRowKey(event: KeyboardEvent, row: ServiceEntry | undefined, open: ServiceEntry | undefined): boolean {
  if (event.key === 'x' && row !== undefined) {
    const next = new Set(selected.value);
    if (!next.delete(row.id)) next.add(row.id);
    selected.value = next;
    return true;
  }
  const target = open ?? row;
  if (event.key !== 'r' || target === undefined) return false;
  void restartService(target);
  return true;
}

const KindSelect = ({ services }: { readonly services: readonly ServiceEntry[] }) => (
  <select
    aria-label="Kind"
    value={filter.value.kind}
    onChange={(event) => {
      setFilter({ kind: event.currentTarget.value });
    }}
  >
    <option value="">Any kind</option>
    {[...new Set(services.map(({ kind }) => kind))].sort().map((kind) => (
      <option key={kind} value={kind}>
        {toKind(kind)}
      </option>
    ))}
  </select>
);

const NoMatches = () => (
  <div class="empty padded">
    <p>No matches.</p>
    <Button
      label="Clear filters"
      onPress={() => {
        setFilter({ text: '', state: '', kind: '', cause: '' });
      }}
    />
  </div>
);

const NoServices = () => (
  <div class="view narrow">
    <EmptyState title="No services yet">
      <p class="soft">Import the servers that your clients know, or add one.</p>
      <p class="line">
        <LinkButton href="#/add" kind="primary">
          Review import
        </LinkButton>
      </p>
      <Command text={`${useStore().runtime.value?.cli ?? 'clarityctl'} import --dry-run`} />
    </EmptyState>
  </div>
);
