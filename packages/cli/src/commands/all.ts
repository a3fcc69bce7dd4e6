import { addLocal } from './add-local.ts';
import { addAll } from './add-all.ts';
import { add } from './add.ts';
import { audit } from './audit.ts';
import { auth } from './auth-command.ts';
import { bootstrap, bootstrapRemove } from './bootstrap-command.ts';
import type { Command } from './command.ts';
import { details } from './details.ts';
import { doctor } from './doctor.ts';
import { interfaceCommand } from './interface.ts';
import { introspect } from './introspect.ts';
import { list } from './list.ts';
import { logs } from './logs.ts';
import { remove } from './remove.ts';
import { restart } from './restart.ts';
import { startSource } from './start-source.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';

/** Every command of `clarityctl`, in the order of the help. */
export const commands: readonly Command[] = [
  add,
  addAll,
  list,
  status,
  start,
  stop,
  restart,
  introspect,
  interfaceCommand,
  details,
  logs,
  audit,
  remove,
  auth,
  bootstrap,
  bootstrapRemove,
  doctor,
  addLocal,
  startSource,
];
