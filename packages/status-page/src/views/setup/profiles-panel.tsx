import type { ProfileReply } from '@clarity-runtime/api-contract';
import { useState } from 'preact/hooks';
import { send } from '../../api/request.ts';
import { Button } from '../../parts/button.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { EmptyState, ErrorPanel, Panel, Table } from '../../parts/layout.tsx';
import { useRequest } from '../../state/use-request.ts';
import { toVisible } from '../../text/hidden-characters.ts';
import { toBytes, toCount, toPlural } from '../../text/numbers.ts';
import { askToDelete, editDocument } from './document-editor.tsx';

interface Preview {
  readonly discovery: string;
  readonly tools: readonly { readonly name: string; readonly namespace: string; readonly isListed: boolean }[];
  readonly listBytes: number;
}

const EMPTY = {
  apiVersion: 'clarity.runtime/v1',
  kind: 'Profile',
  metadata: { name: 'coding' },
  spec: { services: ['*'], discovery: 'full' },
};

const save = (document: unknown) => send('POST', '/api/profiles', { profile: document });

/** Profiles: views of some services and tools, each with its own address and list. */
export function ProfilesPanel() {
  const { value, failure, reload } = useRequest<{ readonly items: readonly ProfileReply[] }>('/api/profiles');
  const [shown, setShown] = useState<string>();
  return (
    <div class="stack">
      <div class="line">
        <p class="soft">
          A profile shows a client some services and tools at <code>/mcp/profiles/&lt;name&gt;</code>.
        </p>
        <span class="push">
          <Button
            label="New profile…"
            icon="add"
            onPress={() => {
              editDocument({ title: 'New profile', document: EMPTY, save, onSaved: reload });
            }}
          />
        </span>
      </div>
      {failure !== undefined && <ErrorPanel failure={failure} onRetry={reload} />}
      {value?.items.length === 0 && (
        <EmptyState title="No profiles">
          <p class="soft">Clients get all services that their token allows.</p>
        </EmptyState>
      )}
      {value !== undefined && value.items.length > 0 && (
        <Table
          label="Profiles"
          heads={['Name', 'Services', 'List', '']}
          rows={value.items.map((profile) => {
            const { name, title } = profile.metadata;
            const path = `/api/profiles/${encodeURIComponent(name)}`;
            return [
              <b key="name">
                <ForeignText text={title === undefined ? name : `${name} (${title})`} />
              </b>,
              <ForeignText key="services" text={profile.spec.services.join(', ')} />,
              profile.spec.discovery ?? 'full',
              <span key="acts" class="line">
                <Button
                  label="Preview"
                  name={`Preview ${name}`}
                  isSmall
                  onPress={() => {
                    setShown(name);
                  }}
                />
                <Button
                  label="Edit…"
                  name={`Edit ${name}`}
                  isSmall
                  onPress={() => {
                    editDocument({ title: `Edit ${toVisible(name)}`, document: profile, save, onSaved: reload });
                  }}
                />
                <Button
                  label="Delete…"
                  name={`Delete ${name}`}
                  kind="ghost"
                  isSmall
                  onPress={() => {
                    askToDelete(name, path, reload);
                  }}
                />
              </span>,
            ];
          })}
        />
      )}
      {shown !== undefined && <ProfilePreview key={shown} name={shown} />}
    </div>
  );
}

function ProfilePreview({ name }: { readonly name: string }) {
  const { value, failure, reload } = useRequest<Preview>(`/api/profiles/${encodeURIComponent(name)}/preview`);
  return (
    <Panel title={`Tools of ${toVisible(name)}`}>
      {failure !== undefined && <ErrorPanel failure={failure} onRetry={reload} />}
      {value !== undefined && (
        <>
          <p>
            {toPlural(value.tools.filter(({ isListed }) => isListed).length, 'listed tool')} of{' '}
            {toCount(value.tools.length)}, {toBytes(value.listBytes)}, ≈ {toCount(value.listBytes / 4)} tokens.
          </p>
          <ul class="dashes">
            {value.tools.slice(0, 200).map((tool) => (
              <li key={tool.name} class="wrap mono">
                <ForeignText text={tool.name} />
                {!tool.isListed && <span class="faint"> by search</span>}
              </li>
            ))}
          </ul>
          {value.tools.length > 200 && <p class="faint">and {toCount(value.tools.length - 200)} more</p>}
        </>
      )}
    </Panel>
  );
}
