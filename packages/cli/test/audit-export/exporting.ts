import { createRuntime, embeddedCaller, type AuditEvent, type Runtime } from '@clarity-runtime/core';

export const openRuntime = (): Promise<Runtime> => createRuntime({ connectors: [] });

/** Records events with these messages. */
export async function note(runtime: Runtime, ...messages: readonly string[]): Promise<void> {
  for (const message of messages) {
    await runtime.audit.record({ kind: 'security.warned', level: 'warn', message, caller: embeddedCaller });
  }
}

export const eventOf = (message: string, more: Partial<AuditEvent> = {}): AuditEvent => ({
  at: '2026-01-02T03:04:05.678Z',
  kind: 'security.warned',
  level: 'warn',
  message,
  seq: 1,
  id: 'i/1/1',
  ...more,
});

/** Resolves when `check` returns true. */
export async function until(check: () => boolean): Promise<void> {
  while (!check()) await new Promise((resolve) => setTimeout(resolve, 5));
}
