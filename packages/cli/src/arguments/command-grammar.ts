/** A flag takes a text, takes one each time that it is given, or is there or not. */
export interface Flag {
  readonly type: 'text' | 'texts' | 'switch';
  readonly describe: string;
  readonly alias?: string;
  /** How its default reads in the help. */
  readonly fallbackText?: string;
  /** Understood, but not in the help. */
  readonly hidden?: true;
}

export type Flags = Readonly<Record<string, Flag>>;

export interface CommandGrammar {
  /** `logs <service>`; `$0` is the program without a command. */
  readonly syntax: string;
  readonly describe: string;
  /** What its one positional argument is. */
  readonly subject?: string;
  readonly flags?: Flags;
  /** What stands behind `--`, taken as it is; without it nothing that looks like a flag may stand there. */
  readonly rest?: string;
}

export interface Grammar<Command extends CommandGrammar> {
  /** The program's own name. */
  readonly name: string;
  readonly version: string;
  readonly flags: Flags;
  readonly commands: readonly Command[];
  /** What stands below the help. */
  readonly epilogue?: string;
}

/** What was given on the command line; it is text until a settings table or a command has read it. */
export class ParsedArgs {
  readonly #values: Readonly<Record<string, unknown>>;
  /** What stood behind `--`, for a command that takes it. */
  readonly rest: readonly string[];

  constructor(values: Readonly<Record<string, unknown>>, rest: readonly string[] = []) {
    this.#values = values;
    this.rest = rest;
  }

  /** The text of a flag or a positional, the last one when it was given again; undefined when it was not given. */
  text(name: string): string | undefined {
    return this.all(name).at(-1);
  }

  /** Every text that was given, in order. */
  all(name: string): readonly string[] {
    return this.#every(name).filter((value) => typeof value === 'string');
  }

  /** The texts of a positional that may be given more than once. */
  list(name: string): readonly string[] {
    const value = Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
    return Array.isArray(value) ? value.filter((text): text is string => typeof text === 'string') : [];
  }

  has(name: string): boolean {
    return this.#every(name).includes(true);
  }

  /** All texts by name, as settings tables read them. */
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
