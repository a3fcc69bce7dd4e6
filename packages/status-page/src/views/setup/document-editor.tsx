import { send, type ApiResult } from '../../api/request.ts';
import { Field, fieldOf, openDialog } from '../../parts/dialog.tsx';
import { toSentence } from '../../state/actions.ts';
import { showToast } from '../../state/toasts.ts';
import { toVisible } from '../../text/hidden-characters.ts';

interface EditorRequest {
  readonly title: string;
  readonly document: unknown;
  /** Sends the edited document. */
  readonly save: (document: unknown) => Promise<ApiResult<unknown>>;
  readonly onSaved: () => void;
}

/** Edits a document as JSON. The daemon validates it, and refuses a document that changed since it was read. */
export function editDocument({ title, document, save, onSaved }: EditorRequest): void {
  openDialog({
    title,
    action: 'Save',
    body: <Field label="Document as JSON" name="json" isLong value={JSON.stringify(document, null, 2)} />,
    onSubmit: async (form) => {
      let edited: unknown;
      try {
        edited = JSON.parse(fieldOf(form, 'json'));
      } catch (error) {
        return `The text is not JSON: ${error instanceof Error ? toVisible(error.message) : ''}`;
      }
      const result = await save(edited);
      if (result.kind !== 'ok') return toSentence(result);
      showToast('Saved.');
      onSaved();
      return undefined;
    },
  });
}

/** Asks before a document is deleted. */
export function askToDelete(name: string, path: string, onDeleted: () => void): void {
  openDialog({
    title: `Delete ${toVisible(name)}?`,
    action: 'Delete',
    isDanger: true,
    body: <p>The daemon refuses the deletion of a document that is in use.</p>,
    onSubmit: async () => {
      const result = await send('DELETE', path);
      if (result.kind !== 'ok') return toSentence(result);
      showToast(`${toVisible(name)} is deleted.`);
      onDeleted();
      return undefined;
    },
  });
}
