import { splitHidden } from '../text/hidden-characters.ts';

interface ForeignTextProps {
  readonly text: string;
  /** Text to highlight, compared without case. */
  readonly mark?: string;
}

/** Text of a service, a client or a file: characters that hide or reorder it are shown by their codes. */
export const ForeignText = ({ text, mark = '' }: ForeignTextProps) => (
  <>
    {splitHidden(text).map((part, index) =>
      part.isCode ? (
        <span key={index} class="odd" title="A character that is not visible">
          {part.text}
        </span>
      ) : (
        <Marked key={index} text={part.text} mark={mark} />
      ),
    )}
  </>
);

function Marked({ text, mark }: Required<ForeignTextProps>) {
  const at = mark === '' ? -1 : text.toLowerCase().indexOf(mark.toLowerCase());
  if (at < 0) return <>{text}</>;
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, at + mark.length)}</mark>
      {text.slice(at + mark.length)}
    </>
  );
}
