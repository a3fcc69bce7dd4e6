/** One flag: with one value (`text`), repeatable (`texts`), or without a value (`switch`). */
export interface Flag {
  readonly type: 'text' | 'texts' | 'switch';
  readonly describe: string;
  readonly alias?: string;
  /** The default as the help prints it. */
  readonly fallbackText?: string;
  /** Accepted, but left out of the help. */
  readonly hidden?: true;
  /** The value may be a secret: no error repeats words of a command line that has the flag. */
  readonly secret?: true;
}

export type Flags = Readonly<Record<string, Flag>>;

export interface CommandGrammar {
  /** `logs <service>`; `$0` is the program without a command. */
  readonly syntax: string;
  readonly describe: string;
  /** Describes the positional argument. */
  readonly subject?: string;
  readonly flags?: Flags;
  /** Describes the words after `--`, which are not parsed. Without it no word after `--` may start with a dash. */
  readonly rest?: string;
  /** A word after which others may be secrets: no error repeats words of a command line that has it. */
  readonly secretsAfter?: string;
  /** Accepted, but left out of the help. */
  readonly hidden?: true;
  /** Other names of the command. */
  readonly aliases?: readonly string[];
}

/** Commands of one heading in the help. */
export interface GuideGroup {
  readonly title: string;
  /** By the name of a command: one line of at most 60 columns, then command lines without the name of the program. */
  readonly commands: Readonly<Record<string, readonly [summary: string, ...examples: string[]]>>;
}

export interface Grammar<Command extends CommandGrammar> {
  /** Name of the program. */
  readonly name: string;
  readonly version: string;
  readonly flags: Flags;
  readonly commands: readonly Command[];
  /** Text below the help. */
  readonly epilogue?: string;
  /** Replaces the list of commands in the help, and adds examples to the help of each command. */
  readonly guide?: readonly GuideGroup[];
}

/** The arguments of one command line, as text. Settings tables and commands convert them. */
export class ParsedArgs {
  readonly #values: Readonly<Record<string, unknown>>;
  /** The words after `--`, for a command that declares `rest`. */
  readonly rest: readonly string[];

  constructor(values: Readonly<Record<string, unknown>>, rest: readonly string[] = []) {
    this.#values = values;
    this.rest = rest;
  }

  /** Returns the last value of a flag or positional, or undefined when it is absent. */
  text(name: string): string | undefined {
    return this.all(name).at(-1);
  }

  /** Returns all values of a flag, in order. */
  all(name: string): readonly string[] {
    return this.#every(name).filter((value) => typeof value === 'string');
  }

  /** Returns the values of a repeatable positional. */
  list(name: string): readonly string[] {
    const value = Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
    return Array.isArray(value) ? value.filter((text): text is string => typeof text === 'string') : [];
  }

  has(name: string): boolean {
    return this.#every(name).includes(true);
  }

  /** Returns the flags that were given, a repeated one once for each value. */
  flags(): readonly (readonly [name: string, value: string | true])[] {
    return Object.keys(this.#values).flatMap((name) => {
      if (!/^[a-z][a-z-]+$/.test(name)) return [];
      const values = this.#every(name).filter((value) => value === true || typeof value === 'string');
      return values.map((value) => [name, value] as const);
    });
  }

  /** Returns the last value of each name, as settings tables expect it. */
  texts(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      Object.keys(this.#values).flatMap((name): [string, string][] => {
        const text = this.text(name);
        return text === undefined ? [] : [[name, text]];
      }),
    );
  }

  #every(name: string): readonly unknown[] {
    const value = Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
    return Array.isArray(value) ? value : [value];
  }
}
