/** `GET /orders/:ref/trace`: what an order waited for, and for how long. */
import { type TraceNode, traceTree } from "../domain/monitor/trace.ts"
import type { Answer } from "./api/routes.ts"
import { call } from "./calls.ts"
import type { Context } from "./edge.ts"
import { orderIdOf, unknownOrder } from "./references.ts"
import { time, timeOrNull } from "./render.ts"

export async function readTrace(c: Context): Promise<Answer<"GET /orders/:ref/trace">> {
  const orderId = await orderIdOf(c)
  const { services, outside } = c.get("shop")
  const trace = await call(c, (traceparent) => services.orders.ask(orderId, "trace", null, traceparent))
  if (trace === null) throw unknownOrder()
  const { startedAt, endedAt, children, ...rest } = traceTree(trace, outside.now())
  const ends = { startedAt: time(startedAt), endedAt: timeOrNull(endedAt) }
  return c.json({ orderId, status: trace.status, ...rest, ...ends, children: children.map(renderNode) }, 200)
}

interface RenderedNode extends Omit<TraceNode, "saidAt" | "heardAt" | "children"> {
  readonly saidAt: string
  readonly heardAt: string | null
  readonly children: readonly RenderedNode[]
}

function renderNode({ saidAt, heardAt, children, ...node }: TraceNode): RenderedNode {
  return { ...node, saidAt: time(saidAt), heardAt: timeOrNull(heardAt), children: children.map(renderNode) }
}
