import type { ClientImportPlan, ClientImportResult, ClientImportUndo } from '../../api/client-imports.ts';
import { send } from '../../api/request.ts';
import { Button } from '../../parts/button.tsx';
import { Checkbox, openDialog } from '../../parts/dialog.tsx';
import { ForeignText } from '../../parts/foreign-text.tsx';
import { Panel, Table, Tag } from '../../parts/layout.tsx';
import { Status } from '../../parts/state-glyph.tsx';
import { toSentence } from '../../state/actions.ts';
import { showToast } from '../../state/toasts.ts';
import { toVisible } from '../../text/hidden-characters.ts';
import { toMoment } from '../../text/times.ts';

/** The result of each server and file. */
export const ImportOutcome = ({ result }: { readonly result: ClientImportResult }) => (
  <Panel title="Result">
    <ul class="stack tight" role="status">
      {result.results.map(({ name, ok, error, state }) => (
        <li key={name}>
          <Status tone={ok ? 'ok' : 'bad'}>
            <ForeignText text={`${name}: ${error ?? state ?? 'imported'}`} />
          </Status>
        </li>
      ))}
      {result.rewired.map(({ path, problem }) => (
        <li key={path}>
          <Status tone={problem === undefined ? 'ok' : 'warn'}>
            <ForeignText text={`${path}: ${problem ?? 'uses Clarity now'}`} />
          </Status>
        </li>
      ))}
      {result.warnings.map((warning) => (
        <li key={warning}>
          <Tag tone="warn">note</Tag> <ForeignText text={warning} />
        </li>
      ))}
    </ul>
  </Panel>
);

interface EarlierImportsProps {
  readonly imports: ClientImportPlan['imports'];
  readonly onChange: () => void;
}

/** Imports that can be undone. */
export function EarlierImports({ imports, onChange }: EarlierImportsProps) {
  if (imports.length === 0) return null;
  return (
    <Panel title="Earlier imports">
      <Table
        label="Earlier imports"
        heads={['When', 'Services', 'Files', '']}
        rows={imports.map(({ id, at, services, files }) => [
          <span key="at" class="nowrap">
            {toMoment(at)}
          </span>,
          <ForeignText key="services" text={services.join(', ')} />,
          <ForeignText key="files" text={files.join(', ') || 'none changed'} />,
          <Button
            key="undo"
            label="Undo…"
            name={`Undo the import of ${toMoment(at)}`}
            isSmall
            onPress={() => {
              askToUndo(id, onChange);
            }}
          />,
        ])}
      />
    </Panel>
  );
}

function askToUndo(id: string, onChange: () => void): void {
  openDialog({
    title: 'Undo this import?',
    action: 'Undo the import',
    isDanger: true,
    body: (
      <>
        <p>The files get their former text, and services and secrets that did not change since are removed.</p>
        <Checkbox name="read" label="Undo it" />
      </>
    ),
    onSubmit: async (form) => {
      if (new FormData(form).get('read') !== 'yes') return 'Confirm the undo first.';
      const result = await send<ClientImportUndo>('DELETE', `/api/import/${encodeURIComponent(id)}`);
      if (result.kind !== 'ok') return toSentence(result);
      const failed = result.value.steps.filter(({ result: word }) => word === 'failed');
      onChange();
      if (failed.length > 0)
        return failed.map(({ name, reason }) => toVisible(`${name}: ${reason ?? 'failed'}`)).join('; ');
      showToast('The import is undone.');
      return undefined;
    },
  });
}
