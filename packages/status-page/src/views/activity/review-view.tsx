import type { ServiceEntry } from '../../api/model.ts';
import { Button, LinkButton } from '../../parts/button.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { Command, ErrorPanel } from '../../parts/layout.tsx';
import { Glyph } from '../../parts/state-glyph.tsx';
import { busyWord, failureOf } from '../../state/actions.ts';
import { slowNow } from '../../state/clock.ts';
import { toServiceHref } from '../../state/route.ts';
import { useStore } from '../../state/store-context.ts';
import { toVisible } from '../../text/hidden-characters.ts';
import { stateOf } from '../../text/states.ts';
import { toAgo, toClock } from '../../text/times.ts';
import { actionKey, askToRemove, unquarantineService } from '../../actions/service-actions.tsx';
import { ApprovalCard } from './approval-card.tsx';

/** The decisions that wait for an operator: requests of clients, changed tools, quarantine. */
export function ReviewView() {
  const store = useStore();
  const pending = store.pending.value;
  const held = store.services.value.filter((one) => stateOf(one) === 'held');
  const quarantined = store.services.value.filter(({ state }) => state === 'quarantined');
  if (pending.length + held.length + quarantined.length === 0) return <NothingToReview />;
  return (
    <div class="view narrow">
      <div class="stack">
        {pending.length > 0 && (
          <section class="stack" aria-labelledby="requests">
            <h2 id="requests">Client requests ({pending.length})</h2>
            {pending.map((request) => (
              <ApprovalCard key={request.id} request={request} />
            ))}
          </section>
        )}
        {held.length > 0 && (
          <section class="stack" aria-labelledby="changed">
            <h2 id="changed">Changed tools ({held.length})</h2>
            {held.map((service) => (
              <HeldCard key={service.id} service={service} />
            ))}
          </section>
        )}
        {quarantined.length > 0 && (
          <section class="stack" aria-labelledby="quarantine">
            <h2 id="quarantine">In quarantine ({quarantined.length})</h2>
            {quarantined.map((service) => (
              <QuarantineCard key={service.id} service={service} />
            ))}
          </section>
        )}
      </div>
    </div>
  );
}

function NothingToReview() {
  const cli = useStore().runtime.value?.cli ?? 'clarityctl';
  return (
    <div class="view narrow">
      <div class="empty calm">
        <div class="headline">
          <Glyph tone="ok" />
          <h2>Nothing to review</h2>
        </div>
        <p class="soft">
          This view collects three kinds of decisions: services that clients ask to register, quarantined services, and
          changed tools.
        </p>
        <p class="faint">To let clients ask, start clarityd with</p>
        <Command text={`CLARITY_ENABLE_MCP_PROVISIONING=approve ${cli.replace('clarityctl', 'clarityd')}`} />
      </div>
    </div>
  );
}

function useCause(service: ServiceEntry): { readonly line: string; readonly source: string } | undefined {
  const { problemById } = useStore();
  const problem = service.cause === undefined ? undefined : problemById.value.get(service.cause);
  return problem && { line: problem.line, source: problem.source ?? 'runtime' };
}

function HeldCard({ service }: { readonly service: ServiceEntry }) {
  const cause = useCause(service);
  return (
    <article class="panel" aria-label={toVisible(service.ns)}>
      <header>
        <Glyph tone="hold" />
        <h3>
          <a href={toServiceHref(service.ns, 'changes')}>
            <ForeignText text={service.ns} />
          </a>
        </h3>
        {service.since !== undefined && <span class="push soft">{toAgo(service.since, slowNow.value)}</span>}
      </header>
      {cause !== undefined && cause.line !== '' && (
        <p class="mono wrap">
          <ForeignText text={cause.line} />
        </p>
      )}
      <p class="line">
        <LinkButton href={toServiceHref(service.ns, 'changes')} kind="primary">
          Review change
        </LinkButton>
      </p>
    </article>
  );
}

function QuarantineCard({ service }: { readonly service: ServiceEntry }) {
  const cause = useCause(service);
  const failure = failureOf(actionKey(service.id));
  return (
    <article class="panel" aria-label={toVisible(service.ns)}>
      <header>
        <Glyph tone="hold" />
        <h3>
          <a href={toServiceHref(service.ns)}>
            <ForeignText text={service.ns} />
          </a>
        </h3>
        {service.since !== undefined && (
          <span class="push soft">
            since {toClock(service.since)}, {toAgo(service.since, slowNow.value)}
          </span>
        )}
      </header>
      <p>It failed too often, so restarts are off until you lift the quarantine.</p>
      {cause !== undefined && cause.line !== '' && (
        <p class="quote">
          <span class="from">{cause.source}</span>
          <span>
            <ForeignText text={cause.line} />
          </span>
        </p>
      )}
      {failure !== undefined && <ErrorPanel failure={failure} />}
      <p class="line">
        <Button
          label="Unquarantine and start"
          name={`Unquarantine and start ${toVisible(service.ns)}`}
          kind="primary"
          busy={busyWord(actionKey(service.id))}
          onPress={() => void unquarantineService(service)}
        />
        <LinkButton href={toServiceHref(service.ns, 'logs')} name={`Logs of ${toVisible(service.ns)}`}>
          Logs
        </LinkButton>
        <Button
          label="Remove"
          name={`Remove ${toVisible(service.ns)}`}
          kind="ghost"
          onPress={() => {
            askToRemove(service);
          }}
        />
      </p>
    </article>
  );
}
