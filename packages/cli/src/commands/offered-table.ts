import type { InterfaceReply } from '../api/replies.ts';
import type { Output } from '../terminal/output.ts';

/** The tools of a service, by the names that they have on its own endpoint. */
export function printOffered(output: Output, { tools, interfaceRevision }: InterfaceReply): void {
  if (tools.length === 0) output.line(interfaceRevision === null ? 'it was never asked what it offers' : 'no tools');
  else
    output.table(
      ['TOOL', 'WHAT IT DOES'],
      tools.map(({ name, description = '' }) => [name, firstLine(description)]),
    );
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';
