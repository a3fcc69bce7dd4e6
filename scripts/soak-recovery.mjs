import { spawnSync } from 'node:child_process';
import process from 'node:process';

/** The long form of the recovery tests: a minute of calls while things go wrong, and two hundred services. */
const env = { CLARITY_SOAK_SECONDS: '60', CLARITY_SOAK_SERVICES: '200', ...process.env };
const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
const tests = ['outbound/recovery', 'outbound/many-remotes', 'adapter-stdio/test/recovery'];
const { status } = spawnSync(process.execPath, [...jest, '--runInBand', ...tests], { env, stdio: 'inherit' });
process.exitCode = status ?? 1;
