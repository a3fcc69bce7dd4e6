import type { ApprovalEntry } from '../../api/model.ts';
import { send, type ApiResult } from '../../api/request.ts';
import { Button } from '../../parts/button.tsx';
import { Checkbox, Field, fieldOf, openDialog } from '../../parts/dialog.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { ErrorPanel, Tag } from '../../parts/layout.tsx';
import { Glyph } from '../../parts/state-glyph.tsx';
import { busyWord, failureOf, runAction, toSentence } from '../../state/actions.ts';
import { now, slowNow } from '../../state/clock.ts';
import { readApproval } from '../../text/approval-facts.ts';
import { toVisible } from '../../text/hidden-characters.ts';
import { toSpan } from '../../text/numbers.ts';
import { toAgo } from '../../text/times.ts';

/** A request of a client: what would run, its consequences, and the decision. Deny is the default. */
export function ApprovalCard({ request }: { readonly request: ApprovalEntry }) {
  const { command, consequences, risks } = readApproval(request);
  const client = toVisible(request.client ?? request.requestedBy.id);
  const tool = toVisible(request.tool);
  const key = `approval:${request.id}`;
  const failure = failureOf(key);
  const isRisky = risks.length > 0 || command !== undefined;
  return (
    <article class="panel approval" aria-label={tool}>
      <header>
        <Glyph tone="hold" />
        <h3>
          {client} asks for {tool}
        </h3>
        {risks.map((risk) => (
          <Tag key={risk} tone="bad">
            {risk}
          </Tag>
        ))}
        <span class="push soft num">expires in {toSpan(new Date(request.expiresAt).getTime() - now.value)}</span>
      </header>
      <p class="faint">
        {request.requestedBy.kind}, over {request.requestedBy.door.toUpperCase()} · asked{' '}
        {toAgo(request.requestedAt, slowNow.value)}. Nothing has been done yet.
      </p>
      {command !== undefined && (
        <div>
          <p class="soft">Command that would run</p>
          <pre class="code fold" tabIndex={0} aria-label="Command">
            <ForeignText text={command} />
          </pre>
        </div>
      )}
      <details open={command === undefined}>
        <summary>Arguments</summary>
        <pre class="code fold" tabIndex={0} aria-label="Arguments">
          <ForeignText text={JSON.stringify(request.arguments ?? {}, null, 2)} />
        </pre>
      </details>
      <div>
        <h4>If you approve</h4>
        <ul class="dashes">
          {consequences.map((text) => (
            <li key={text}>
              <ForeignText text={text} />
            </li>
          ))}
        </ul>
      </div>
      {failure !== undefined && <ErrorPanel failure={failure} />}
      <div class="line">
        <Button
          label="Deny"
          name={`Deny ${tool}`}
          kind="primary"
          busy={busyWord(key)}
          onPress={() => void deny(request)}
        />
        <Button
          label="Deny with reason…"
          kind="ghost"
          onPress={() => {
            askForReason(request);
          }}
        />
        <Button
          label={isRisky ? 'Approve…' : 'Approve'}
          name={`Approve ${tool}`}
          kind={isRisky ? 'danger' : 'ghost'}
          isDisabled={busyWord(key) !== undefined}
          onPress={() => {
            if (isRisky) askToApprove(request, command);
            else
              void runAction({
                key,
                busy: 'Approving…',
                run: () => approve(request),
                done: `${tool} is approved and done.`,
              });
          }}
        />
      </div>
    </article>
  );
}

const pathOf = ({ id }: ApprovalEntry, verb: string): string => `/api/approvals/${encodeURIComponent(id)}/${verb}`;

/** Approves exactly what the page shows. The result is a failure if the approved operation failed. */
async function approve(request: ApprovalEntry): Promise<ApiResult<unknown>> {
  const result = await send<{ readonly approval: { readonly state: string; readonly reason?: string } }>(
    'POST',
    pathOf(request, 'approve'),
    {
      digest: request.digest,
    },
  );
  if (result.kind !== 'ok' || result.value.approval.state !== 'failed') return result;
  return { kind: 'failed', reason: result.value.approval.reason ?? 'the approved operation failed' };
}

const deny = (request: ApprovalEntry, reason?: string): Promise<unknown> =>
  runAction({
    key: `approval:${request.id}`,
    busy: 'Denying…',
    run: () => send('POST', pathOf(request, 'deny'), reason === undefined ? {} : { reason }),
    done: `${toVisible(request.tool)} is denied.`,
  });

function askForReason(request: ApprovalEntry): void {
  openDialog({
    title: `Deny ${toVisible(request.tool)}`,
    action: 'Deny',
    body: <Field label="Reason (sent to the client)" name="reason" />,
    onSubmit: async (form) => {
      const reason = fieldOf(form, 'reason').trim();
      await deny(request, reason === '' ? undefined : reason);
      return undefined;
    },
  });
}

function askToApprove(request: ApprovalEntry, command: string | undefined): void {
  openDialog({
    title: `Approve ${toVisible(request.tool)}?`,
    action: 'Approve',
    isDanger: true,
    body: (
      <>
        <pre class="code fold" tabIndex={0} aria-label="Command">
          <ForeignText text={command ?? JSON.stringify(request.arguments, null, 2)} />
        </pre>
        <Checkbox name="read" label="I have read the command and want it to run as the user of clarityd" />
      </>
    ),
    onSubmit: async (form) => {
      if (fieldOf(form, 'read') !== 'yes') return 'Read the command first.';
      const result = await approve(request);
      return result.kind === 'ok' ? undefined : toSentence(result);
    },
  });
}
