import type { ProblemEntry, ServiceEntry } from '../api/model.ts';
import type { ApiResult } from '../api/request.ts';
import { clearAndStart, operate, operateAll, removeService, type ServiceVerb } from '../api/services.ts';
import { openDialog, fieldOf, Field } from '../parts/dialog.tsx';
import { actions, runAction, toSentence } from '../state/actions.ts';
import { goTo, toServiceHref } from '../state/route.ts';
import { toPlural } from '../text/numbers.ts';
import { toVisible } from '../text/hidden-characters.ts';
import { askForLogin } from './login-dialog.tsx';
import { askForSecret } from './secret-dialog.tsx';

const BUSY: Readonly<Record<ServiceVerb, string>> = {
  start: 'Starting…',
  stop: 'Stopping…',
  restart: 'Restarting…',
  unquarantine: 'Working…',
  introspect: 'Reading…',
};

/** Key of the actions of a service: only one of them runs at a time. */
export const actionKey = (id: string): string => `service:${id}`;

export const startService = ({ id, ns }: ServiceEntry): Promise<unknown> =>
  runAction({ key: actionKey(id), busy: BUSY.start, run: () => operate(id, 'start'), done: `${toVisible(ns)} runs.` });

export const restartService = ({ id, ns }: ServiceEntry): Promise<unknown> =>
  runAction({
    key: actionKey(id),
    busy: BUSY.restart,
    run: () => operate(id, 'restart'),
    done: `${toVisible(ns)} restarted.`,
  });

export const stopService = (service: ServiceEntry): Promise<unknown> =>
  runAction({
    key: actionKey(service.id),
    busy: BUSY.stop,
    run: () => operate(service.id, 'stop'),
    done: `${toVisible(service.ns)} is stopped. Clients no longer see its ${toPlural(service.tools, 'tool')}.`,
    undo: () => void startService(service),
  });

export const unquarantineService = ({ id, ns }: ServiceEntry): Promise<unknown> =>
  runAction({
    key: actionKey(id),
    busy: BUSY.start,
    run: () => clearAndStart(id),
    done: `${toVisible(ns)} left the quarantine and runs.`,
  });

/** Asks for the name of the service before it is removed. */
export function askToRemove({ id, ns, tools }: ServiceEntry): void {
  openDialog({
    title: `Remove ${toVisible(ns)}?`,
    action: 'Remove',
    isDanger: true,
    body: (
      <>
        <p>
          This deletes its registration and accepted interface, and removes {toPlural(tools, 'tool')} from clients.
          Files are kept.
        </p>
        <Field label={`Type ${toVisible(ns)} to confirm`} name="confirm" />
      </>
    ),
    onSubmit: async (form) => {
      if (fieldOf(form, 'confirm') !== ns) return `The text is not ${toVisible(ns)}.`;
      const result = await removeService(id);
      if (result.kind !== 'ok') return toSentence(result);
      goTo('#/services');
      return undefined;
    },
  });
}

/** Runs an operation for several services. Each failure stays at its service. */
export async function actOnAll(
  services: readonly ServiceEntry[],
  verb: 'start' | 'stop' | 'restart' | 'clear',
  key: string,
): Promise<void> {
  const words = { start: 'started', stop: 'stopped', restart: 'restarted', clear: 'started' }[verb];
  const run = (id: string): Promise<ApiResult<unknown>> => (verb === 'clear' ? clearAndStart(id) : operate(id, verb));
  await runAction({
    key,
    busy: 'Working…',
    run: async () => {
      const failures = await operateAll(
        services.map(({ id }) => id),
        run,
      );
      const next = new Map(actions.value);
      for (const [id, failure] of failures) next.set(actionKey(id), { failure });
      actions.value = next;
      return { kind: 'ok', value: failures };
    },
    done: (failures) => {
      const good = services.length - failures.size;
      const names = services.filter(({ id }) => failures.has(id)).map(({ ns }) => toVisible(ns));
      const failed =
        names.length === 0
          ? ''
          : ` ${toPlural(names.length, 'service')} failed: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}.`;
      return `${toPlural(good, 'service')} ${words}.${failed}`;
    },
    ...(verb === 'stop' ? { undo: () => void actOnAll(services, 'start', key) } : {}),
  });
}

/** Does what the problem needs: an operation, a dialog or another view. */
export function fixProblem(problem: ProblemEntry, services: readonly ServiceEntry[]): void {
  const [first] = services;
  if (first === undefined) return;
  const key = problemKey(problem);
  switch (problem.fix?.kind) {
    case 'review_change':
      goTo(toServiceHref(first.ns, 'changes'));
      break;
    case 'sign_in':
      void askForLogin(first);
      break;
    case 'set_variable':
      askForSecret({ service: first, services, name: problem.fix.name ?? '', verb: 'set' });
      break;
    case 'replace_secret':
      askForSecret({ service: first, services, name: problem.fix.ref ?? problem.fix.name ?? '', verb: 'replace' });
      break;
    case 'clear_quarantine':
      void actOnAll(services, 'clear', key);
      break;
    default:
      void actOnAll(services, 'restart', key);
  }
}

export const problemKey = ({ id }: ProblemEntry): string => `problem:${id}`;
