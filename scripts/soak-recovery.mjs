import './own-home.mjs';
import { spawnSync } from 'node:child_process';
import process from 'node:process';

/** Runs the recovery tests in their long form: one minute of calls with failures, then 200 services. */
const env = { CLARITY_SOAK_SECONDS: '60', CLARITY_SOAK_SERVICES: '200', ...process.env };
const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
const tests = ['http-connector.recovery', 'integration/many-remotes', 'process-connector.recovery'];
const runs = [
  [...jest, '--runInBand', ...tests],
  ['scripts/soak-remotes.mjs', ...process.argv.slice(2)],
];
const codes = runs.map((argv) => spawnSync(process.execPath, argv, { env, stdio: 'inherit' }).status ?? 1);
process.exitCode = Math.max(...codes);
