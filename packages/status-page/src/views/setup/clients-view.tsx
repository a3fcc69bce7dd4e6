import type { ClientStateReply } from '@clarity-runtime/api-contract';
import type { EventCaller } from '../../api/model.ts';
import { LinkButton } from '../../parts/button.tsx';
import { ErrorPanel, Panel, Table } from '../../parts/layout.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { Status } from '../../parts/state-glyph.tsx';
import { slowNow } from '../../state/clock.ts';
import { route } from '../../state/route.ts';
import { useStore } from '../../state/store-context.ts';
import { useRequest } from '../../state/use-request.ts';
import { toCaller } from '../../text/events.ts';
import { toCount, toPlural } from '../../text/numbers.ts';
import { toVisible } from '../../text/hidden-characters.ts';
import { toAgo } from '../../text/times.ts';
import { ClientSetup } from './client-setup.tsx';

/** One client that called, and the size of the list that it gets. */
export interface SeenClient {
  readonly name: string;
  readonly version?: string;
  readonly caller: EventCaller;
  readonly transport?: string;
  readonly profile?: string;
  readonly lastCallAt?: string;
  readonly calls24h: number;
  readonly tools?: number;
  readonly tokens?: number;
  readonly tokensByService?: readonly { readonly service: string; readonly tools: number; readonly tokens: number }[];
  readonly unusedTools?: number;
}

/** The clients of the gateway: those that called with the cost of their lists, and the configurations of this machine. */
export function ClientsView() {
  const store = useStore();
  const seen = useRequest<{ readonly items: readonly SeenClient[] }>('/api/clients', [
    Math.floor(slowNow.value / 60_000),
    store.byId.value.size,
  ]);
  const known = useRequest<{ readonly clients: readonly ClientStateReply[] }>('/api/bootstrap/status');
  const chosen = route.value.parts[1];
  const client = known.value?.clients.find((one) => one.client === chosen);
  const caller = seen.value?.items.find((one) => keyOf(one) === chosen);
  return (
    <div class="view stack">
      <p class="soft">Clients of the gateway, and the tokens that the tool list adds to each conversation.</p>
      <div class={chosen === undefined ? 'stack' : 'cols'}>
        <div class="stack">
          <SeenClients items={seen.value?.items} />
          {seen.failure !== undefined && <ErrorPanel failure={seen.failure} onRetry={seen.reload} />}
          <KnownClients clients={known.value?.clients} />
          {known.failure !== undefined && <ErrorPanel failure={known.failure} onRetry={known.reload} />}
        </div>
        {client !== undefined && <ClientSetup key={client.client} client={client} onChange={known.reload} />}
        {caller?.tokens !== undefined && <ContextCost client={caller} />}
      </div>
    </div>
  );
}

const keyOf = ({ name, caller }: SeenClient): string => `${name}@${caller.id}`;

function SeenClients({ items }: { readonly items: readonly SeenClient[] | undefined }) {
  if (items === undefined) return null;
  return (
    <Panel title="Active clients">
      {items.length === 0 ? (
        <p class="soft">No client has called since clarityd started.</p>
      ) : (
        <Table
          label="Active clients"
          heads={['Client', 'Caller', 'Last call', '>Calls in 24 h', '>Tools', '>≈ Tokens', 'Profile', '']}
          rows={items.map((one) => [
            <b key="name" class="wrap">
              <ForeignText text={`${one.name} ${one.version ?? ''}`} />
            </b>,
            <span key="caller" class="wrap faint">
              <ForeignText text={toCaller(one.caller)} />
            </span>,
            one.lastCallAt === undefined ? '–' : toAgo(one.lastCallAt, slowNow.value),
            toCount(one.calls24h),
            one.tools === undefined ? '–' : toCount(one.tools),
            one.tokens === undefined ? '–' : toCount(one.tokens),
            one.profile === undefined ? '–' : toVisible(one.profile),
            one.tokens === undefined ? null : (
              <LinkButton
                key="open"
                href={`#/clients/${encodeURIComponent(keyOf(one))}`}
                isSmall
                name={`Open ${toVisible(one.name)}`}
              >
                Open
              </LinkButton>
            ),
          ])}
        />
      )}
    </Panel>
  );
}

function KnownClients({ clients }: { readonly clients: readonly ClientStateReply[] | undefined }) {
  if (clients === undefined) return null;
  const present = clients.filter(({ present, configured }) => present || configured);
  const missing = clients.filter((one) => !present.includes(one));
  return (
    <Panel title="Client Bootstrap Config">
      {present.length === 0 && <p class="soft">No known client was found for the user of clarityd.</p>}
      {present.length > 0 && <ClientTable clients={present} label="Clients of this machine" />}
      {missing.length > 0 && (
        <details>
          <summary>Not found on this machine: {toPlural(missing.length, 'client')}</summary>
          <ClientTable clients={missing} label="Other clients" />
        </details>
      )}
    </Panel>
  );
}

const ClientTable = ({ clients, label }: { readonly clients: readonly ClientStateReply[]; readonly label: string }) => (
  <Table
    label={label}
    heads={['Client', 'State', '']}
    rows={clients.map(({ client, path, configured, transport, problem }) => [
      <div key="name">
        <b>{client}</b>
        <div class="faint mono path">
          <ForeignText text={path} />
        </div>
      </div>,
      problem === undefined ? (
        <Status key="state" tone={configured ? 'ok' : 'idle'}>
          {configured ? `configured${transport === undefined ? '' : ` over ${transport}`}` : 'not configured'}
        </Status>
      ) : (
        <Status key="state" tone="warn">
          <ForeignText text={problem} />
        </Status>
      ),
      <LinkButton
        key="open"
        href={`#/clients/${encodeURIComponent(client)}`}
        isSmall
        name={`${configured ? 'Open' : 'Connect'} ${client}`}
      >
        {configured ? 'Open' : 'Connect…'}
      </LinkButton>,
    ])}
  />
);

/** The tokens of one client by service. */
function ContextCost({ client }: { readonly client: SeenClient }) {
  const { tokens = 0, tools = 0, tokensByService = [], unusedTools } = client;
  const parts = [...tokensByService].sort((a, b) => b.tokens - a.tokens);
  return (
    <Panel title={`Context cost of ${toVisible(client.name)}`} more={<a href="#/clients">Close</a>}>
      <p>
        <b class="num">≈ {toCount(tokens)} tokens</b> for {toPlural(tools, 'tool')}, before the first word of a
        conversation (bytes of its tool list / 4).
      </p>
      {unusedTools !== undefined && <p class="soft">{toPlural(unusedTools, 'tool')} unused for 30 days.</p>}
      <Table
        label="Tokens by service"
        heads={['Service', '>Tools', '>≈ Tokens', 'Share']}
        rows={parts.slice(0, 50).map((part) => [
          <ForeignText key="service" text={part.service} />,
          toCount(part.tools),
          toCount(part.tokens),
          <span key="share" class="share" aria-hidden="true">
            <span style={{ flex: String(part.tokens) }} />
            <span class="rest" style={{ flex: String(Math.max(0, tokens - part.tokens)) }} />
          </span>,
        ])}
      />
    </Panel>
  );
}
