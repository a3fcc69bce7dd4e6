import { ClarityError } from '../domain/errors/clarity-error.ts';
import { visibleText } from '../domain/text/hidden-characters.ts';
import type { ServiceSurface } from '../domain/services/manifest.ts';
import { displayed } from './field-path.ts';

/** Descriptions have only what a person sees, and no two tools that are written here end with one name. */
export function checkSurface({ tools = {} }: ServiceSurface): void {
  const holders = new Map<string, string>();
  for (const [tool, { name = tool, description = '' }] of Object.entries(tools)) {
    const path = displayed(`spec.surface.tools.${tool}`);
    if (visibleText(description) !== description) {
      const field = `${path}.description`;
      throw new ClarityError('MANIFEST_INVALID', `${field} must be text without characters that nobody sees`, {
        field,
        hint: 'take out controls besides tab and line ends, and what reorders, joins or fills without a width',
      });
    }
    const holder = holders.get(name);
    if (holder !== undefined) {
      const field = `${path}.name`;
      throw new ClarityError('MANIFEST_INVALID', `${field} and ${holder}.name must not end as the same name`, {
        field,
        hint: 'give one of the two tools another name; a tool without one keeps its own',
      });
    }
    holders.set(name, path);
  }
}
