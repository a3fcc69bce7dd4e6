import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Button } from './button.tsx';

/** A question to the user. `onSubmit` returns a sentence to keep the dialog open with it. */
export interface DialogContent {
  readonly title: string;
  readonly body: ComponentChildren;
  /** Label of the button that submits; a dialog without it only closes. */
  readonly action?: string;
  readonly isDanger?: boolean;
  readonly onSubmit?: (form: HTMLFormElement) => Promise<string | undefined> | string | undefined;
}

/** The open dialog. */
const current = signal<DialogContent | undefined>(undefined);

export function openDialog(content: DialogContent): void {
  current.value = content;
}

export function closeDialog(): void {
  current.value = undefined;
}

/** Returns the text of a field of a form. */
export function fieldOf(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === 'string' ? value : '';
}

/** Shows the dialog that `openDialog` set. The browser returns the focus when it closes. */
export function DialogHost() {
  const content = current.value;
  return content === undefined ? null : <OpenDialog key={content.title} content={content} />;
}

function OpenDialog({ content: { title, body, action, isDanger, onSubmit } }: { readonly content: DialogContent }) {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    const before = document.activeElement;
    box.current?.showModal();
    return () => {
      // A key that follows Escape may have moved the focus before the event of the close arrives.
      const { activeElement, body } = document;
      const isFree = activeElement === null || activeElement === body || box.current?.contains(activeElement) === true;
      if (isFree && before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const submit = async (form: HTMLFormElement): Promise<void> => {
    setBusy(true);
    const refusal = await onSubmit?.(form);
    setBusy(false);
    setProblem(refusal);
    if (refusal === undefined) closeDialog();
  };
  return (
    <dialog ref={box} aria-labelledby={id} onClose={closeDialog}>
      <form
        novalidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBusy) void submit(event.currentTarget);
        }}
      >
        <h2 id={id}>{title}</h2>
        {body}
        {problem !== undefined && (
          <p class="err" role="alert">
            {problem}
          </p>
        )}
        <div class="acts">
          <Button label={action === undefined ? 'Close' : 'Cancel'} kind="ghost" onPress={closeDialog} />
          {action !== undefined && (
            <Button
              label={action}
              type="submit"
              kind={isDanger === true ? 'danger' : 'primary'}
              busy={isBusy ? 'Working…' : undefined}
              onPress={() => undefined}
            />
          )}
        </div>
      </form>
    </dialog>
  );
}

interface FieldProps {
  readonly label: string;
  readonly name: string;
  readonly hint?: ComponentChildren;
  readonly type?: 'text' | 'password';
  readonly value?: string;
  readonly placeholder?: string;
  readonly isLong?: boolean;
}

/** A labelled text field of a form. */
export function Field({ label, name, hint, type = 'text', value, placeholder, isLong = false }: FieldProps) {
  const id = useId();
  const common = { id, name, placeholder, autocomplete: 'off', spellcheck: false } as const;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {isLong ? (
        <textarea {...common} rows={6} defaultValue={value} />
      ) : (
        <input {...common} type={type} defaultValue={value} />
      )}
      {hint !== undefined && <p class="hint">{hint}</p>}
    </div>
  );
}

export const Checkbox = ({ label, name }: { readonly label: string; readonly name: string }) => (
  <label class="check">
    <input type="checkbox" name={name} value="yes" />
    {label}
  </label>
);
