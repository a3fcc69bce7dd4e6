import { send } from '../../api/request.ts';
import { Button, LinkButton } from '../../parts/button.tsx';
import { Field, fieldOf, openDialog } from '../../parts/dialog.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { Command, EmptyState, ErrorPanel, Panel, Table } from '../../parts/layout.tsx';
import { Status } from '../../parts/state-glyph.tsx';
import { toSentence } from '../../state/actions.ts';
import { slowNow } from '../../state/clock.ts';
import { toServiceHref } from '../../state/route.ts';
import { showToast } from '../../state/toasts.ts';
import { useStore } from '../../state/store-context.ts';
import { useRequest } from '../../state/use-request.ts';
import { toVisible } from '../../text/hidden-characters.ts';
import { toAgo } from '../../text/times.ts';
import { storeSecret } from '../../actions/secret-dialog.tsx';

interface StoredSecret {
  readonly authRef: string;
  readonly hosts?: readonly string[];
  readonly services?: readonly string[];
  readonly usedBy?: readonly string[];
  readonly updatedAt?: string;
}

interface Providers {
  readonly providers: readonly {
    readonly name: string;
    readonly supported: boolean;
    readonly healthy?: boolean;
    readonly detail?: string;
  }[];
}

/** Secrets by reference: the page writes values and never reads one. */
export function SecretsView() {
  const { value, failure, reload } = useRequest<{ readonly items: readonly StoredSecret[] }>(
    '/api/security/auth/secrets',
  );
  const providers = useRequest<Providers>('/api/security/auth/providers');
  const cli = useStore().runtime.value?.cli ?? 'clarityctl';
  return (
    <div class="view stack">
      <div class="line">
        <p class="soft">Values are stored on the machine of clarityd and are never shown.</p>
        <span class="push">
          <Button
            label="Add a secret…"
            icon="add"
            onPress={() => {
              askToStore(reload);
            }}
          />
        </span>
      </div>
      {failure !== undefined && <ErrorPanel failure={failure} onRetry={reload} />}
      <div class="cols">
        {value?.items.length === 0 && (
          <EmptyState title="No secrets">
            <Command text={`printf %s "$TOKEN" | ${cli} auth set-secret file:github -`} />
          </EmptyState>
        )}
        {value !== undefined && value.items.length > 0 && (
          <Panel title="Stored secrets">
            <Table
              label="Stored secrets"
              heads={['Reference', 'Used by', 'Only for', 'Stored', '']}
              rows={value.items.map((one) => [
                <code key="ref" class="wrap">
                  {toVisible(one.authRef)}
                </code>,
                <UsedBy key="by" names={one.usedBy} />,
                <span key="for" class="wrap soft">
                  <ForeignText text={[...(one.hosts ?? []), ...(one.services ?? [])].join(', ') || 'any service'} />
                </span>,
                one.updatedAt === undefined ? '–' : toAgo(one.updatedAt, slowNow.value),
                <span key="acts" class="line">
                  <Button
                    label="Replace…"
                    name={`Replace ${toVisible(one.authRef)}`}
                    isSmall
                    onPress={() => {
                      askToStore(reload, one.authRef);
                    }}
                  />
                  <Button
                    label="Delete…"
                    name={`Delete ${toVisible(one.authRef)}`}
                    kind="ghost"
                    isSmall
                    onPress={() => {
                      askToDelete(one, reload);
                    }}
                  />
                </span>,
              ])}
            />
          </Panel>
        )}
        {providers.value !== undefined && (
          <Panel title="Providers">
            <Table
              label="Providers"
              heads={['Scheme', 'State']}
              rows={providers.value.providers.map(({ name, supported, healthy, detail }) => [
                <code key="name">{name}</code>,
                <Status key="state" tone={healthy === false ? 'bad' : supported ? 'ok' : 'idle'}>
                  <ForeignText text={detail ?? (supported ? 'ready' : 'not supported')} />
                </Status>,
              ])}
            />
          </Panel>
        )}
      </div>
    </div>
  );
}

function UsedBy({ names }: { readonly names: readonly string[] | undefined }) {
  if (names === undefined) return <>–</>;
  if (names.length === 0) return <span class="faint">nothing</span>;
  return (
    <span class="line">
      {names.slice(0, 5).map((name) => (
        <LinkButton key={name} href={toServiceHref(name, 'credentials')} kind="ghost" isSmall>
          <ForeignText text={name} />
        </LinkButton>
      ))}
      {names.length > 5 && `and ${String(names.length - 5)} more`}
    </span>
  );
}

function askToStore(onStored: () => void, authRef?: string): void {
  openDialog({
    title: authRef === undefined ? 'Add a secret' : `Replace ${toVisible(authRef)}`,
    action: 'Store',
    body: (
      <>
        {authRef === undefined && (
          <Field
            label="Name"
            name="name"
            placeholder="github"
            hint="Letters, digits, dot, underscore and hyphen, with slashes between segments. Manifests name it as file:<name>."
          />
        )}
        <Field label="Value" name="secret" type="password" hint="It cannot be read again." />
      </>
    ),
    onSubmit: async (form) => {
      const name =
        authRef ??
        `file:${fieldOf(form, 'name')
          .trim()
          .replace(/^file:/, '')}`;
      const value = fieldOf(form, 'secret');
      if (name === 'file:') return 'The name is empty.';
      if (value === '') return 'The value is empty.';
      const result = await storeSecret(name, value);
      if (result.kind !== 'ok') return toSentence(result);
      form.reset();
      showToast(`${toVisible(name)} is stored.`);
      onStored();
      return undefined;
    },
  });
}

function askToDelete({ authRef, usedBy = [] }: StoredSecret, onDeleted: () => void): void {
  openDialog({
    title: `Delete ${toVisible(authRef)}?`,
    action: 'Delete',
    isDanger: true,
    body: (
      <p>
        {usedBy.length === 0
          ? 'Services that name it cannot start afterwards.'
          : `These services name it and cannot start afterwards: ${usedBy.map(toVisible).join(', ')}.`}{' '}
        The value cannot be restored.
      </p>
    ),
    onSubmit: async () => {
      const result = await send('DELETE', '/api/security/auth/secrets', { auth_ref: authRef });
      if (result.kind !== 'ok') return toSentence(result);
      showToast(`${toVisible(authRef)} is deleted.`);
      onDeleted();
      return undefined;
    },
  });
}
