export type { TestKit } from './test-kit.ts';
