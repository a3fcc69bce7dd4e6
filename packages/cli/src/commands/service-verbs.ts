import { ExitCode } from '../support/cli-error.ts';
import type { Command } from '../command-support/command.ts';
import { findService, SERVICE_SUBJECT } from '../command-support/find-service.ts';
import { printReview, printOffered, printState } from '../command-support/render.ts';
import { assertRunning } from '../api/api-error.ts';

export const diff: Command = {
  syntax: 'diff <service>',
  describe: 'show how the tools of a service have changed, and what is held back',
  subject: SERVICE_SUBJECT,
  run: async (given, { api, output }) => {
    const { serviceId } = await findService(api, given);
    const review = await api.diff(serviceId);
    if (output.json) output.value(review);
    else printReview(output, review);
    return ExitCode.done;
  },
};

export const interfaceCommand: Command = {
  syntax: 'interface <service>',
  describe: 'show what a service offered when it was last asked',
  subject: SERVICE_SUBJECT,
  run: async (given, { api, output }) => {
    const { serviceId } = await findService(api, given);
    const reply = await api.interface(serviceId);
    if (output.json) output.value(reply);
    else printOffered(output, reply);
    return ExitCode.done;
  },
};

export const introspect: Command = {
  syntax: 'introspect <service>',
  describe: 'ask a running service anew what it offers',
  subject: SERVICE_SUBJECT,
  run: async (given, { api, output }) => {
    const { serviceId } = await findService(api, given);
    const reply = await api.introspect(serviceId);
    if (output.json) output.value(reply);
    else printOffered(output, reply.interface);
    return ExitCode.done;
  },
};

export const restart: Command = {
  syntax: 'restart <service>',
  describe: 'stop a service and start it again',
  subject: SERVICE_SUBJECT,
  run: async (given, { api, output }) => {
    const { serviceId } = await findService(api, given);
    const reply = await api.restart(serviceId);
    if (output.json) output.value(reply);
    assertRunning(reply.service);
    if (!output.json) printState(output, reply.service);
    return ExitCode.done;
  },
};

export const stop: Command = {
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

export const unquarantine: Command = {
  syntax: 'unquarantine <service>',
  describe: 'let a service that failed too often be started again; it starts nothing',
  subject: SERVICE_SUBJECT,
  flags: { reason: { type: 'text', describe: 'why, for the audit' } },
  run: async (given, { api, output }) => {
    const { serviceId } = await findService(api, given);
    const reply = await api.unquarantine(serviceId, given.text('reason'));
    if (output.json) output.value(reply);
    else printState(output, reply.service);
    return ExitCode.done;
  },
};

export const start: Command = {
  syntax: 'start <service>',
  describe: 'start a service',
  subject: SERVICE_SUBJECT,
  run: async (given, { api, output }) => {
    const { serviceId } = await findService(api, given);
    const reply = await api.start(serviceId);
    if (output.json) output.value(reply);
    assertRunning(reply.service);
    if (!output.json) printState(output, reply.service);
    return ExitCode.done;
  },
};
