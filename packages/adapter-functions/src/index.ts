/** Plain functions as a service: tools, resources and prompts without a protocol. */
export type {
  FunctionCall,
  FunctionPrompt,
  FunctionResource,
  FunctionsDefinition,
  FunctionTool,
  JsonArguments,
  ObjectSchema,
  StandardIssue,
  StandardResult,
  StandardSchema,
} from './definitions.ts';
export { ProtocolError } from './definitions.ts';
export { functionsConnector, type FunctionsConnector } from './functions-connector.ts';
