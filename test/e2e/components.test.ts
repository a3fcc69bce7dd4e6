import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { expect, test } from '@jest/globals';
import { startClarityd } from '../support/clarityd.ts';
import { legacyRawClient, modernRawClient, type RawClient } from '../support/raw-client.ts';
import { temporaryWorkspace } from '../support/workspace.ts';

/** Adds points, refuses zero, and rolls a die with random numbers of the host. */
const DICE = `(component
  (import "wasi:random/random@0.2.0" (instance $random (export "get-random-u64" (func (result u64)))))
  (core func $roll (canon lower (func $random "get-random-u64")))
  (core module $m
    (import "host" "roll" (func $roll (result i64)))
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
      (local.set $at (global.get $next))
      (global.set $next (i32.add (global.get $next) (i32.and (i32.add (local.get 3) (i32.const 7)) (i32.const -8))))
      (local.get $at))
    (func (export "move") (param i32 i32 i64) (result i32)
      (i32.store (i32.const 16) (i32.add (local.get 0) (i32.const 1)))
      (i32.store (i32.const 20) (i32.add (local.get 1) (i32.const 1)))
      (i64.store (i32.const 24) (local.get 2))
      (i32.const 16))
    (func (export "echo") (param i32 i32) (result i32)
      (i32.store (i32.const 16) (local.get 0))
      (i32.store (i32.const 20) (local.get 1))
      (i32.const 16))
    (func (export "half") (param i32) (result i32)
      (i32.store8 (i32.const 16) (i32.and (local.get 0) (i32.const 1)))
      (i32.store (i32.const 20) (i32.shr_u (local.get 0) (i32.const 1)))
      (i32.const 16))
    (func (export "roll") (result i64) (i64.add (i64.rem_u (call $roll) (i64.const 6)) (i64.const 1))))
  (core instance $i (instantiate $m (with "host" (instance (export "roll" (func $roll))))))
  (type $d0 (record (field "x" s32) (field "y-axis" s32) (field "id" u64)))
  (import "point" (type $point (eq $d0)))
  (func (export "move-point") (param "at" $point) (result $point)
    (canon lift (core func $i "move") (memory (core memory $i "memory"))))
  (func (export "echo") (param "text" string) (result string)
    (canon lift (core func $i "echo") (memory (core memory $i "memory")) (realloc (core func $i "realloc"))))
  (func (export "half") (param "of" u32) (result (result u32 (error u32)))
    (canon lift (core func $i "half") (memory (core memory $i "memory"))))
  (func (export "roll") (result u64) (canon lift (core func $i "roll"))))`;

const manifestOf = (wasmPath: string, capabilities: object): string =>
  JSON.stringify({
    apiVersion: 'clarity.runtime/v1',
    kind: 'MCPService',
    metadata: { sourceFile: wasmPath, module: 'dice' },
    spec: {
      origin: { type: 'local_wasm', wasmPath, entry: 'mcp_main' },
      ...{ enabled: true, autostart: true, policyRef: 'default', capabilities },
      restartPolicy: { mode: 'on-failure', maxRestarts: 3, windowSeconds: 60 },
    },
  });

async function resultOf(client: RawClient, name: string, args: object = {}): Promise<Record<string, unknown>> {
  const { result, error } = await client.request('tools/call', { name: `dice__fn__${name}`, arguments: args });
  if (result === undefined) throw new Error(`there is no result, but ${String(error)}`);
  return JSON.parse(result) as Record<string, unknown>;
}

test('a component is added, called in both eras with its types, and uses the host only as its manifest grants', async () => {
  await using workspace = await temporaryWorkspace();
  const wasmPath = join(workspace.path, 'dice.wasm');
  await writeFile(wasmPath, await parse(DICE));
  await using daemon = await startClarityd({ cwd: workspace.path });
  await daemon.json('add', wasmPath);
  const clients = [modernRawClient(`${daemon.url}/mcp`), await legacyRawClient(`${daemon.url}/mcp`)];
  for (const client of clients) {
    const at = { x: -2, 'y-axis': 7, id: '18446744073709551615' };
    expect((await resultOf(client, 'move_point', { at })).structuredContent).toEqual({ x: -1, 'y-axis': 8, id: at.id });
    expect((await resultOf(client, 'echo', { text: 'é 漢字 \u{1f600}' })).structuredContent).toEqual({
      result: 'é 漢字 \u{1f600}',
    });
    expect((await resultOf(client, 'half', { of: 8 })).structuredContent).toEqual({ result: 4 });
    expect(await resultOf(client, 'half', { of: 9 })).toMatchObject({ isError: true, _meta: { 'clarity/err': 4 } });
    expect(JSON.stringify(await resultOf(client, 'half', { of: -1 }))).toContain('ARGUMENTS_INVALID');
    expect(JSON.stringify(await resultOf(client, 'roll'))).toContain('spec.capabilities.random grants it');
  }
  const granted = join(workspace.path, 'dice.json');
  await writeFile(granted, manifestOf(wasmPath, { random: true }));
  await daemon.json('apply', '-f', granted);
  await daemon.ctl('restart', 'dice');
  for (const client of clients) {
    const { structuredContent } = await resultOf(client, 'roll');
    expect([1, 2, 3, 4, 5, 6]).toContain((structuredContent as { readonly result: number }).result);
  }
});
