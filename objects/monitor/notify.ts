/**
 * Tells someone of alerts, as Standard Webhooks has it: an id that stays the same over all tries, the time of the try, and
 * a signature over both and the body. A receiver that has seen the id knows all there is to know.
 */
import { TerminalFailure, TransientFailure } from "../../choreography/errors.ts"
import type { LogLine } from "../../choreography/platform.ts"
import type { Performer } from "../../choreography/service.ts"
import { sealed } from "../../domain/signature.ts"
import type { Notification } from "./shape.ts"

export interface NotifyPorts {
  readonly url: string | null
  readonly secret: string | null
  readonly now: () => number
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
  readonly log: (line: LogLine) => void
}

/** What the other side wants never to hear again. */
const GONE = 410

export function notifier(ports: NotifyPorts): Performer<Notification, object> {
  return {
    async perform(notification, { key, attempt, signal }) {
      if (attempt === 1) ports.log(lineOf(notification))
      if (ports.url === null) return {}
      const body = JSON.stringify(bodyOf(notification))
      const id = `msg_${key.replaceAll(/[^A-Za-z0-9]+/g, "_")}`
      const headers = { "content-type": "application/json", ...(await sealOf(ports, id, body)) }
      const answer = await send(ports, ports.url, { method: "POST", headers, body, signal })
      if (answer.status === GONE) throw new TerminalFailure("GONE", "whoever is to be told of alerts is gone")
      if (!answer.ok) throw new TransientFailure(`whoever is to be told of alerts answered ${String(answer.status)}`)
      return {}
    },
    lookup: () => Promise.resolve(undefined),
  }
}

async function send({ fetch }: NotifyPorts, url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch {
    // Telling twice is harmless: the id says that it is the same.
    throw new TransientFailure("whoever is to be told of alerts does not answer")
  }
}

function lineOf({ type, alert }: Notification): LogLine {
  const { id, name, message, value, threshold } = alert
  return { level: "warn", message: type.replace(".", " "), alert: message, name, id, value, threshold }
}

function bodyOf({ type, at, alert }: Notification) {
  const { raisedAt, resolvedAt, ...rest } = alert
  const time = (ms: number): string => new Date(ms).toISOString()
  const times = { raisedAt: time(raisedAt), resolvedAt: resolvedAt === null ? null : time(resolvedAt) }
  return { type, timestamp: time(at), data: { ...rest, ...times } }
}

async function sealOf({ secret, now }: NotifyPorts, id: string, body: string): Promise<Record<string, string>> {
  if (secret === null) return { "webhook-id": id, "webhook-timestamp": String(Math.floor(now() / 1_000)) }
  const { timestamp, signature } = await sealed(secret, id, now(), body)
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature }
}
