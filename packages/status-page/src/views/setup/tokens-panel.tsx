import type { TokenReply } from '@clarity-runtime/api-contract';
import { useState } from 'preact/hooks';
import { send } from '../../api/request.ts';
import { Button } from '../../parts/button.tsx';
import { Field, fieldOf, openDialog } from '../../parts/dialog.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { copyText, EmptyState, ErrorPanel, Panel, Table, Tag } from '../../parts/layout.tsx';
import { toSentence } from '../../state/actions.ts';
import { slowNow } from '../../state/clock.ts';
import { showToast } from '../../state/toasts.ts';
import { useRequest } from '../../state/use-request.ts';
import { toVisible } from '../../text/hidden-characters.ts';
import { ROLES, toTokenRequest } from '../../text/token-request.ts';
import { toAgo, toDay } from '../../text/times.ts';

interface CreatedToken {
  readonly token: string;
  readonly record: TokenReply;
}

/** Access tokens: their grants, use and end. A token is shown once. */
export function TokensPanel() {
  const { value, failure, reload } = useRequest<{ readonly items: readonly TokenReply[] }>('/api/tokens');
  const [created, setCreated] = useState<CreatedToken>();
  return (
    <div class="stack">
      <div class="line">
        <p class="soft">A token names one client or program, what it may do, and until when.</p>
        <span class="push">
          <Button
            label="New token…"
            icon="add"
            onPress={() => {
              askForToken((one) => {
                setCreated(one);
                reload();
              });
            }}
          />
        </span>
      </div>
      {created !== undefined && (
        <NewToken
          created={created}
          onClose={() => {
            setCreated(undefined);
          }}
        />
      )}
      {failure !== undefined && <ErrorPanel failure={failure} onRetry={reload} />}
      {value?.items.length === 0 && (
        <EmptyState title="No tokens">
          <p class="soft">Give each client a token of its own, so that you can revoke one without the others.</p>
        </EmptyState>
      )}
      {value !== undefined && value.items.length > 0 && (
        <Table
          label="Access tokens"
          heads={['Name', 'State', 'Grants', 'Doors', 'Profile', 'Last used', 'Ends', '']}
          rows={value.items.map((token) => [
            <b key="name">
              <ForeignText text={token.name} />
            </b>,
            <Tag key="state" tone={token.state === 'active' ? 'ok' : 'idle'}>
              {token.state}
            </Tag>,
            <span key="grants" class="wrap">
              <ForeignText
                text={token.grants
                  .map(({ verbs, services }) => `${verbs.join(', ')} on ${services.join(', ')}`)
                  .join('; ')}
              />
            </span>,
            token.doors.join(', '),
            token.profile === undefined ? '–' : toVisible(token.profile),
            token.lastUsedAt === undefined ? 'never' : toAgo(token.lastUsedAt, slowNow.value),
            token.expiresAt === undefined ? 'never' : toDay(token.expiresAt),
            token.state === 'active' ? (
              <span key="acts" class="line">
                <Button
                  label="Rotate…"
                  name={`Rotate ${toVisible(token.name)}`}
                  isSmall
                  onPress={() => {
                    askToRotate(token, (one) => {
                      setCreated(one);
                      reload();
                    });
                  }}
                />
                <Button
                  label="Revoke…"
                  name={`Revoke ${toVisible(token.name)}`}
                  kind="danger"
                  isSmall
                  onPress={() => {
                    askToRevoke(token, reload);
                  }}
                />
              </span>
            ) : (
              ''
            ),
          ])}
        />
      )}
    </div>
  );
}

function NewToken({
  created: { token, record },
  onClose,
}: {
  readonly created: CreatedToken;
  readonly onClose: () => void;
}) {
  return (
    <Panel title={`Token of ${toVisible(record.name)}`}>
      <p class="soft">Copy it now: it is not shown again.</p>
      <div class="cmd">
        <code>{token}</code>
        <Button
          label="Copy the token"
          kind="ghost"
          icon="copy"
          isSmall
          isIconOnly
          onPress={() => {
            copyText(token, 'The token is copied');
          }}
        />
      </div>
      <p>
        <Button label="Done" onPress={onClose} />
      </p>
    </Panel>
  );
}

function askForToken(onCreated: (created: CreatedToken) => void): void {
  openDialog({
    title: 'New token',
    action: 'Create',
    body: (
      <>
        <Field label="Name" name="name" placeholder="nightly-report" />
        <div class="field">
          <label>
            Role{' '}
            <select name="role">
              {ROLES.map(({ name, text }) => (
                <option key={name} value={name}>{`${name}: ${text}`}</option>
              ))}
            </select>
          </label>
        </div>
        <Field
          label="Services"
          name="services"
          placeholder="*"
          hint="Namespaces, separated by commas; * matches any characters."
        />
        <Field label="Tools" name="tools" placeholder="*" />
        <Field label="Profile" name="profile" hint="Empty for none." />
        <div class="field">
          <label>
            Use{' '}
            <select name="doors">
              <option value="mcp">MCP clients</option>
              <option value="http">this page and the API</option>
              <option value="mcp,http">both</option>
            </select>
          </label>
        </div>
        <Field label="Days until it ends" name="days" value="90" />
      </>
    ),
    onSubmit: async (form) => {
      const field = (name: string): string => fieldOf(form, name).trim();
      const request = toTokenRequest({
        name: field('name'),
        role: field('role'),
        services: field('services'),
        tools: field('tools'),
        profile: field('profile'),
        doors: field('doors'),
        days: field('days'),
      });
      if (typeof request === 'string') return request;
      const result = await send<CreatedToken>('POST', '/api/tokens', request);
      if (result.kind !== 'ok') return toSentence(result);
      onCreated(result.value);
      return undefined;
    },
  });
}

const pathOf = ({ name }: TokenReply, rest = ''): string => `/api/tokens/${encodeURIComponent(name)}${rest}`;

function askToRotate(token: TokenReply, onCreated: (created: CreatedToken) => void): void {
  openDialog({
    title: `Rotate ${toVisible(token.name)}?`,
    action: 'Rotate',
    body: <p>It gets a new secret. The former secret stays valid for 24 hours.</p>,
    onSubmit: async () => {
      const result = await send<CreatedToken>('POST', pathOf(token, '/rotate'));
      if (result.kind !== 'ok') return toSentence(result);
      onCreated(result.value);
      return undefined;
    },
  });
}

function askToRevoke(token: TokenReply, onRevoked: () => void): void {
  openDialog({
    title: `Revoke ${toVisible(token.name)}?`,
    action: 'Revoke',
    isDanger: true,
    body: <p>Its next request is refused and its streams end within a second. This cannot be undone.</p>,
    onSubmit: async () => {
      const result = await send('DELETE', pathOf(token));
      if (result.kind !== 'ok') return toSentence(result);
      showToast(`${toVisible(token.name)} is revoked.`);
      onRevoked();
      return undefined;
    },
  });
}
