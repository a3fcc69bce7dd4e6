import { BYTES_IMPORTS } from './bytes-imports.ts';
import { EXIT_IMPORTS, LOG_IMPORTS, RANDOM_IMPORTS } from './effect-imports.ts';
import type { HostFunction } from './host-import.ts';
import type { GuestContext } from '../guest/host-state.ts';
import { JSON_IMPORTS } from './json-imports.ts';
import { LIST_IMPORTS } from './list-imports.ts';
import { MAP_IMPORTS } from './map-imports.ts';
import { MEMORY_IMPORTS } from './memory-imports.ts';
import { NUMBER_IMPORTS } from './number-imports.ts';
import { STRING_IMPORTS } from './string-imports.ts';
import { TEXT_TOOL_IMPORTS } from './regex-and-url-imports.ts';
import { TIME_IMPORTS } from './time-imports.ts';

/** The implemented host functions by import name. */
export const IMPLEMENTATIONS: ReadonlyMap<string, (host: GuestContext) => HostFunction> = new Map(
  [
    MEMORY_IMPORTS,
    STRING_IMPORTS,
    NUMBER_IMPORTS,
    LIST_IMPORTS,
    MAP_IMPORTS,
    BYTES_IMPORTS,
    JSON_IMPORTS,
    TEXT_TOOL_IMPORTS,
    TIME_IMPORTS,
    LOG_IMPORTS,
    RANDOM_IMPORTS,
    EXIT_IMPORTS,
  ].flatMap((group) => Object.entries(group)),
);
