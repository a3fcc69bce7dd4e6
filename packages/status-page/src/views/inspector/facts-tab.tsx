import type { ExplanationReply, InterfaceReply, ServiceReply } from '@clarity-runtime/api-contract';
import { useState } from 'preact/hooks';
import type { ServiceEntry } from '../../api/model.ts';
import { addressOf, get, send, type ApiResult } from '../../api/request.ts';
import { servicePath } from '../../api/services.ts';
import { Button } from '../../parts/button.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { Command, ErrorPanel, Facts, Panel } from '../../parts/layout.tsx';
import { Status } from '../../parts/state-glyph.tsx';
import { busyWord, failureOf, runAction } from '../../state/actions.ts';
import { slowNow } from '../../state/clock.ts';
import { useStore } from '../../state/store-context.ts';
import { useRequest } from '../../state/use-request.ts';
import { maskManifest } from '../../text/manifest.ts';
import { toBytes, toCount, toPlural, toSpan } from '../../text/numbers.ts';
import { toVisible } from '../../text/hidden-characters.ts';
import { toKind } from '../../text/states.ts';
import { toMoment } from '../../text/times.ts';

/** Additions of the daemon that older versions do not send. */
interface RuntimeFacts {
  readonly pid?: number;
  readonly rssBytes?: number;
  readonly era?: string;
  readonly protocolVersion?: string;
  readonly serverInfo?: { readonly name: string; readonly version?: string };
  readonly startedAt?: string;
  readonly startMs?: number;
  readonly capabilities?: readonly string[];
  readonly isolation?: unknown;
}

/** Everything about one service: endpoint, process, protocol, capabilities, isolation, manifest without values. */
export function FactsTab({ service }: { readonly service: ServiceEntry }) {
  const { value, failure, reload } = useRequest<{ readonly service: ServiceReply }>(servicePath(service.id), [
    service.state,
  ]);
  const known = useRequest<InterfaceReply>(servicePath(service.id, '/interface'), [service.state]);
  if (value === undefined) return failure === undefined ? null : <ErrorPanel failure={failure} onRetry={reload} />;
  const { manifest, artifact, digest, runtime } = value.service;
  const facts = runtime as typeof runtime & RuntimeFacts;
  const { runtime: daemon } = useStore();
  const key = `introspect:${service.id}`;
  const refused = failureOf(key);
  return (
    <div class="stack">
      <Facts
        rows={[
          [
            'Endpoint',
            <Command
              key="v"
              text={`${location.origin}${addressOf('')}${daemon.value?.mcpPath ?? '/mcp'}/${service.ns}`}
            />,
          ],
          ['Id', <code key="v">{service.id}</code>],
          ['Kind', toKind(service.kind)],
          [
            service.kind.startsWith('remote') ? 'Address' : service.kind === 'local_wasm' ? 'Source' : 'Command',
            <code key="v" class="wrap">
              <ForeignText text={service.what} />
            </code>,
          ],
          facts.pid === undefined ? undefined : ['Process', String(facts.pid)],
          facts.rssBytes === undefined ? undefined : ['Memory', toBytes(facts.rssBytes)],
          facts.protocolVersion === undefined
            ? undefined
            : ['Protocol', `MCP ${facts.protocolVersion}${facts.era === undefined ? '' : ` (${facts.era})`}`],
          facts.serverInfo === undefined
            ? undefined
            : ['Server', <ForeignText key="v" text={`${facts.serverInfo.name} ${facts.serverInfo.version ?? ''}`} />],
          facts.capabilities === undefined
            ? undefined
            : ['Capabilities', <ForeignText key="v" text={facts.capabilities.join(', ') || 'none'} />],
          facts.isolation === undefined
            ? undefined
            : ['Isolation', <ForeignText key="v" text={toIsolation(facts.isolation)} />],
          facts.startedAt === undefined
            ? undefined
            : [
                'Started',
                `${toMoment(facts.startedAt)}${facts.startMs === undefined ? '' : `, took ${toSpan(facts.startMs)}`}`,
              ],
          ['Restarts', toCount(runtime.restartCount)],
          ['Starts with clarityd', runtime.enabled && runtime.autostart ? 'yes' : 'no'],
          runtime.lastError === undefined
            ? undefined
            : ['Last error', <ForeignText key="v" text={runtime.lastError} />],
          known.value?.introspectedAt == null
            ? undefined
            : [
                'Tools last fetched',
                <span key="v" class="line">
                  {toMoment(known.value.introspectedAt)}
                  <Button
                    label="Fetch again"
                    isSmall
                    busy={busyWord(key)}
                    onPress={() => {
                      void runAction({
                        key,
                        busy: 'Reading…',
                        run: () => send('POST', servicePath(service.id, '/introspect')),
                        done: 'The tools are read again.',
                      }).then(known.reload);
                    }}
                  />
                </span>,
              ],
          ['Tokens in the tool list', `≈ ${toCount(service.tokens)} (${toPlural(service.tools, 'tool')})`],
          artifact === undefined
            ? undefined
            : ['Module', <code key="v" class="wrap">{`sha256:${artifact.wasmSha256}`}</code>],
          [
            'Digest',
            <code key="v" class="wrap">
              {digest}
            </code>,
          ],
        ]}
      />
      {refused !== undefined && <ErrorPanel failure={refused} />}
      {(runtime.warnings ?? []).map((warning) => (
        <p key={warning} class="note warn">
          <ForeignText text={warning} />
        </p>
      ))}
      <Explain tools={known.value?.tools.map(({ name }) => `${service.ns}__${name}`) ?? []} />
      <details>
        <summary>Manifest, without values</summary>
        <pre class="code" tabIndex={0} aria-label="Manifest">
          <ForeignText text={JSON.stringify(maskManifest(manifest), null, 2)} />
        </pre>
      </details>
      <p class="faint">
        In this state for{' '}
        {service.since === undefined ? '–' : toSpan(slowNow.value - new Date(service.since).getTime())}.
      </p>
    </div>
  );
}

const toIsolation = (isolation: unknown): string =>
  typeof isolation === 'string' ? isolation : JSON.stringify(isolation);

function Explain({ tools }: { readonly tools: readonly string[] }) {
  const [tool, setTool] = useState('');
  const [result, setResult] = useState<ApiResult<ExplanationReply>>();
  const picked = tool === '' ? (tools[0] ?? '') : tool;
  return (
    <Panel title="Explain tool visibility">
      <div class="line">
        <select
          aria-label="Tool"
          value={picked}
          onChange={(event) => {
            setTool(event.currentTarget.value);
          }}
        >
          {tools.map((name) => (
            <option key={name} value={name}>
              {toVisible(name)}
            </option>
          ))}
        </select>
        <Button
          label="Explain"
          isDisabled={picked === ''}
          onPress={() => {
            void get<ExplanationReply>(`/api/explain?tool=${encodeURIComponent(picked)}`).then(setResult);
          }}
        />
      </div>
      <div role="status">
        {result?.kind === 'ok' && (
          <div class="stack tight">
            <Status tone={result.value.callable ? 'ok' : 'hold'}>
              {result.value.visibility}, {result.value.callable ? 'callable' : 'not callable'}
            </Status>
            <ul class="dashes">
              {result.value.reasons.map(({ code, text, hint }) => (
                <li key={code}>
                  <ForeignText text={hint === undefined ? text : `${text}: ${hint}`} />
                </li>
              ))}
            </ul>
          </div>
        )}
        {result !== undefined && result.kind !== 'ok' && <ErrorPanel failure={result} />}
      </div>
    </Panel>
  );
}
