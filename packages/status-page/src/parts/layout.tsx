import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { RequestFailure } from '../api/request.ts';
import { showToast } from '../state/toasts.ts';
import { Button } from './button.tsx';
import { ForeignText } from './foreign-text.tsx';
import { Glyph } from './state-glyph.tsx';
import type { GlyphTone } from '../text/states.ts';

interface PanelProps {
  readonly title: ComponentChildren;
  readonly children?: ComponentChildren;
  readonly hint?: ComponentChildren;
  readonly more?: ComponentChildren;
  readonly class?: string;
}

/** A group with a heading and an optional link at its right. */
export function Panel({ title, children, hint, more, class: extra = '' }: PanelProps) {
  const id = useId();
  return (
    <div class={`panel ${extra}`} role="group" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {hint !== undefined && <span class="faint">{hint}</span>}
        {more !== undefined && <span class="push line">{more}</span>}
      </header>
      {children}
    </div>
  );
}

export type Fact = readonly [name: string, value: ComponentChildren];

/** Names and values. Rows that are `undefined` are left out. */
export const Facts = ({ rows }: { readonly rows: readonly (Fact | undefined)[] }) => (
  <dl class="kv">
    {rows
      .filter((row) => row !== undefined)
      .map(([name, value]) => (
        <div key={name} class="kv-row">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
  </dl>
);

interface TableProps {
  readonly label: string;
  /** Headings; `>` aligns the column right, an empty heading is named Actions. */
  readonly heads: readonly string[];
  readonly rows: readonly (readonly ComponentChildren[])[];
}

/** A table that scrolls sideways on its own. */
export const Table = ({ label, heads, rows }: TableProps) => (
  <div class="tablewrap" role="region" aria-label={label} tabIndex={0}>
    <table class="tbl">
      <thead>
        <tr>
          {heads.map((head, index) => (
            <th key={index} scope="col" class={head.startsWith('>') ? 'r' : ''}>
              {head.replace('>', '') || <span class="sr">Actions</span>}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, at) => (
          <tr key={at}>
            {row.map((cell, index) => (
              <td key={index} class={heads[index]?.startsWith('>') === true ? 'r num' : ''}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

/** A short word beside a name. */
export const Tag = ({ tone, children }: { readonly tone?: GlyphTone; readonly children: ComponentChildren }) => (
  <span class={`tag ${tone ?? ''}`}>{children}</span>
);

/** A notice in the tone of its state. */
export const Note = ({ tone, children }: { readonly tone: GlyphTone; readonly children: ComponentChildren }) => (
  <div class={`note ${tone}`}>
    <Glyph tone={tone} />
    <div class="stack tight grow">{children}</div>
  </div>
);

/** Copies a text, and says so. */
export function copyText(text: string, done = 'Copied'): void {
  navigator.clipboard.writeText(text).then(
    () => {
      showToast(done);
    },
    () => {
      showToast('The browser does not allow copying. Select the text.');
    },
  );
}

/** A command to copy. */
export const Command = ({ text }: { readonly text: string }) => (
  <div class="cmd">
    <code>{text}</code>
    <Button
      label="Copy"
      name={`Copy: ${text}`}
      kind="ghost"
      icon="copy"
      isSmall
      isIconOnly
      onPress={() => {
        copyText(text);
      }}
    />
  </div>
);

interface EmptyProps {
  readonly title: string;
  readonly children?: ComponentChildren;
}

export const EmptyState = ({ title, children }: EmptyProps) => (
  <div class="empty">
    <h2>{title}</h2>
    {children}
  </div>
);

interface ErrorPanelProps {
  readonly failure: RequestFailure | { readonly kind: 'refused' };
  readonly onRetry?: () => void;
}

/** The failure of one request: the rest of the view keeps working. */
export function ErrorPanel({ failure, onRetry }: ErrorPanelProps) {
  if (failure.kind === 'refused') return <p role="alert">The session has ended.</p>;
  const { reason, code, hint, isLost } = failure;
  return (
    <div class="note bad" role="alert">
      <Glyph tone="bad" />
      <div class="stack tight grow">
        <p>
          <ForeignText text={isLost === true ? `clarityd does not answer (${reason}).` : reason} />
        </p>
        {(code !== undefined || hint !== undefined) && (
          <p class="soft">
            {code !== undefined && <code>{code}</code>} {hint !== undefined && <ForeignText text={hint} />}
          </p>
        )}
        {onRetry !== undefined && (
          <p>
            <Button label="Retry" isSmall onPress={onRetry} />
          </p>
        )}
      </div>
    </div>
  );
}
