import type { AuditPageReply, ReviewReply } from '@clarity-runtime/api-contract';
import { useState } from 'preact/hooks';
import type { ServiceEntry } from '../../api/model.ts';
import { send } from '../../api/request.ts';
import { servicePath } from '../../api/services.ts';
import { Button } from '../../parts/button.tsx';
import { Checkbox, fieldOf, openDialog } from '../../parts/dialog.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { ErrorPanel, Table, Tag } from '../../parts/layout.tsx';
import { Status } from '../../parts/state-glyph.tsx';
import { toSentence } from '../../state/actions.ts';
import { showToast } from '../../state/toasts.ts';
import { useRequest } from '../../state/use-request.ts';
import { toVisible } from '../../text/hidden-characters.ts';
import { toPlural } from '../../text/numbers.ts';
import { toMoment } from '../../text/times.ts';
import type { GlyphTone } from '../../text/states.ts';
import { TextDiff } from './text-diff.tsx';

type Change = ReviewReply['changes'][number] & {
  readonly details?: readonly { readonly where: string; readonly before?: string; readonly after?: string }[];
};

const TONES: Readonly<Record<ReviewReply['verdict'], GlyphTone>> = {
  compatible: 'ok',
  breaking: 'warn',
  suspicious: 'bad',
};

/** The change of the interface since it was accepted: verdict, reasons, difference, and what is withheld. */
export function ChangesTab({ service }: { readonly service: ServiceEntry }) {
  const { value, failure, reload } = useRequest<ReviewReply>(servicePath(service.id, '/interface/diff'), [
    service.held,
    service.tools,
    service.state,
  ]);
  return (
    <div class="stack">
      {failure !== undefined && <ErrorPanel failure={failure} onRetry={reload} />}
      {value !== undefined && <Review service={service} review={value} onChange={reload} />}
      <History service={service} />
    </div>
  );
}

interface ReviewProps {
  readonly service: ServiceEntry;
  readonly review: ReviewReply;
  readonly onChange: () => void;
}

function Review({ service, review, onChange }: ReviewProps) {
  const [isKept, setKept] = useState(false);
  const { changes, held, verdict, to } = review;
  const isHeld = held.length > 0 || (service.held ?? 0) > 0;
  if (changes.length === 0) {
    return (
      <>
        <p>
          <Status tone="ok">No change since the interface was accepted.</Status>
        </p>
        <p class="faint wrap">
          Interface revision <code>{toVisible(to)}</code>
        </p>
      </>
    );
  }
  return (
    <>
      <div class="line wide">
        <Tag tone={TONES[verdict]}>{verdict}</Tag>
        <span>
          {toPlural(changes.length, 'change')}
          {isHeld &&
            `, ${toPlural(Math.max(held.length, service.held ?? 0), 'definition is', 'definitions are')} withheld from clients`}
          .
        </span>
        <span class="push line">
          <Button
            label="Accept all…"
            kind={verdict === 'suspicious' ? 'danger' : 'ghost'}
            onPress={() => {
              askToAccept({ service, review, onChange });
            }}
          />
          <Button
            label="Keep blocked"
            kind="primary"
            onPress={() => {
              setKept(true);
              showToast('It stays blocked. The other definitions still work.');
            }}
          />
        </span>
      </div>
      {isKept && <p class="soft">The withheld definitions stay blocked until you accept them.</p>}
      {changes.map((change) => (
        <ChangeCard
          key={`${change.kind}${change.name}`}
          change={change}
          isHeld={held.includes(change.name)}
          service={service}
          review={review}
          onChange={onChange}
        />
      ))}
    </>
  );
}

function ChangeCard({ change, isHeld, ...props }: ReviewProps & { readonly change: Change; readonly isHeld: boolean }) {
  const { kind, name, change: word, from, verdict, reasons, details = [] } = change;
  return (
    <article class="panel" aria-label={toVisible(name)}>
      <header>
        <h3 class="mono wrap">
          <ForeignText text={name} />
        </h3>
        <Tag>{`${kind} ${word}`}</Tag>
        <Tag tone={TONES[verdict]}>{verdict}</Tag>
        {isHeld && <Tag tone="hold">blocked</Tag>}
        {kind === 'tool' && isHeld && (
          <span class="push">
            <Button
              label="Accept this tool…"
              isSmall
              onPress={() => {
                askToAccept({ ...props, tool: name });
              }}
            />
          </span>
        )}
      </header>
      {from !== undefined && (
        <p class="faint">
          Its former name is <code>{toVisible(from)}</code>.
        </p>
      )}
      <ul class="stack tight">
        {reasons.map(({ code, verdict: tone, where }, index) => (
          <li key={index}>
            <Status tone={TONES[tone]}>
              {code.replaceAll('_', ' ')} <span class="faint">{toVisible(where)}</span>
            </Status>
          </li>
        ))}
      </ul>
      {details.map(({ where, before, after }, index) => (
        <TextDiff key={index} where={where} before={before} after={after} />
      ))}
    </article>
  );
}

/** Accepts the interface that the page shows: another one is a conflict. */
function askToAccept({ service, review, onChange, tool }: ReviewProps & { readonly tool?: string }): void {
  const what = tool === undefined ? `the change of ${toVisible(service.ns)}` : toVisible(tool);
  openDialog({
    title: `Accept ${what}?`,
    action: 'Accept',
    isDanger: true,
    body: (
      <>
        <p>Clients receive the new definitions with their next request.</p>
        {review.verdict === 'suspicious' && (
          <p>The change is suspicious: its text may contain instructions to a model.</p>
        )}
        <Checkbox name="read" label="I have read the new text" />
      </>
    ),
    onSubmit: async (form) => {
      if (fieldOf(form, 'read') !== 'yes') return 'Read the new text first.';
      const body = { digest: review.digest, ...(tool === undefined ? {} : { tools: [tool] }) };
      const result = await send('POST', servicePath(service.id, '/interface/accept'), body);
      if (result.kind !== 'ok') return toSentence(result);
      showToast(`Accepted: ${what}.`);
      onChange();
      return undefined;
    },
  });
}

function History({ service }: { readonly service: ServiceEntry }) {
  const path = servicePath(service.id, '/events?kind=interface.changed&limit=50');
  const { value } = useRequest<AuditPageReply>(path, [service.held]);
  const items = [...(value?.items ?? [])].reverse();
  if (items.length === 0) return null;
  return (
    <>
      <h3>Earlier</h3>
      <Table
        label="Earlier changes"
        heads={['When', 'What']}
        rows={items.map(({ at, message }) => [
          <span key="at" class="nowrap">
            {toMoment(at)}
          </span>,
          <ForeignText key="message" text={message} />,
        ])}
      />
    </>
  );
}
