/**
 * An order's trace as a tree, read from its own journal: who said what because of what, how long it lay in a queue, and
 * how long whoever heard it was at work.
 *
 * 1. A request hangs from what caused it, an answer from the request it is the answer to.
 * 2. Queue wait is from said to held, work is from held to answered. The two clocks are different objects': a negative
 *    difference is shown as none.
 */
import type { OrderTrace, TimelineEntry } from "../order/views.ts"

export interface TraceNode {
  readonly id: string
  readonly type: string
  readonly direction: "in" | "out"
  readonly peer: string
  readonly span: string
  readonly saidAt: number
  /** Null: it has not been received, as far as the order knows. */
  readonly heardAt: number | null
  readonly queueMs: number | null
  /** Of an answer: how long its sender was at it, its own timers and calls included. */
  readonly workMs: number | null
  readonly statusAfter: string
  readonly note: string | null
  readonly children: TraceNode[]
}

export interface TraceTree {
  readonly traceId: string
  readonly startedAt: number
  readonly endedAt: number | null
  readonly durationMs: number
  /** Sums over everything but what listeners heard; what went on at the same time counts each for itself. */
  readonly queueMs: number
  readonly workMs: number
  readonly children: readonly TraceNode[]
}

/** They are told, and nobody waits for them. */
const LISTENERS: readonly string[] = ["Customer", "Monitor"]

export function traceTree({ traceparent, startedAt, endedAt, timeline }: OrderTrace, now: number): TraceTree {
  const roots: TraceNode[] = []
  const byId = new Map<string, TraceNode>()
  const nodes: TraceNode[] = []
  for (const entry of timeline) {
    const parent = parentOf(entry, nodes, byId)
    const node = nodeOf(entry, parent)
    nodes.push(node)
    // What is heard causes; of what is said, the first copy stands for all.
    if (entry.direction === "in" || !byId.has(entry.id)) byId.set(entry.id, node)
    ;(parent?.children ?? roots).push(node)
  }
  const ours = nodes.filter(({ peer }) => !LISTENERS.includes(peer.split("/")[0] ?? ""))
  return {
    traceId: traceparent.split("-")[1] ?? "",
    startedAt,
    endedAt,
    durationMs: Math.max(0, (endedAt ?? now) - startedAt),
    queueMs: sum(ours.map(({ queueMs }) => queueMs)),
    workMs: sum(ours.map(({ workMs }) => workMs)),
    children: roots,
  }
}

function parentOf(
  entry: TimelineEntry,
  nodes: readonly TraceNode[],
  byId: ReadonlyMap<string, TraceNode>,
): TraceNode | undefined {
  const cause = entry.causationId === null ? undefined : byId.get(entry.causationId)
  if (cause !== undefined || entry.direction === "out") return cause
  // Participants answer out of effects and timers of their own: the request is the last they were sent before.
  const saidAt = entry.saidAt ?? entry.at
  return nodes.findLast((node) => node.direction === "out" && node.peer === entry.peer && node.saidAt <= saidAt)
}

function nodeOf(entry: TimelineEntry, parent: TraceNode | undefined): TraceNode {
  const isHeard = entry.direction === "in"
  const saidAt = isHeard ? (entry.saidAt ?? entry.at) : entry.at
  const heardAt = isHeard ? entry.at : (entry.heldAt ?? entry.receivedAt ?? null)
  const since = isHeard && parent?.direction === "out" ? parent.heardAt : null
  return {
    id: entry.id,
    type: entry.type,
    direction: entry.direction,
    peer: entry.peer,
    span: entry.span ?? "",
    saidAt,
    heardAt,
    queueMs: heardAt === null ? null : Math.max(0, heardAt - saidAt),
    workMs: since === null ? null : Math.max(0, saidAt - since),
    statusAfter: entry.statusAfter,
    note: entry.note ?? null,
    children: [],
  }
}

function sum(values: readonly (number | null)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0)
}
