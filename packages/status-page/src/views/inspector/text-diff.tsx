import { ForeignText } from '../../parts/foreign-text.tsx';
import { diffLines } from '../../text/line-diff.ts';
import { toVisible } from '../../text/hidden-characters.ts';

interface TextDiffProps {
  readonly where: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

const SIGNS = { add: '+', del: '-', ctx: ' ' } as const;

/** A former and a present text, line by line. The sign at the start of a line is the signal, not its color. */
export const TextDiff = ({ where, before = '', after = '' }: TextDiffProps) => (
  <pre class="code fold" tabIndex={0} aria-label={`Difference of ${toVisible(where)}`}>
    <span class="ctx">
      <ForeignText text={where} />
      {':\n'}
    </span>
    {diffLines(before, after).map(({ kind, text }, index) => (
      <span key={index} class={kind}>
        {SIGNS[kind]} <ForeignText text={text} />
        {'\n'}
      </span>
    ))}
  </pre>
);
