import { useState } from 'preact/hooks';
import type { InterfaceReply, PolicyReportReply } from '@clarity-runtime/api-contract';
import type { ServiceEntry } from '../../api/model.ts';
import { send, type ApiResult } from '../../api/request.ts';
import { servicePath } from '../../api/services.ts';
import { Button } from '../../parts/button.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { ErrorPanel, Panel, Table } from '../../parts/layout.tsx';
import { Status } from '../../parts/state-glyph.tsx';
import { useRequest } from '../../state/use-request.ts';
import { toVisible } from '../../text/hidden-characters.ts';
import { toDuration } from '../../text/numbers.ts';
import { toPolicyRows } from '../../text/policy-rows.ts';

interface PolicyTestReply {
  readonly verdict: 'allowed' | 'refused';
  readonly times: { readonly idleMs: number; readonly totalMs: number };
  readonly error?: string;
  readonly code?: string;
  readonly hint?: string;
}

/** The effective rules of a service with their sources, and a test of a call. */
export function PolicyTab({ service }: { readonly service: ServiceEntry }) {
  const { value, failure, reload } = useRequest<PolicyReportReply>(servicePath(service.id, '/policy'), [service.state]);
  if (value === undefined) return failure === undefined ? null : <ErrorPanel failure={failure} onRetry={reload} />;
  const rows = toPolicyRows(value);
  return (
    <div class="stack">
      <p class="soft">
        Effective rules. If several sources set a rule, the strictest one applies.{' '}
        {value.policyRef !== '' && (
          <>
            Policy of this service: <code>{toVisible(value.policyRef)}</code>.
          </>
        )}
      </p>
      <Table
        label="Effective policy"
        heads={['Rule', 'Value', 'Source']}
        rows={rows.map(({ rule, value: text, source }) => [
          rule,
          <b key="value" class="wrap">
            <ForeignText text={text} />
          </b>,
          <span key="source" class="soft">
            <ForeignText text={source} />
          </span>,
        ])}
      />
      {rows.length === 0 && <p class="faint">No rule is set: the defaults apply.</p>}
      <PolicyTest service={service} />
    </div>
  );
}

function PolicyTest({ service }: { readonly service: ServiceEntry }) {
  const { value } = useRequest<InterfaceReply>(servicePath(service.id, '/interface'));
  const [tool, setTool] = useState('');
  const [result, setResult] = useState<ApiResult<PolicyTestReply>>();
  const tools = value?.tools ?? [];
  const picked = tool === '' ? (tools[0]?.name ?? '') : tool;
  return (
    <Panel title="Test a call">
      <div class="line">
        <select
          aria-label="Tool"
          value={picked}
          onChange={(event) => {
            setTool(event.currentTarget.value);
          }}
        >
          {tools.map(({ name }) => (
            <option key={name} value={name}>
              {toVisible(name)}
            </option>
          ))}
        </select>
        <Button
          label="Test"
          isDisabled={picked === ''}
          onPress={() => {
            void send<PolicyTestReply>('POST', '/api/policy/test', { serviceId: service.id, tool: picked }).then(
              setResult,
            );
          }}
        />
      </div>
      <div role="status">
        {result?.kind === 'ok' && <Verdict reply={result.value} />}
        {result !== undefined && result.kind !== 'ok' && <ErrorPanel failure={result} />}
      </div>
    </Panel>
  );
}

function Verdict({ reply: { verdict, times, error, code, hint } }: { readonly reply: PolicyTestReply }) {
  if (verdict === 'allowed') {
    return (
      <Status tone="ok">
        Allowed: at most {toDuration(times.idleMs)} without progress, and {toDuration(times.totalMs)} in total.
      </Status>
    );
  }
  return (
    <p>
      <Status tone="bad">
        Refused: <ForeignText text={[error, hint].filter((text) => text !== undefined).join(': ')} />
      </Status>{' '}
      {code !== undefined && <code>{code}</code>}
    </p>
  );
}
