import type { ServiceReply } from '@clarity-runtime/api-contract';
import { useState } from 'preact/hooks';
import { send } from '../../api/request.ts';
import { Button, LinkButton } from '../../parts/button.tsx';
import { Field, fieldOf } from '../../parts/dialog.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { Command, ErrorPanel, Panel } from '../../parts/layout.tsx';
import { Status } from '../../parts/state-glyph.tsx';
import { busyWord, failureOf, runAction } from '../../state/actions.ts';
import { goTo, route, toServiceHref } from '../../state/route.ts';
import { useStore } from '../../state/store-context.ts';
import { toVisible } from '../../text/hidden-characters.ts';
import { splitCommand, toManifest, type ManifestRequest } from '../../text/new-manifest.ts';
import { ImportPanel } from './import-panel.tsx';

const KINDS = [
  { key: 'import', label: 'Import', text: 'Servers that your clients know' },
  { key: 'remote', label: 'Remote', text: 'A URL that serves MCP' },
  { key: 'command', label: 'Command', text: 'A program that speaks MCP on stdio' },
  { key: 'source', label: 'Source', text: 'A Clarity source or a module' },
  { key: 'json', label: 'JSON', text: 'A manifest' },
] as const;

const KEY = 'add';

/** Adds services: by import, address, command, source or manifest. */
export function AddView() {
  const asked = route.value.parts[1];
  const kind = KINDS.find(({ key }) => key === asked)?.key ?? 'import';
  return (
    <div class="view narrow">
      <div class="stack">
        <div class="picker" role="group" aria-label="Way to add services">
          {KINDS.map(({ key, label, text }) => (
            <button
              key={key}
              type="button"
              aria-pressed={key === kind}
              onClick={() => {
                goTo(`#/add/${key}`);
              }}
            >
              <b>{label}</b>
              <span class="soft">{text}</span>
            </button>
          ))}
        </div>
        {kind === 'import' && <ImportPanel />}
        {kind === 'remote' && (
          <AddForm key={kind} title="Add a remote service" read={readRemote} fields={<RemoteFields />} />
        )}
        {kind === 'command' && (
          <AddForm key={kind} title="Add a program" read={readCommand} fields={<CommandFields />} />
        )}
        {kind === 'source' && <SourceHelp />}
        {kind === 'json' && (
          <AddForm key={kind} title="Apply a manifest" read={readManifest} fields={<ManifestFields />} />
        )}
      </div>
    </div>
  );
}

type Read = (form: HTMLFormElement) => { readonly manifest: unknown } | { readonly refusal: string };

const RemoteFields = () => (
  <>
    <Field label="Address" name="endpoint" placeholder="https://mcp.example.com/mcp" />
    <Field
      label="Name"
      name="name"
      placeholder="docs"
      hint="Lower-case letters, digits and hyphens; part of the names of its tools."
    />
    <Field
      label="Credential"
      name="authRef"
      placeholder="file:docs-key"
      hint="A stored secret. Empty for none, or for a login."
    />
  </>
);

const CommandFields = () => (
  <>
    <Field
      label="Command"
      name="command"
      placeholder="npx -y @modelcontextprotocol/server-everything"
      hint="Words as in a shell, without variables, pipes and redirections."
    />
    <Field label="Name" name="name" placeholder="everything" />
    <Field label="Folder" name="cwd" hint="Empty for the workspace of clarityd." />
  </>
);

const ManifestFields = () => <Field label="Manifest as JSON" name="json" isLong />;

const readRemote: Read = (form) =>
  built({
    kind: 'remote',
    name: fieldOf(form, 'name').trim(),
    endpoint: fieldOf(form, 'endpoint').trim(),
    authRef: fieldOf(form, 'authRef').trim(),
  });

const readCommand: Read = (form) => {
  const words = splitCommand(fieldOf(form, 'command'));
  if (words === undefined) return { refusal: 'A quote of the command is not closed.' };
  return built({ kind: 'process', name: fieldOf(form, 'name').trim(), words, cwd: fieldOf(form, 'cwd').trim() });
};

const built = (request: ManifestRequest): ReturnType<Read> => {
  if (request.name === '') return { refusal: 'The name is empty.' };
  if (request.kind === 'remote' && request.endpoint === '') return { refusal: 'The address is empty.' };
  if (request.kind === 'process' && request.words.length === 0) return { refusal: 'The command is empty.' };
  return { manifest: toManifest(request) };
};

const readManifest: Read = (form) => {
  try {
    return { manifest: JSON.parse(fieldOf(form, 'json')) as unknown };
  } catch (error) {
    return { refusal: `The text is not JSON: ${error instanceof Error ? error.message : ''}` };
  }
};

interface AddFormProps {
  readonly title: string;
  readonly read: Read;
  readonly fields: preact.ComponentChildren;
}

/** Applies a manifest that does not replace another service, and shows the start as it goes on. */
function AddForm({ title, read, fields }: AddFormProps) {
  const [refusal, setRefusal] = useState<string>();
  const [added, setAdded] = useState<ServiceReply>();
  const failure = failureOf(KEY);
  const submit = async (form: HTMLFormElement): Promise<void> => {
    const result = read(form);
    setRefusal('refusal' in result ? result.refusal : undefined);
    if ('refusal' in result) return;
    const reply = await runAction({
      key: KEY,
      busy: 'Checking…',
      run: () =>
        send<{ readonly service: ServiceReply }>('POST', '/api/services/apply', {
          manifest: result.manifest,
          digest: null,
        }),
    });
    setAdded(reply?.service);
  };
  return (
    <>
      <Panel title={title}>
        <form
          class="form"
          novalidate
          onSubmit={(event) => {
            event.preventDefault();
            void submit(event.currentTarget);
          }}
        >
          {fields}
          {refusal !== undefined && (
            <p class="err" role="alert">
              {toVisible(refusal)}
            </p>
          )}
          {failure !== undefined && <ErrorPanel failure={failure} />}
          <p>
            <Button label="Add and start" type="submit" kind="primary" busy={busyWord(KEY)} onPress={() => undefined} />
          </p>
        </form>
      </Panel>
      {added !== undefined && <AddedService id={added.serviceId} namespace={added.namespace} />}
    </>
  );
}

function AddedService({ id, namespace }: { readonly id: string; readonly namespace: string }) {
  const service = useStore().byId.value.get(id);
  const isReady = service?.state === 'ready';
  return (
    <Panel title={<ForeignText text={namespace} />}>
      <p role="status">
        <Status tone={isReady ? 'ok' : service?.state === 'failing' ? 'bad' : 'busy'}>
          {service === undefined ? (
            'Registered.'
          ) : isReady ? (
            `Runs with ${String(service.tools)} tools.`
          ) : (
            <ForeignText text={service.line ?? 'It starts…'} />
          )}
        </Status>
      </p>
      <p>
        <LinkButton href={toServiceHref(namespace)}>Open</LinkButton>
      </p>
    </Panel>
  );
}

function SourceHelp() {
  const cli = useStore().runtime.value?.cli ?? 'clarityctl';
  return (
    <Panel title="Add a Clarity source">
      <p class="soft">The compiler reads files of this machine, so that a source is added on a terminal:</p>
      <Command text={`${cli} add examples/ledger`} />
      <p class="soft">A source that does not compile is reported with line, column and a hint.</p>
    </Panel>
  );
}
