import { accept } from './accept.ts';
import { addLocal } from './add-local.ts';
import { addAll } from './add-all.ts';
import { addProcess } from './add-process.ts';
import { addRemote } from './add-remote.ts';
import { add } from './add.ts';
import { apply } from './apply.ts';
import { approvals } from './approvals.ts';
import { audit } from './audit.ts';
import { auth } from './auth-command.ts';
import { bootstrap, bootstrapRemove } from './bootstrap-command.ts';
import type { Command } from '../command-support/command.ts';
import { complete, completion } from './completion.ts';
import { call } from './call.ts';
import { cost } from './cost.ts';
import { daemon, down } from './daemon.ts';
import { describeCommand, details } from './details.ts';
import { serviceVerbs } from './service-verbs.ts';
import { doctor } from './doctor.ts';
import { events } from './events.ts';
import { edit } from './edit.ts';
import { exportCommand } from './export.ts';
import { gateway } from './gateway.ts';
import { importCommand } from './import.ts';
import { install } from './install.ts';
import { explain } from './explain.ts';
import { list } from './list.ts';
import { logs } from './logs.ts';
import { offeredLists } from './offered-lists.ts';
import { plan } from './plan.ts';
import { policy } from './policy.ts';
import { profile } from './profile.ts';
import { remove } from './remove.ts';
import { schema } from './schema.ts';
import { service } from './service.ts';
import { serviceChanges } from './set.ts';
import { startSource } from './start-source.ts';
import { status } from './status.ts';
import { tenant } from './tenant.ts';
import { token } from './token.ts';
import { store } from './store.ts';
import { trust } from './trust.ts';
import { uninstall } from './uninstall.ts';
import { up } from './up.ts';
import { upgrade } from './upgrade.ts';

const named: readonly Command[] = [
  add,
  addAll,
  addRemote,
  addProcess,
  plan,
  apply,
  schema,
  edit,
  ...serviceChanges,
  exportCommand,
  list,
  status,
  call,
  ...offeredLists,
  cost,
  ...serviceVerbs,
  accept,
  explain,
  approvals,
  details,
  describeCommand,
  logs,
  events,
  audit,
  policy,
  remove,
  auth,
  bootstrap,
  bootstrapRemove,
  importCommand,
  install,
  gateway,
  token,
  tenant,
  profile,
  trust,
  store,
  daemon,
  down,
  upgrade,
  uninstall,
  service,
  doctor,
  addLocal,
  startSource,
];

const helped: readonly Command[] = [up(named), ...named];

/** All commands of `clarityctl`, in the order of the help. */
export const commands: readonly Command[] = [...helped, completion, complete(helped)];
