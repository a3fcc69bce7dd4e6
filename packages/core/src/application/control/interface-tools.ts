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
      'Shows the changes of the tools of a service since the accepted or the previous interface: compatible, breaking or suspicious. Only an operator can accept a change.',
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
      'Explains why a tool is visible, hidden, renamed, denied, quarantined or unreachable for you, with a remedy.',
    inputSchema: input({ tool: text('Name of the tool as it is listed, or <service>/<tool>.', 300) }, ['tool']),
    outputSchema: output({ tool: STRING, visibility: STRING, callable: BOOLEAN, reasons: OBJECTS }),
    annotations: READ,
    grant: 'read',
    run: ({ caller, args }) => explanations().explain(caller, args.tool),
  }),
];
