import { ExitCode } from '../support/cli-error.ts';
import type { Command } from '../command-support/command.ts';
import { findService, SERVICE_SUBJECT } from '../command-support/find-service.ts';
import { printReview, printOffered, printState } from '../command-support/render.ts';
import { startService } from '../command-support/start-service.ts';

const diff: Command = {
  syntax: 'diff <service>',
  describe: 'show changed tools of a service and quarantined ones',
  subject: SERVICE_SUBJECT,
  run: async (given, { api, output }) => {
    const { serviceId } = await findService(api, given);
    const review = await api.diff(serviceId);
    if (output.json) output.value(review);
    else printReview(output, review);
    return ExitCode.done;
  },
};

const interfaceCommand: Command = {
  syntax: 'interface <service>',
  describe: 'show the last read tools, prompts and resources of a service',
  subject: SERVICE_SUBJECT,
  run: async (given, { api, output }) => {
    const { serviceId } = await findService(api, given);
    const reply = await api.interface(serviceId);
    if (output.json) output.value(reply);
    else printOffered(output, reply);
    return ExitCode.done;
  },
};

const introspect: Command = {
  syntax: 'introspect <service>',
  describe: 'refresh the tools, prompts and resources of a running service',
  subject: SERVICE_SUBJECT,
  run: async (given, { api, output }) => {
    const { serviceId } = await findService(api, given);
    const reply = await api.introspect(serviceId);
    if (output.json) output.value(reply);
    else printOffered(output, reply.interface);
    return ExitCode.done;
  },
};

const restart: Command = {
  syntax: 'restart <service>',
  describe: 'restart a service',
  subject: SERVICE_SUBJECT,
  run: async (given, session) => {
    const { api, output } = session;
    const found = await findService(api, given);
    const onReply = (reply: unknown): void => {
      if (output.json) output.value(reply);
    };
    const service = await startService(session, found, { verb: 'restart', onReply });
    if (!output.json) printState(output, service);
    return ExitCode.done;
  },
};

const stop: Command = {
  syntax: 'stop <service>',
  describe: 'stop a service',
  subject: SERVICE_SUBJECT,
  run: async (given, { api, output }) => {
    const { serviceId } = await findService(api, given);
    const reply = await api.stop(serviceId);
    if (output.json) output.value(reply);
    else printState(output, reply.service);
    return ExitCode.done;
  },
};

const unquarantine: Command = {
  syntax: 'unquarantine <service>',
  describe: 'lift the quarantine of a service; --start also starts it',
  subject: SERVICE_SUBJECT,
  flags: {
    reason: { type: 'text', describe: 'reason for the audit log' },
    start: { type: 'switch', describe: 'start the service too' },
  },
  run: async (given, session) => {
    const { api, output } = session;
    const found = await findService(api, given);
    let reply: { readonly service: Parameters<typeof printState>[1] } = await api.unquarantine(
      found.serviceId,
      given.text('reason'),
    );
    if (given.has('start')) reply = { service: await startService(session, found, { verb: 'start' }) };
    if (output.json) output.value(reply);
    else printState(output, reply.service);
    return ExitCode.done;
  },
};

const start: Command = {
  syntax: 'start <service>',
  describe: 'start a service',
  subject: SERVICE_SUBJECT,
  run: async (given, session) => {
    const { api, output } = session;
    const found = await findService(api, given);
    const onReply = (reply: unknown): void => {
      if (output.json) output.value(reply);
    };
    const service = await startService(session, found, { verb: 'start', onReply });
    if (!output.json) printState(output, service);
    return ExitCode.done;
  },
};

/** Commands that act on one service. */
export const serviceVerbs: readonly Command[] = [
  start,
  stop,
  restart,
  introspect,
  interfaceCommand,
  diff,
  unquarantine,
];
