import { serviceManifest } from './manifest-defaults.ts';
import type { Manifest } from './manifest.ts';
import type { OriginKind } from './origin-kinds.ts';

/** The origin of one service inside the process, with the manifest that registers it. */
export interface InProcessOrigin {
  readonly origin: string;
  readonly kind: OriginKind;
  readonly manifest: Manifest;
}

const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/**
 * Returns the origin `<prefix>_<name>` of a connector with one service.
 * @throws TypeError when the name is not of lower-case letters, digits, `-` and `_`, at most 64.
 */
export function inProcessOrigin(prefix: string, name: string): InProcessOrigin {
  if (!NAME.test(name)) throw new TypeError(`the name '${name}' of a service must match ${String(NAME)}`);
  const origin = `${prefix}_${name}`;
  return {
    origin,
    kind: {
      schema: {
        type: 'object',
        required: ['type'],
        additionalProperties: false,
        properties: { type: { const: origin } },
      },
      location: () => name,
      isRemote: false,
      runsCommand: false,
      isBuiltFromSource: false,
      legacyPolicy: [],
      callDefaults: {},
    },
    manifest: serviceManifest({ type: origin }, { sourceFile: origin, module: name }),
  };
}
