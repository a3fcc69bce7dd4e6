import { useState } from 'preact/hooks';
import type { ClientImportPlan, ClientImportResult, OfferedServer } from '../../api/client-imports.ts';
import { send } from '../../api/request.ts';
import { Button } from '../../parts/button.tsx';
import { openDialog } from '../../parts/dialog.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { EmptyState, ErrorPanel, Panel, Table } from '../../parts/layout.tsx';
import { Status } from '../../parts/state-glyph.tsx';
import { busyWord, failureOf, runAction } from '../../state/actions.ts';
import { useRequest } from '../../state/use-request.ts';
import { toVisible } from '../../text/hidden-characters.ts';
import { toPlural } from '../../text/numbers.ts';
import type { GlyphTone } from '../../text/states.ts';
import { EarlierImports, ImportOutcome } from './import-results.tsx';

const KEY = 'import';

const ACTIONS: Readonly<Record<OfferedServer['action'], readonly [GlyphTone, string]>> = {
  new: ['ok', 'new'],
  same: ['idle', 'imported already'],
  conflict: ['warn', 'another service has this name'],
  unsupported: ['bad', 'not supported'],
};

/** Select the servers of the clients of this machine, see what happens, import them, and undo an import. */
export function ImportPanel() {
  const { value, failure, reload } = useRequest<ClientImportPlan>('/api/import');
  const [off, setOff] = useState<ReadonlySet<string>>(new Set());
  const [isRewired, setRewired] = useState(false);
  const [result, setResult] = useState<ClientImportResult>();
  if (value === undefined)
    return failure === undefined ? (
      <p class="faint">Reading the configurations…</p>
    ) : (
      <ErrorPanel failure={failure} onRetry={reload} />
    );
  const offered = value.servers.filter(({ action }) => action === 'new');
  const chosen = offered.filter(({ name }) => !off.has(name));
  const run = async (answers: Record<string, Record<string, string>>): Promise<void> => {
    const body = { digest: value.digest, only: chosen.map(({ name }) => name), rewire: isRewired, answers };
    const done = await runAction({
      key: KEY,
      busy: 'Importing…',
      run: () => send<ClientImportResult>('POST', '/api/import', body),
    });
    setResult(done);
    reload();
  };
  const refused = failureOf(KEY);
  return (
    <div class="stack">
      {value.servers.length === 0 ? (
        <EmptyState title="No client configuration found">
          <p class="soft">clarityd found no MCP server in the configurations of the clients of its user.</p>
        </EmptyState>
      ) : (
        <Panel
          title="Servers of your clients"
          hint={`${toPlural(value.servers.length, 'server')} in ${toPlural(value.files.length, 'file')}`}
        >
          <Table
            label="Servers of your clients"
            heads={['Import', 'Server', 'Found in', 'State', 'Effect']}
            rows={value.servers.map((server) => [
              <input
                key="pick"
                type="checkbox"
                aria-label={`Import ${toVisible(server.name)}`}
                checked={server.action === 'new' && !off.has(server.name)}
                disabled={server.action !== 'new'}
                onChange={(event) => {
                  const next = new Set(off);
                  if (event.currentTarget.checked) next.delete(server.name);
                  else next.add(server.name);
                  setOff(next);
                }}
              />,
              <div key="name">
                <b>
                  <ForeignText text={server.name} />
                </b>
                <div class="faint mono wrap">
                  <ForeignText text={server.starts} />
                </div>
              </div>,
              <span key="from" class="wrap">
                <ForeignText text={[...new Set(server.from.map(({ client }) => client))].join(', ')} />
              </span>,
              <Status key="action" tone={ACTIONS[server.action][0]}>
                {ACTIONS[server.action][1]}
              </Status>,
              <Consequences key="what" server={server} />,
            ])}
          />
          {value.files.some(({ problem }) => problem !== undefined) && (
            <ul class="dashes">
              {value.files.flatMap(({ path, problem }) =>
                problem === undefined
                  ? []
                  : [
                      <li key={path} class="wrap">
                        <ForeignText text={`${path}: ${problem}`} />
                      </li>,
                    ],
              )}
            </ul>
          )}
          <label class="check">
            <input
              type="checkbox"
              checked={isRewired}
              onChange={(event) => {
                setRewired(event.currentTarget.checked);
              }}
            />
            Let these clients use Clarity instead of their own copies. The files get a copy beside them, and the undo
            restores them byte for byte.
          </label>
          {refused !== undefined && <ErrorPanel failure={refused} />}
          <p>
            <Button
              label={`Import ${toPlural(chosen.length, 'server')}`}
              kind="primary"
              busy={busyWord(KEY)}
              isDisabled={chosen.length === 0}
              onPress={() => {
                if (chosen.some(({ needs }) => needs.length > 0)) askForNeeds(chosen, run);
                else void run({});
              }}
            />
          </p>
        </Panel>
      )}
      {result !== undefined && <ImportOutcome result={result} />}
      <EarlierImports imports={value.imports} onChange={reload} />
    </div>
  );
}

function Consequences({
  server: { enabled, secrets, needs, login, notes, reason },
}: {
  readonly server: OfferedServer;
}) {
  const lines = [
    ...(reason === undefined ? [] : [reason]),
    ...(secrets.length === 0 ? [] : [`stores ${toPlural(secrets.length, 'secret')}: ${secrets.join(', ')}`]),
    ...(needs.length === 0 ? [] : [`needs ${needs.map(({ name }) => name).join(', ')}`]),
    ...(login ? ['needs a login'] : []),
    ...(enabled ? [] : ['stays disabled']),
    ...notes,
  ];
  return lines.length === 0 ? (
    <span class="faint">registers and starts it</span>
  ) : (
    <ul class="dashes wrap">
      {lines.map((line) => (
        <li key={line}>
          <ForeignText text={line} />
        </li>
      ))}
    </ul>
  );
}

/** Asks for the values that the configurations leave open. A server without all of them is imported disabled. */
function askForNeeds(
  servers: readonly OfferedServer[],
  run: (answers: Record<string, Record<string, string>>) => Promise<void>,
): void {
  const open = servers.flatMap(({ name, needs }) =>
    needs.map((need, index) => ({ server: name, need, field: `${name}\n${String(index)}` })),
  );
  openDialog({
    title: 'Values of the servers',
    action: 'Import',
    body: (
      <>
        <p class="soft">A server without all of its values is imported disabled.</p>
        {open.map(({ server, need, field }) => (
          <div key={field} class="field">
            <label>
              {toVisible(`${server}: ${need.name}`)}
              <input
                name={field}
                type={need.secret ? 'password' : 'text'}
                defaultValue={need.fallback}
                autocomplete="off"
              />
            </label>
            {need.description !== undefined && <p class="hint">{toVisible(need.description)}</p>}
          </div>
        ))}
      </>
    ),
    onSubmit: async (form) => {
      const data = new FormData(form);
      const answers: Record<string, Record<string, string>> = Object.create(null) as Record<
        string,
        Record<string, string>
      >;
      for (const { server, need, field } of open) {
        const value = data.get(field);
        if (typeof value === 'string' && value !== '') answers[server] = { ...answers[server], [need.name]: value };
      }
      form.reset();
      await run(answers);
      return undefined;
    },
  });
}
