/** The HTTP API of Clarity Runtime: schemas of bodies, queries and replies, and one table of routes. */
export {
  auditEvent,
  type AuditEventReply,
  type AuditPageReply,
  type AuditVerdictReply,
  type ServiceDetailsReply,
} from './audit.ts';
export type { ClientResultReply, ClientStateReply } from './clients.ts';
export {
  STATE_WORDS,
  type CallReply,
  type SeenClientReply,
  type ConsoleReply,
  type ConsoleRow,
  type MinuteReply,
  type ProblemReply,
} from './console-parts.ts';
export { ERROR_CODES, refusal, type ApiErrorCode } from './errors.ts';
export type { ImportBody, ImportPlanReply, ImportQuery, ImportResultReply, UndoneImportReply } from './imports.ts';
export type { LoginReply, StartedLoginReply } from './logins.ts';
export type { PolicyReportReply } from './policies.ts';
export { problemCommand } from './problem-command.ts';
export type { ProfileReply } from './profiles.ts';
export type { ApprovalReply, ExplanationReply, ReviewReply } from './reviews.ts';
export { GRANTS, type ApiGrant, type ApiRoute, type TextReply } from './route.ts';
export { routes } from './routes.ts';
export { namedSchemas, type Immutable } from './schemas.ts';
export type { InterfaceReply, OfferedDefinition, ServiceReply, ServiceSummary } from './services.ts';
export { REFUSAL_LIMITS, type StatusReply } from './status.ts';
export type { TenantReply } from './tenants.ts';
export type { TokenReply } from './tokens.ts';
export type { ToolCallReply } from './tools.ts';
export type { TrustReply } from './trust.ts';
