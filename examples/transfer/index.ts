/** The bank's worker: its objects, its HTTP, its queues. */
import { type Context, Hono } from "hono"
import { z } from "zod"
import { host } from "../../choreography/cloudflare.ts"
import { asyncapi, type Performer } from "../../choreography/index.ts"
import { account, analytics, type Bank, bank, type Mail, notification } from "./services.ts"

/** What is bound, the choreography finds by name; the worker itself looks at none of it. */
type Env = object

/** Keys would have to move if this ever changed. */
const SETTINGS: Bank = { cells: 4 }
const BOUNDS = { receiptLeaseMs: 3_000 }

/** A receipt is a line in the log. Its id follows from the key, so that sending it twice is sending it once. */
const mail: Performer<Mail, { readonly id: string }> = {
  perform({ transferId, user }, { key }) {
    console.log(`receipt for ${user}: transfer ${transferId}`)
    return Promise.resolve({ id: `mail-${key}` })
  },
  lookup: () => Promise.resolve(undefined),
}

const cells = host<Env, Bank>({
  registry: bank,
  settings: SETTINGS,
  bounds: BOUNDS,
  performers: (service): Readonly<Record<string, Performer>> => (service === notification.name ? { mail } : {}),
})

export class Account extends cells.objects("Account") {}
export class Notification extends cells.objects("Notification") {}
export class Analytics extends cells.objects("Analytics") {}

const user = z.string().regex(/^[a-z]{1,32}$/)
const cents = z.int().min(1).max(1_000_000_000)
const opening = z.strictObject({ user, balance: cents })
const wish = z.strictObject({ id: z.string().regex(/^[\w-]{1,64}$/), from: user, to: user, amount: cents })

const app = new Hono<{ Bindings: Env }>()

app.get("/health", (c) => c.json({ status: "ok" }))

app.post("/accounts", async (c) => {
  const asked = opening.safeParse(await bodyOf(c))
  if (!asked.success) return refuse(c, asked.error)
  const { user: name, balance } = asked.data
  return c.json({ user: name, balance: await cells.client(account, c.env).ask(name, "open", { balance }) }, 201)
})

app.get("/accounts/:user", async (c) => {
  const name = c.req.param("user")
  const [state, receipts, totals] = await Promise.all([
    cells.client(account, c.env).ask(name, "view", null),
    cells.client(notification, c.env).ask(name, "receipts", null),
    cells.client(analytics, c.env).ask(name, "totals", null),
  ])
  if (state === null) return c.json({ error: "no such account" }, 404)
  return c.json({ user: name, ...state, receipts: receipts?.sent ?? [], transferred: totals?.totals ?? 0 })
})

app.delete("/accounts/:user", async (c) => {
  const isKnown = await cells.client(account, c.env).ask(c.req.param("user"), "close", null)
  return isKnown ? c.json({ closed: true }) : c.json({ error: "no such account" }, 404)
})

app.post("/transfers", async (c) => {
  const asked = wish.safeParse(await bodyOf(c))
  if (!asked.success) return refuse(c, asked.error)
  const { id, from, to, amount } = asked.data
  const standing = await cells.client(account, c.env).ask(from, "transfer", { id, to, amount })
  return c.json({ id, standing }, standing === "sent" ? 202 : 409)
})

app.get("/dead-letters", async (c) => {
  const query = { limit: 100, cursor: null, orderId: null, service: null, type: null }
  return c.json(await cells.office(c.env).list(query))
})

app.get("/asyncapi.json", (c) => {
  const description = "Money moves once, or comes back."
  const queueOf = (service: string) => `${service.toLowerCase()}-events`
  return c.json(asyncapi(bank, { title: "A bank", version: "1.0.0", description, queueOf }))
})

function bodyOf(c: Context): Promise<unknown> {
  return c.req.json().catch(() => undefined)
}

function refuse(c: Context, error: z.ZodError) {
  return c.json({ error: z.prettifyError(error) }, 422)
}

export default {
  fetch: app.fetch,
  queue: (batch, env, context) => cells.queue(batch, env, context),
  scheduled: (_event, env) => cells.scheduled(env),
} satisfies ExportedHandler<Env>
