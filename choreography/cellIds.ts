/// <reference types="@cloudflare/workers-types" />
/** The ids of cells, by their names: each is a hash to be computed, and nearly all calls go to the same few. */

/** Names of one namespace: where each key has an object of its own, they have no end. */
const IDS_MAX = 1_000

const known = new WeakMap<DurableObjectNamespace, Map<string, DurableObjectId>>()

export function idOf(namespace: DurableObjectNamespace, cell: string): DurableObjectId {
  const ids = known.get(namespace) ?? new Map<string, DurableObjectId>()
  known.set(namespace, ids)
  const kept = ids.get(cell)
  if (kept !== undefined) return kept
  if (ids.size >= IDS_MAX) ids.clear()
  const id = namespace.idFromName(cell)
  ids.set(cell, id)
  return id
}
