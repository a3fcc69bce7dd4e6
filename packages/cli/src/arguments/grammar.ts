/** A flag takes a text, or is there or not. */
export interface Flag {
  readonly type: 'text' | 'switch';
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
export class Given {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values;
  }

  /** The text of a flag or a positional; undefined when it was not given. */
  text(name: string): string | undefined {
    const value = Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
    return typeof value === 'string' ? value : undefined;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#values, name) && this.#values[name] === true;
  }

  /** All texts by name, as settings tables read them. */
  texts(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      Object.entries(this.#values).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  }
}
