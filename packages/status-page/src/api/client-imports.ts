/** One server of the configurations of clients, and what an import does with it. */
export interface OfferedServer {
  readonly action: 'new' | 'same' | 'conflict' | 'unsupported';
  readonly name: string;
  readonly from: readonly { readonly client: string }[];
  readonly enabled: boolean;
  /** Command or address without secrets. */
  readonly starts: string;
  readonly secrets: readonly string[];
  readonly needs: readonly {
    readonly name: string;
    readonly description?: string;
    readonly secret: boolean;
    readonly fallback?: string;
  }[];
  readonly login: boolean;
  readonly notes: readonly string[];
  readonly reason?: string;
}

/** Reply of `GET /api/import`. */
export interface ClientImportPlan {
  readonly digest: string;
  readonly servers: readonly OfferedServer[];
  readonly files: readonly { readonly path: string; readonly problem?: string }[];
  readonly imports: readonly {
    readonly id: string;
    readonly at: string;
    readonly services: readonly string[];
    readonly files: readonly string[];
  }[];
}

/** Reply of `POST /api/import`. */
export interface ClientImportResult {
  readonly results: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly state?: string;
    readonly error?: string;
  }[];
  readonly rewired: readonly { readonly path: string; readonly problem?: string }[];
  readonly warnings: readonly string[];
}

/** Reply of `DELETE /api/import/:id`. */
export interface ClientImportUndo {
  readonly steps: readonly { readonly name: string; readonly result: string; readonly reason?: string }[];
}
