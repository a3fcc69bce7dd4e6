import { expect, test } from '@jest/globals';
import { exportNames } from './export-names.ts';
import { readText, textsOf } from './workspace-files.ts';

/** The exports of each entry point. A change of this list is a change of the public API and needs a decision. */
const pins: Readonly<Record<string, string>> = {
  '@clarity-runtime/adapter-functions': `
    ProtocolError functionsConnector
    type:FunctionCall type:FunctionPrompt type:FunctionResource type:FunctionTool type:FunctionsConnector
    type:FunctionsDefinition type:JsonArguments type:ObjectSchema type:StandardIssue type:StandardResult type:StandardSchema
  `,
  '@clarity-runtime/adapter-http': `
    assertBindAllowed createHttpServer createMcpHandler createRequestListener httpConnector mcpEndpoint
    type:FetchContext type:McpHandler type:McpHandlerOptions
    type:AuditExportLoad type:CallerResolver type:Challenge type:HttpConnectorLimits type:HttpConnectorOptions type:HttpLimits type:HttpServer type:HttpServerOptions
    type:ListeningAddress type:OwnAddress type:RequestHead type:RequestListener type:RequestListenerOptions type:TombstoneStore type:WorkerLoad
    jwtVerifier httpEgress oauthClient type:AccessTokenVerifier type:ImportOperations type:JwtVerifierOptions type:OAuthClientOptions type:ResourceServerOptions type:VerifiedToken
  `,
  '@clarity-runtime/adapter-sdk': `
    createClientTransport sdkServerConnector
    type:ClientTransportOptions type:SdkServer type:SdkServerConnector type:SdkServerOptions type:SdkTransport
  `,
  '@clarity-runtime/adapter-stdio': `
    BOOT_MARK DEFAULT_PROCESS_LIMITS SERVICE_MARK ServicePeers leftoverProcesses processConnector serveStdioBridge sweepLeftovers
    type:ChildRecord type:LeftoverProcess type:LoopbackConnection type:ProcessConnectorOptions type:ProcessLimits
    type:StdioBridgeLimits type:StdioBridgeOptions type:Swept
  `,
  '@clarity-runtime/adapter-store-fs': `
    ImportJournal STATE_FOLDER WorkspaceRecords acceptRegistry acquireDaemonLock assertOwn bootstrapClients configOfText environmentCredentials findConfigs hasMarkOf fsArtifactCleaner fsArtifactSource fsArtifactStore
    fsAccessTokenStore fsApprovalStore fsClientConfigs fsPolicyRegistry fsProfileStore fsSecretStore fsServiceRegistry fsTelemetry importClients makeOwnFolder nodeFiles markedSecretStore openFsStore openUserKey
    configValue ownFiles parseJsonText processTable readConfigFile readDigested readForeignFile recordedHead restoreFile rewireFile runtimeFolder trustFolders verifyTelemetry withDigest
    type:AcceptRegistryOptions type:AcceptedRegistry type:Boot type:ClientEnvironment type:DaemonLock
    type:DaemonLockOptions type:EnvironmentCredentialsOptions type:FileOperations type:FsArtifactStoreOptions
    type:FindConfigsOptions type:ForeignFileOptions type:FoundConfigs type:FoundFile type:FoundScope type:ImportRecord
    type:OpenImport type:RecordedHeadOptions type:RestoredFile type:RewireTarget type:RewiredFile
    type:FsClientConfigsOptions type:FsRegistryOptions type:FsSecretStoreOptions type:FsStore
    type:FsStoreOptions type:FsTelemetryOptions type:LockHolder type:MarkedSecretStoreOptions type:OpenFile type:ProcessTable
    type:OwnFilesOptions type:StateTrust type:TrustFolders type:TrustFoldersOptions type:UserKey type:UserKeyOptions
    type:VerifyTelemetryOptions type:WorkspaceRecord type:WorkspaceSeal
    fsLoginStore
  `,
  '@clarity-runtime/adapter-component': 'componentTranspiler type:ComponentTranspilerOptions',
  '@clarity-runtime/adapter-store-postgres': `
    inspectDatabase openPostgresStore storeAddress upgradeSchema
    type:DatabaseFacts type:DatabaseStores type:Migration type:PostgresStore type:PostgresStoreOptions type:RecordStores
    type:SchemaUpgrade type:StoreAddress type:StoreAddressOptions type:UpgradeOptions
  `,
  '@clarity-runtime/adapter-toolchain': `
    EXTENSION ToolchainError compileExternally compileFile compileProblem compileSource compilerInstaller compilerVersion
    configuredCompiler findSource findSources interfacePath readSource shownPath sourceWorkspace
    withoutInterface writeBuilt
    type:Built type:Compiled type:CompilerInstallerOptions type:ConfiguredCompilerOptions type:Environment
    type:ExternalBuild type:ExternalCompiler type:FoundSource type:FoundSourceFiles type:SearchLimits
    type:ToolchainErrorDetail
  `,
  '@clarity-runtime/adapter-wasm': `
    ProcessWasmHost WorkerWasmHost localWasmConnector openInThread runTests
    type:InThreadModule type:InThreadRequest type:LocalWasmDependencies type:PoolStats type:TestModule
    type:ProcessWasmHostOptions type:TestOutcome type:WorkerWasmHostOptions
  `,
  '@clarity-runtime/api-contract': `
    ERROR_CODES GRANTS REFUSAL_LIMITS auditEvent namedSchemas refusal routes
    type:ApiErrorCode type:ApiGrant type:ApiRoute type:ApprovalReply type:AuditEventReply type:AuditPageReply
    type:AuditVerdictReply type:ClientResultReply type:ClientStateReply type:ExplanationReply type:Immutable
    type:InterfaceReply type:OfferedDefinition type:PolicyReportReply type:ProfileReply type:ReviewReply type:SeenClientReply type:ServiceDetailsReply
    type:ServiceReply type:ServiceSummary type:StatusReply type:TenantReply type:TextReply type:TokenReply type:TrustReply
    type:LoginReply type:StartedLoginReply
    type:ImportBody type:ImportPlanReply type:ImportQuery type:ImportResultReply type:UndoneImportReply
    STATE_WORDS type:CallReply type:ConsoleReply type:ConsoleRow type:MinuteReply type:ProblemReply type:ToolCallReply
    problemCommand
  `,
  '@clarity-runtime/compiler': `
    check compile compileTests embeddedCompiler formatDiagnostic
    type:Compilation type:Diagnostic type:DiagnosticCode type:SourceFile
  `,
  '@clarity-runtime/core': `
    assertSecretName assertSecretValue childProcess ClarityError createContainer createRuntime credentialResolver defineService DISCOVERIES
    durabilityOf embeddedCaller ERROR_TABLE errorRow failure grantOf hasVerb isClarityError isSecretName isStoreError LEGACY_REVISIONS localWasm
    LoginFailure MODERN_REVISION parseManifest perRuntime PORT PREFIXES RawJson remote RpcCode Secret secretFileCredentials StoreError
    SUPPORTED_REVISIONS systemClock TOKEN_DOORS type:Approval type:ApprovalOperations type:ApprovalRecord type:ApprovalState type:AuditEvent
    type:AuditEventDraft type:AuditFilter type:AuditPage type:AuditReplay type:AuditTrail type:BootstrapRequest type:BootstrapResult type:CallDefaults
    type:Caller type:CallerCredential type:CallLimits type:CallMetrics type:CallPolicy type:CallRecord type:Cancellation type:Capabilities
    type:ChildProcessOptions type:CircuitBreakerOptions type:ClaimRecord type:ClarityField type:ClarityFunction type:ClarityType type:ClarityTypeDefinition
    type:ClientSetupOperations type:CompilerIdentity type:Container type:ControlAdapters type:CreatedToken type:CredentialQuestion type:CustomOrigin
    type:Definition type:Door type:Durability type:EnvironmentEntry type:Era type:ErrorCode type:ErrorKind type:Explanation type:FactoryProvider
    type:Failure type:FailureDetail type:FieldProblem type:Grant type:GrantLimits type:Health type:Implementation type:InterfaceChange
    type:InterfaceDiff type:InterfaceDocument type:InterfaceReview type:InterfaceReviews type:InterfaceSnapshot type:JsonSchema type:Lifecycle
    type:LimitName type:ListedTool type:LocalProcessOrigin type:LocalWasmOptions type:LocalWasmOrigin type:LoginChallenge type:LoginOperations
    type:LoginRecord type:LoginReport type:LoginRequest type:LoginState type:Manifest type:ManifestMetadata type:ManifestOptions type:ManifestSpec
    type:McpNotification type:McpReply type:McpRequest type:MinuteFigures type:OAuthSettings type:Origin type:OriginKind type:OriginType
    type:PolicyDocument type:PolicyOperations type:PolicyReport type:PolicyTestResult type:Principal type:PrincipalKind type:ProblemGroup type:Profile
    type:ProfileOperations type:ProfilePreview type:ProfileSpec type:Quarantine type:Registrant type:RemoteMcpOrigin type:RemoteOptions type:RemoteTls
    type:ResourceLimits type:RestartPolicy type:RpcError type:Runtime type:RuntimeAdapters type:RuntimeEventMap type:RuntimeEventName
    type:RuntimeInstance type:RuntimeMetrics type:RuntimeOptions type:RuntimeSetup type:SandboxMode type:SealedText type:SecretDestinations
    type:SecretOperations type:SecretScope type:Service type:ServiceArtifact type:ServiceDefinition type:ServiceDetails type:ServiceOperations
    type:ServicePolicy type:ServiceRecord type:ServiceRow type:ServiceStatus type:ServiceSurface type:ServiceView type:ShownLogin type:ShownToken
    type:StartedLogin type:StartSettings type:StorageState type:StoreErrorKind type:SupervisionOptions type:Token type:TokenDoor type:TokenIdentity
    type:TokenOperations type:TokenRecord type:TokenRequest type:TokenSet type:ToolCallRequest type:ToolCallResult type:ToolContent
    type:ToolDefinition type:ToolOperations type:ToolProgress type:ToolSurface type:TrustOperations type:TrustProblem type:TrustReport type:TrustState
    type:UpstreamGrant type:ValueProvider type:Verb type:Verdict type:Words type:GuestCapabilities
  `,
  '@clarity-runtime/core/audit-chain': `
    CHAIN_START ChainVerifier EventRing LogBuffer MAX_EVENT_BYTES TelemetryAuditStore classIndexOf decodeEvent
    encodeDrafts hashOver linkOver linksOver outcomeOf recordsGap sequencedJson unwrittenLinks
    type:AuditLink type:ChainBase type:ChainEnd type:ClassCounts type:KeptEvent type:TelemetryAuditStoreOptions
  `,
  '@clarity-runtime/core/internal': `
    AUTH_SCHEMES CALL_DURATION_BUCKETS CALL_OUTCOMES ClientSetup DEFAULT_ENTRY DEFAULT_MAX_TOOL_NAME HOPS_HEADER
    HOPS_META circleOf hopsIn objectOf DEFAULT_RESTART_POLICY EVENT_KINDS EXPIRY_NOTICE_MS PROFILE_AUTHS expiresSoon FairPool LIMIT_NAMES MAX_TOOL_NAME_LENGTH
    OPERATOR ORIGIN_KINDS POLICY_KNOBS RESERVED_NAMESPACES ROLES Redactor ServiceValues TOKEN_PREFIX VERBS VERSION
    allowedInstallers decide grantRequired assertHeaderValue checkCredential decodeText defaultPolicy defined
    deriveServiceId exposedToolName failedToolResult BUILT_IN_KINDS serviceDigest isSecretHeader isSecretParameter
    isSecretValue isSecretVariable launchIdentity namespaceOf originMember programKey hiddenValues hostOf importPlan
    DEFAULT_TENANT importedManifest isClientDoor isModel isOperator isOwnVariable isPackageRunner isRemote isTenantId lazyModule
    normalizeText isReservedHeader isSevere judgePacked manifestPolicy needsOf normalizeNamespace onBehalfOf originKind
    parseAuthRef principalKey programName CancellationSource isCancelled toCancellation redactedManifest registrantOf
    resolveCallLimits inProcessOrigin schemaValidator secretValueProblem sha256Hex type:CallingClient shownOrigin shownSource startLimits
    systemCaller systemEntropy toPrintableAscii valueParts valueText workspaceFileOf type:FoundInput type:FoundPair
    type:FoundPlace type:FoundProcess type:FoundRemote type:FoundServer type:ImportNeed type:ImportPlanRow
    type:PlannedServer type:PolicyKnob type:PolicyKnobName type:ReferenceSyntax type:RegisteredService type:Role
    type:ValueTemplate PERMANENT STATUS_WORDS needsAttention statusWord type:StatusWord accessKey
    callerRecord hasVerb heldVerbs contentDigest withSignal withToolVisibility type:Removal failureWords
    type:Problem GUEST_METHODS
  `,
  '@clarity-runtime/core/memory': `
    ManualClock MemoryAccessTokenStore MemoryApprovalStore MemoryArtifactStore MemoryInterfaceStore MemoryLeases MemoryLimiter
    MemoryClaimStore MemoryPolicyRegistry MemoryProfileStore MemoryRecordStore MemorySecretStore MemoryServiceRegistry MemoryTelemetry
    type:FenceCheck type:MemoryLeasesOptions type:MemoryRecordStoreOptions type:MemoryTelemetryOptions
    MemoryLoginSealer MemoryLoginStore
  `,
  '@clarity-runtime/core/ports': `
    assertTrusted loginOutcome needsLogin type:AccessTokenStore type:AdmissionLimits type:AppendContext type:ApprovalOutcome type:ApprovalStore
    type:ArtifactCleaner type:ArtifactKind type:ArtifactSource type:ArtifactStore type:AuditFault type:AuditHead type:AuditLevel type:AuditQuery
    type:AuditReset type:AuditStore type:AuditStoreCapabilities type:AuditVerdict type:AuditVerification type:AuthorizationClient
    type:AuthorizationRequest type:AuthorizationServer type:AuthProviders type:AuthRef type:AuthScheme type:AuthValidation type:BootstrapPutRequest
    type:CacheHint type:CallerRecord type:CallFigures type:CallFilter type:CallLoad type:CallOptions type:CallOutcome type:CallPage type:CallStage
    type:CallVerdict type:Cancellable type:Change type:ChangeReason type:CleanedUp type:ClientChange type:ClientConfig type:ClientConfigs
    type:ClientConfigState type:ClientRegistration type:Clock type:Compiler type:CompilerInstaller type:CompilerResult type:CompilerSource
    type:CompilerState type:ConfigScope type:ConfigTarget type:Connection type:ConnectionEvents type:ConnectOptions type:Credential
    type:CredentialCheck type:CredentialHealth type:CredentialProvider type:CredentialPurpose type:CredentialRequest type:CredentialResolver
    type:CredentialUse type:Cursor type:DeletedSecret type:DetailLimits type:Discovery type:Entropy type:EntryRequest type:EventKind type:Exchange type:Expect
    type:ExplainedReason type:ExplainOperation type:FeatureKind type:Fence type:FigureSeries type:FoundSources type:GatewayEntry type:GatewayScope
    type:GatewayTransport type:InstallOutcome type:InterfaceJudge type:InterfacePin type:InterfaceStore type:JournalMetrics type:Lease
    type:LeaseChange type:LeaseHolder type:LeaseRequest type:Leases type:LeaseUnavailable type:LimitCounts type:Limiter type:ListedSecret
    type:ListName type:LoginOutcome type:ClaimStore type:LoginSealer type:LoginStore type:LoginTarget type:McpGateway type:McpParams type:McpPeer type:NamedDefinition
    type:NewCalls type:OAuthClient type:OAuthClientMethod type:OAuthClientSettings type:ObservedEvent type:OriginKinds type:OutcomeRule
    type:OverviewOperations type:ParamHeader type:PinnedTool type:PolicyQuery type:PolicyRegistry type:PolicyRule type:PreviewedTool type:Problem
    type:ProblemFix type:ProblemSource type:ProfileBinding type:ProfilePrefix type:ProfileStore type:ProfileView type:PromptDefinition type:RateAnswer
    type:RateRequest type:RateRule type:ReadOptions type:ReasonCode type:RecordPage type:RecordStore type:RefusedRequest type:RegisteredClient
    type:ResourceDefinition type:ResourceTemplateDefinition type:Revision type:RuntimeMetricsReader type:Scaffold type:SchemaCheck type:SchemaProblem
    type:SchemaValidator type:SealContext type:SecretStore type:SecretStoreHealth type:SecretWrite type:SeriesStep type:ServiceConnector
    type:ServiceRegistry type:ServiceStates type:Severity type:Slot type:SlotRequest type:SlotsFull type:SourceSearch type:StateChanges
    type:StoreCapabilities type:StoredEvent type:StoredPage type:StoredSecret type:StoredSecrets type:StoreHealth type:Telemetry
    type:TelemetryCapabilities type:TelemetryHealth type:TelemetryMetrics type:TelemetryPage type:TelemetryRead type:TenantId type:TokenSlot
    type:TokenState type:ToolCall type:ToolVisibility type:TrustedService type:TrustReason type:UnsupportedRecord type:UpstreamAuthorization
    type:UpstreamRequestOptions type:Versioned type:WasmFailureCode type:WasmFunction type:WasmHost type:WasmLimits type:WasmModule
    type:WasmModuleSpec type:WasmReply type:Workspace type:WorkspaceTrust type:WriteContext type:WrittenPolicy type:WrittenSecret
    type:ComponentContents type:ComponentGrants type:ComponentTranspiler type:EngineInstance type:EngineProgram type:EngineReply
    type:EngineTools type:ExactJson type:GuestEngine type:GuestProgram type:Egress type:EgressRequest type:EgressResponse
    type:NetworkGrant
    type:CloseOptions type:PeerHost type:PeerName type:PeerStanding type:Peers
  `,
  '@clarity-runtime/core/protocol': `
    EraCache IdScanner idOfMessage TOLERANCES canBeMessage mediaType ownNumber textStart withoutMark withoutTrailingSlash type:Tolerance
    JsonRpcConnection NAME_PARAM_OF_METHOD PARAM_HEADER_PREFIX ParamHeaderCache SseReader
    announcedListChanges decodeHeaderValue discoverRequest encodeBatch encodeNotification encodeReply
    encodeRequest headerTextOf idKey initializeRequest interpretEnvelope invalidRequest isModernError
    listenFilter matchesHeaderValue notificationBytes readDiscovery readHeaderArguments readInitialization
    readMessage readSseEvents replyBytes scanEnvelope scanItems silentRequest sseComment sseEvent sseMessage
    strictMembers toDisplayText withHopMark LINKED_LIMITS LinkedConnection cancellationOf SessionRequests acceptHandshake claimedRevision claimsRevision
    classifyModernMeta clientOf introduction negotiatedRevision readMeta
    type:LinkedConnectionOptions type:ProtocolClassification type:RequestMeta type:SessionFacts
    type:ConnectionClock type:EncodedMessage type:HandshakeResult type:InvalidMessage type:JsonEnvelope
    type:JsonMembers type:JsonRefusal type:JsonRpcConnectionOptions type:JsonRpcMessage type:JsonRpcRequest
    type:MessageSender type:OutgoingRequest type:SseEvent type:SseEventFields type:Transport
  `,
  '@clarity-runtime/core/registry': `
    ChangeFeed inMemory
    type:RecordBacking type:RecordEntry type:TenantRecord
  `,
  '@clarity-runtime/core/testing': `
    accessTokenStoreContract approvalStoreContract artifactStoreContract auditStoreContract clientConfigContract contractAnswer
    credentialProviderContract interfaceStoreContract leasesContract limiterContract claimStoreContract policyRegistryContract profileStoreContract
    recordStoreContract sampleApproval sampleEvent sampleLogin samplePolicy sampleProfile sampleRecord sampleToken sampleWrite secretStoreContract serviceConnectorContract
    serviceRegistryContract telemetryContract withCallFaults withFaults withStalls withTelemetryFaults
    type:ClientConfigSetup type:ConnectorSetup type:ContractAnswer type:Fault type:LeasesSetup type:LimiterSetup
    type:OpenAuditStore type:ProviderSetup type:RecordSamples type:RecordStoreSetup type:RegistrySetup
    type:StallablePort type:TelemetrySetup type:TestKit
    loginStoreContract wasmHostContract type:WasmHostSetup
  `,
  '@clarity-runtime/core/text': `
    closestName escapeHiddenCharacters replaceHiddenCharacters
  `,
  'clarity-runtime': `
    statusPageFolder stockAdapters
    type:RemoteOptions type:StockAdapters type:StockAdaptersOptions
  `,
};

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

/** Returns the entry points in the manifests of the published packages, each with its source. */
async function doors(): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const [path, text] of await textsOf(/^packages\/[^/]+\/package\.json$/)) {
    const { name, exports = {} } = JSON.parse(text) as {
      name: string;
      exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
    };
    for (const [door, conditions] of Object.entries(exports)) {
      // The entry point of the page is an HTML file, not a module.
      if (typeof conditions === 'string') continue;
      const source = conditions['clarity-source'] ?? '';
      found.set(name + door.slice(1), path.replace('package.json', source.slice(2)));
    }
  }
  return found;
}

test('the published packages have exactly the pinned entry points', async () => {
  expect([...(await doors()).keys()].sort()).toEqual(Object.keys(pins).sort());
});

test.each(Object.keys(pins))('%s exports exactly the pinned names', async (door) => {
  const path = (await doors()).get(door) ?? '';
  const exported = exportNames(path, await readText(path));
  expect(exported).toEqual(words(pins[door] ?? '').toSorted());
});

test('exportNames reads every form of export and rejects a star export', () => {
  const source = `
    export { a, b as c, type D } from './x.ts';
    export type { E } from './y.ts';
    export const f = 1;
    export class G {}
    export function h() {}
    export interface I {}
    const notExported = 1;
  `;
  expect(exportNames('x.ts', source)).toEqual(['G', 'a', 'c', 'f', 'h', 'type:D', 'type:E', 'type:I']);
  expect(() => exportNames('x.ts', `export * from './x.ts';`)).toThrow('exports with a star');
  expect(() => exportNames('x.ts', 'export default 1;')).toThrow('default export');
});
