import type { LoginReply, ServiceReply } from '@clarity-runtime/api-contract';
import { useState } from 'preact/hooks';
import type { ServiceEntry } from '../../api/model.ts';
import { send, type ApiResult } from '../../api/request.ts';
import { servicePath } from '../../api/services.ts';
import { Button } from '../../parts/button.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { ErrorPanel, Facts, Table } from '../../parts/layout.tsx';
import { Status } from '../../parts/state-glyph.tsx';
import { busyWord, failureOf, runAction } from '../../state/actions.ts';
import { useRequest } from '../../state/use-request.ts';
import { findCredentials, type ManifestCredential } from '../../text/credentials.ts';
import { toVisible } from '../../text/hidden-characters.ts';
import { toMoment } from '../../text/times.ts';
import type { GlyphTone } from '../../text/states.ts';
import { askForLogin } from '../../actions/login-dialog.tsx';
import { askForSecret } from '../../actions/secret-dialog.tsx';

/** The login of a service, and the references of its manifest with their state. */
export function CredentialsTab({ service }: { readonly service: ServiceEntry }) {
  const record = useRequest<{ readonly service: ServiceReply }>(servicePath(service.id), [service.state]);
  const isRemote = service.kind.startsWith('remote');
  const logins = useRequest<{ readonly items: readonly LoginReply[] }>(isRemote ? '/api/auth/status' : undefined, [
    service.state,
  ]);
  if (record.value === undefined) {
    return record.failure === undefined ? null : <ErrorPanel failure={record.failure} onRetry={record.reload} />;
  }
  const uses = findCredentials(record.value.service.manifest);
  const login = logins.value?.items.find(({ serviceId }) => serviceId === service.id);
  if (service.kind === 'local_wasm' && uses.length === 0) {
    return <p class="soft">It runs in a sandbox without network access and needs no credential.</p>;
  }
  return (
    <div class="stack">
      {login !== undefined && <Login service={service} login={login} onChange={logins.reload} />}
      {logins.failure !== undefined && <ErrorPanel failure={logins.failure} onRetry={logins.reload} />}
      {uses.length === 0 && login === undefined && <p class="soft">Its manifest names no credential.</p>}
      {uses.length > 0 && (
        <Table
          label="References"
          heads={['Used as', 'Reference', 'State', '']}
          rows={uses.map((use) => [
            <ForeignText key="use" text={use.where} />,
            <code key="ref" class="wrap">
              {toVisible(use.authRef)}
            </code>,
            <ReferenceState key="state" use={use} service={service} />,
            <Button
              key="set"
              label="Replace…"
              name={`Replace ${toVisible(use.authRef)}`}
              isSmall
              isDisabled={!use.authRef.startsWith('file:')}
              onPress={() => {
                askForSecret({ service, services: [service], name: use.authRef, verb: 'replace' });
              }}
            />,
          ])}
        />
      )}
    </div>
  );
}

const LOGIN_STATES: Readonly<Record<LoginReply['state'], readonly [GlyphTone, string]>> = {
  active: ['ok', 'Signed in'],
  expired: ['warn', 'The login is expired'],
  needed: ['warn', 'A person has to sign in'],
  none: ['idle', 'No login'],
};

interface LoginProps {
  readonly service: ServiceEntry;
  readonly login: LoginReply;
  readonly onChange: () => void;
}

function Login({ service, login, onChange }: LoginProps) {
  const [tone, words] = LOGIN_STATES[login.state];
  const key = `logout:${service.id}`;
  const failure = failureOf(key) ?? failureOf(`login:${service.id}`);
  const isActive = login.state === 'active' || login.state === 'expired';
  const signOut = async (): Promise<void> => {
    await runAction({
      key,
      busy: 'Working…',
      run: () => send('POST', servicePath(service.id, '/logout')),
      done: `The login of ${toVisible(service.ns)} is deleted.`,
    });
    onChange();
  };
  return (
    <>
      <div class="line wide">
        <b>
          <Status tone={tone}>{words}</Status>
        </b>
        <span class="push line">
          <Button
            label={isActive ? 'Sign in again…' : 'Sign in…'}
            kind={isActive ? 'ghost' : 'primary'}
            busy={busyWord(`login:${service.id}`)}
            onPress={() => void askForLogin(service)}
          />
          {isActive && <Button label="Sign out" busy={busyWord(key)} onPress={() => void signOut()} />}
        </span>
      </div>
      {failure !== undefined && <ErrorPanel failure={failure} />}
      <Facts
        rows={[
          login.reason === undefined ? undefined : ['Reason', <ForeignText key="v" text={login.reason} />],
          login.issuer === undefined ? undefined : ['Issuer', <ForeignText key="v" text={login.issuer} />],
          login.scopes === undefined
            ? undefined
            : ['Scopes', <ForeignText key="v" text={login.scopes.join(' ') || 'none'} />],
          login.needed === undefined
            ? undefined
            : ['Scopes needed', <ForeignText key="v" text={login.needed.join(' ')} />],
          login.expiresAt === undefined
            ? undefined
            : [
                'Access token',
                `until ${toMoment(login.expiresAt)}${login.canRefresh === true ? ', renewed by clarityd' : ''}`,
              ],
          login.by === undefined ? undefined : ['Signed in by', <ForeignText key="v" text={login.by} />],
        ]}
      />
    </>
  );
}

interface Validation {
  readonly valid: boolean;
  readonly issues: readonly string[];
}

/** Whether a reference resolves, and whether the service accepted it: both are different states. */
function ReferenceState({ use, service }: { readonly use: ManifestCredential; readonly service: ServiceEntry }) {
  const body = { auth_ref: use.authRef, purpose: use.purpose, service: service.ns };
  const [checked, setChecked] = useState<ApiResult<Validation>>();
  const { value, failure } = useRequest<Validation>(
    `/api/security/auth/validate?auth_ref=${encodeURIComponent(use.authRef)}`,
    [service.state],
  );
  const shown = checked?.kind === 'ok' ? checked.value : value;
  const isRefused = service.state === 'login' || (service.state === 'degraded' && shown?.valid === true);
  return (
    <span class="line">
      {shown?.valid === false && (
        <Status tone="bad">
          <ForeignText text={shown.issues[0] ?? 'not set'} />
        </Status>
      )}
      {shown?.valid === true && isRefused && <Status tone="warn">set, refused by the service</Status>}
      {shown?.valid === true && !isRefused && <Status tone="ok">set</Status>}
      {failure !== undefined && <span class="faint">not checked</span>}
      <Button
        label="Check"
        name={`Check ${toVisible(use.authRef)}`}
        kind="ghost"
        isSmall
        onPress={() => {
          void send<Validation>('POST', '/api/security/auth/validate', body).then(setChecked);
        }}
      />
    </span>
  );
}
