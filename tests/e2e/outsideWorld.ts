/**
 * A payment gateway and a carrier in a process of their own, with a ledger on disk: `docs/gateways.md` is the contract.
 *
 *     node tests/e2e/outsideWorld.ts <port> <ledger file> <seed> <token>
 *
 * 1. What is done is in the ledger before it is answered, so a kill at any moment forgets nothing.
 * 2. A key stands for one deed; a key that an undo has named is void for ever.
 * 3. It behaves as badly as the contract allows: refusals, 503s, lost answers, late answers. Chance decides by seed, key
 *    and try.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { fraction } from "./chance.ts"
import type { Deed, Deeds, Entry } from "./ledger.ts"

const [port = "", file = "", seed = "", token = ""] = process.argv.slice(2)

/** Shares of calls. */
const REFUSED = 0.06
const BUSY = 0.05
const ANSWER_LOST = 0.06
const ANSWER_LATE = 0.03
const ANSWER_GARBLED = 0.02
/** Longer than the shop waits. */
const LATE_MS = 2_500

const deeds: Record<Deeds, Map<string, Deed>> = {
  charges: new Map(),
  refunds: new Map(),
  labels: new Map(),
  cancellations: new Map(),
}
const tries = new Map<string, number>()

for (const line of existsSync(file) ? readFileSync(file, "utf8").split("\n") : []) {
  if (line !== "") remember(JSON.parse(line) as Entry) // written by `enter`, and by nobody else
}

function remember({ kind, key, deed }: Entry): void {
  deeds[kind].set(key, deed)
}

function enter(entry: Entry): Deed {
  appendFileSync(file, `${JSON.stringify(entry)}\n`)
  remember(entry)
  return entry.deed
}

interface Asked {
  readonly orderId: string
  readonly amount?: number | null
  readonly currency?: string
  /** The key of what is to be undone. */
  readonly charge?: string
  readonly label?: string
}

function act(kind: Deeds, key: string, asked: Asked): Deed {
  const known = deeds[kind].get(key)
  if (known !== undefined) return known
  return enter({ kind, key, orderId: asked.orderId, deed: DO[kind](key, asked) })
}

const DO: Record<Deeds, (key: string, asked: Asked) => Deed> = {
  charges(key, { amount, currency }) {
    if (fraction(`${seed}/refuse/${key}`) < REFUSED) {
      return { status: "declined", code: "INSUFFICIENT_FUNDS", reason: "not enough money" }
    }
    return { status: "captured", transactionId: `t:${key}`, amount: amount ?? 0, currency: currency ?? "" }
  },
  refunds(key, { orderId, charge = "", amount = null }) {
    const taken = deeds.charges.get(charge)
    const captured = taken?.status === "captured" ? taken.amount : 0
    if (taken === undefined) {
      const deed = { status: "declined", code: "EXPIRED", reason: "void" } as const
      enter({ kind: "charges", key: charge, orderId, deed })
    }
    return { status: "refunded", refundId: `r:${key}`, captured, refunded: Math.min(captured, amount ?? captured) }
  },
  labels(key) {
    if (fraction(`${seed}/refuse/${key}`) < REFUSED) return { status: "refused", reason: "no such address" }
    const trackingNumber = `T${key.replaceAll(/\W/g, "")}`.toUpperCase()
    return { status: "labelled", carrier: "Test Post", trackingNumber, estimatedDelivery: "2030-01-01T00:00:00.000Z" }
  },
  cancellations(_key, { orderId, label = "" }) {
    if (!deeds.labels.has(label)) {
      enter({ kind: "labels", key: label, orderId, deed: { status: "refused", reason: "void" } })
    }
    return { status: "cancelled" }
  },
}

function isKind(text: string): text is Deeds {
  return text in deeds
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.headers.authorization !== `Bearer ${token}`) {
    answer(response, 401, {})
    return
  }
  const [, kind = "", inPath] = (request.url ?? "").split("/")
  if (!isKind(kind)) {
    answer(response, 404, { status: "unknown" })
    return
  }
  if (request.method === "GET") {
    const deed = deeds[kind].get(decodeURIComponent(inPath ?? ""))
    answer(response, deed === undefined ? 404 : 200, deed ?? {})
    return
  }
  const key = String(request.headers["idempotency-key"])
  const asked = JSON.parse(await textOf(request)) as Asked // the shop's own client has written it
  const attempt = (tries.get(key) ?? 0) + 1
  tries.set(key, attempt)
  const mood = fraction(`${seed}/mood/${key}/${attempt}`)
  if (mood < BUSY) {
    answer(response, 503, {})
    return
  }
  const deed = act(kind, key, asked)
  if (mood < BUSY + ANSWER_LOST) response.destroy()
  else if (mood < BUSY + ANSWER_LOST + ANSWER_LATE) setTimeout(() => answer(response, 200, deed), LATE_MS)
  else if (mood < BUSY + ANSWER_LOST + ANSWER_LATE + ANSWER_GARBLED) answer(response, 500, {})
  else answer(response, deed.status === "declined" || deed.status === "refused" ? 402 : 200, deed)
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body))
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ""
  for await (const chunk of request) text += String(chunk)
  return text
}

createServer((request, response) => {
  serve(request, response).catch((error: unknown) => {
    console.error(error)
    response.destroy()
  })
}).listen(Number(port), "127.0.0.1")
