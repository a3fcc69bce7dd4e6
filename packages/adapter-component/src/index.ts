export { componentTranspiler, type ComponentTranspilerOptions } from './component-transpiler.ts';
