import type { ExplainOperation } from '../../ports/inbound/explanation.ts';
import type { InterfaceReviews } from '../../ports/inbound/interface-reviews.ts';
import { controlTool, READ, type ControlTool } from './control-tool.ts';
import { BOOLEAN, input, OBJECTS, output, serviceId, STRING, STRINGS, text } from './control-schemas.ts';

export const interfaceTools = (
  reviews: InterfaceReviews,
  explanations: () => ExplainOperation,
): readonly ControlTool[] => [
  controlTool<{ readonly service_id: string }>({
    name: 'diff_interface',
    title: 'Interface changes',
    description:
      'Shows how the tools of a service have changed since they were accepted, or since it was asked before: compatible, breaking or suspicious. Accepting a change is up to an operator.',
    inputSchema: input({ service_id: serviceId }, ['service_id']),
    outputSchema: output({ serviceId: STRING, verdict: STRING, changes: OBJECTS, held: STRINGS, pinned: BOOLEAN }),
    annotations: READ,
    grant: 'read',
    run: ({ caller, args }) => reviews.review(caller, args.service_id),
  }),
  controlTool<{ readonly tool: string }>({
    name: 'explain',
    title: 'Explain a tool',
    description:
      'Says why a tool is visible, hidden, renamed, denied, quarantined or unreachable for you, and the mend.',
    inputSchema: input({ tool: text('Name of the tool as it is listed, or <service>/<tool>.', 300) }, ['tool']),
    outputSchema: output({ tool: STRING, visibility: STRING, callable: BOOLEAN, reasons: OBJECTS }),
    annotations: READ,
    grant: 'read',
    run: ({ caller, args }) => explanations().explain(caller, args.tool),
  }),
];
