/** A port that a test can stop from answering. */
export interface StallablePort<T> {
  readonly port: T;
  /** Holds back every answer until the returned function is called. */
  readonly stall: () => () => void;
}

/** Returns a port over `inner` whose named methods, which return promises, can be stopped from answering. */
export function withStalls<T extends object>(inner: T, methods: readonly (keyof T)[]): StallablePort<T> {
  let gate = Promise.resolve();
  const port = new Proxy(inner, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      const method = member as (...given: readonly unknown[]) => Promise<unknown>;
      if (!methods.includes(name as keyof T)) return method.bind(target);
      return async (...given: readonly unknown[]) => {
        await gate;
        return method.apply(target, [...given]);
      };
    },
  });
  const stall = (): (() => void) => {
    let resume: () => void = () => undefined;
    gate = new Promise((resolve) => {
      resume = resolve;
    });
    return resume;
  };
  return { port, stall };
}
