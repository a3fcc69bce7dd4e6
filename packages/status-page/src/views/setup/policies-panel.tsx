import { get, send } from '../../api/request.ts';
import { Button } from '../../parts/button.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { EmptyState, ErrorPanel, Table } from '../../parts/layout.tsx';
import { toSentence } from '../../state/actions.ts';
import { showToast } from '../../state/toasts.ts';
import { useRequest } from '../../state/use-request.ts';
import { toVisible } from '../../text/hidden-characters.ts';
import { toPolicyRows } from '../../text/policy-rows.ts';
import { askToDelete, editDocument } from './document-editor.tsx';

interface PolicyDocument {
  readonly metadata: { readonly name: string; readonly description?: string };
  readonly spec: Parameters<typeof toPolicyRows>[0]['effective'];
}

const EMPTY = {
  apiVersion: 'clarity.runtime/v1',
  kind: 'Policy',
  metadata: { name: 'careful' },
  spec: { denyTools: ['delete_*'], rate: { perMinute: 60 } },
};

const pathOf = (name: string): string => `/api/policies/${encodeURIComponent(name)}`;

/** Policies: named rules that services refer to. */
export function PoliciesPanel() {
  const { value, failure, reload } = useRequest<{ readonly items: readonly PolicyDocument[] }>('/api/policies');
  return (
    <div class="stack">
      <div class="line">
        <p class="soft">A policy limits the calls of the services that name it in `policyRef`.</p>
        <span class="push">
          <Button
            label="New policy…"
            icon="add"
            onPress={() => {
              editDocument({
                title: 'New policy',
                document: EMPTY,
                save: (policy) => send('POST', '/api/policies/apply', { policy, digest: null }),
                onSaved: reload,
              });
            }}
          />
        </span>
      </div>
      {failure !== undefined && <ErrorPanel failure={failure} onRetry={reload} />}
      {value?.items.length === 0 && <EmptyState title="No policies" />}
      {value !== undefined && value.items.length > 0 && (
        <Table
          label="Policies"
          heads={['Name', 'Rules', '']}
          rows={value.items.map(({ metadata: { name, description }, spec }) => [
            <div key="name">
              <b>
                <ForeignText text={name} />
              </b>
              {description !== undefined && (
                <p class="soft">
                  <ForeignText text={description} />
                </p>
              )}
            </div>,
            <ForeignText
              key="rules"
              text={toPolicyRows({ serviceId: '', policyRef: name, effective: spec, sources: [] })
                .map(({ rule, value: text }) => `${rule}: ${text}`)
                .join('; ')}
            />,
            <span key="acts" class="line">
              <Button label="Edit…" name={`Edit ${name}`} isSmall onPress={() => void edit(name, reload)} />
              <Button
                label="Delete…"
                name={`Delete ${name}`}
                kind="ghost"
                isSmall
                onPress={() => {
                  askToDelete(name, pathOf(name), reload);
                }}
              />
            </span>,
          ])}
        />
      )}
    </div>
  );
}

/** Edits a policy as it is now; another change in between is a conflict. */
async function edit(name: string, onSaved: () => void): Promise<void> {
  const result = await get<{ readonly policy: unknown; readonly digest?: string }>(pathOf(name));
  if (result.kind !== 'ok') {
    showToast(toSentence(result));
    return;
  }
  const { policy, digest } = result.value;
  editDocument({
    title: `Edit ${toVisible(name)}`,
    document: policy,
    save: (edited) =>
      send('POST', '/api/policies/apply', { policy: edited, ...(digest === undefined ? {} : { digest }) }),
    onSaved,
  });
}
