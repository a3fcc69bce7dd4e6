import type { ClientResultReply, ClientStateReply } from '@clarity-runtime/api-contract';
import { useEffect, useState } from 'preact/hooks';
import { send, type ApiResult } from '../../api/request.ts';
import { Button } from '../../parts/button.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { ErrorPanel, Panel } from '../../parts/layout.tsx';
import { busyWord, failureOf, runAction } from '../../state/actions.ts';
import { toVisible } from '../../text/hidden-characters.ts';

type Transport = 'stdio' | 'http';

const TRANSPORTS = [
  ['stdio', 'The client starts clarityctl'],
  ['http', 'The client connects over HTTP'],
] as const;

interface ClientSetupProps {
  readonly client: ClientStateReply;
  readonly onChange: () => void;
}

/** Returns the change of the configuration of one client. A dry run writes nothing. */
async function change(
  client: string,
  verb: 'connect' | 'remove',
  transport: Transport,
  isDry: boolean,
): Promise<ApiResult<ClientResultReply>> {
  const common = { clients: [client], dry_run: isDry };
  const result = await (verb === 'remove'
    ? send<{ readonly results: readonly ClientResultReply[] }>('DELETE', '/api/bootstrap', common)
    : send<{ readonly results: readonly ClientResultReply[] }>('POST', '/api/bootstrap', { ...common, transport }));
  if (result.kind !== 'ok') return result;
  const [first] = result.value.results;
  return first === undefined
    ? { kind: 'failed', reason: 'the daemon returned no result' }
    : { kind: 'ok', value: first };
}

/** The exact change of the file of a client, its writing and its removal. */
export function ClientSetup({
  client: { client, path, configured, transport: present, problem },
  onChange,
}: ClientSetupProps) {
  const [transport, setTransport] = useState<Transport>(present ?? 'stdio');
  const [plan, setPlan] = useState<ApiResult<ClientResultReply>>();
  useEffect(() => {
    let isCurrent = true;
    void change(client, 'connect', transport, true).then((result) => {
      if (isCurrent) setPlan(result);
    });
    return () => {
      isCurrent = false;
    };
  }, [client, transport, configured]);
  const key = `client:${client}`;
  const failure = failureOf(key);
  const write = async (verb: 'connect' | 'remove'): Promise<void> => {
    await runAction({
      key,
      busy: 'Writing…',
      run: () => change(client, verb, transport, false),
      done: ({ next, path: file = path }) =>
        verb === 'connect'
          ? `Written to ${toVisible(file)}. ${next === undefined ? '' : `Next: ${toVisible(next)}.`}`
          : `The entry is removed from ${toVisible(file)}.`,
      ...(verb === 'connect' ? { undo: () => void write('remove') } : {}),
    });
    onChange();
  };
  return (
    <Panel title={configured ? `Connection of ${client}` : `Connect ${client}`} more={<a href="#/clients">Close</a>}>
      <fieldset class="line wide">
        <legend class="sr">Transport</legend>
        {TRANSPORTS.map(([value, label]) => (
          <label key={value} class="check">
            <input
              type="radio"
              name="transport"
              value={value}
              checked={transport === value}
              onChange={() => {
                setTransport(value);
              }}
            />
            {label}
          </label>
        ))}
      </fieldset>
      {problem !== undefined && (
        <p class="note warn">
          <ForeignText text={problem} />
        </p>
      )}
      {plan?.kind === 'ok' && <PlannedChange change={plan.value} path={path} />}
      {plan !== undefined && plan.kind !== 'ok' && <ErrorPanel failure={plan} />}
      {failure !== undefined && <ErrorPanel failure={failure} />}
      <p class="line">
        <Button
          label="Write it"
          kind="primary"
          busy={busyWord(key)}
          isDisabled={plan?.kind !== 'ok' || !plan.value.updated}
          onPress={() => void write('connect')}
        />
        {configured && <Button label="Remove entry" kind="ghost" onPress={() => void write('remove')} />}
      </p>
    </Panel>
  );
}

function PlannedChange({
  change: { updated, entry = '', path: file },
  path,
}: {
  readonly change: ClientResultReply;
  readonly path: string;
}) {
  if (!updated) return <p role="status">No change is necessary in {toVisible(file ?? path)}.</p>;
  return (
    <>
      <p class="soft">
        This is added to <code>{toVisible(file ?? path)}</code>. Nothing else in the file changes, byte for byte.
      </p>
      <pre class="code" tabIndex={0} aria-label="Exact change">
        {entry
          .trimEnd()
          .split('\n')
          .map((line, index) => (
            <span key={index} class="add">
              + <ForeignText text={line} />
              {'\n'}
            </span>
          ))}
      </pre>
    </>
  );
}
