/**
 * The hazard: nothing but the order is written before its 201. A process that dies right then takes all with it that was to
 * tell the customer's own cell; its newest order must be known all the same.
 */
import { afterAll, beforeAll, expect, test } from "vitest"
import { DevServer } from "./devServer.ts"
import { signal } from "./processes.ts"
import { Shopper } from "./shopper.ts"

/** News and second tries come far too late to help. */
const LATE_MS = 60_000
const vars = { PAYMENT_FAILURE_RATE: 0, LISTENER_DELAY_MS: LATE_MS, RECEIPT_LEASE_MS: LATE_MS }
const KILLS = 3

let server: DevServer

beforeAll(async () => {
  server = await DevServer.start(vars)
})

afterAll(async () => {
  await server.stop()
})

test(
  "a customer's newest order is known as soon as its 201 is answered, through a SIGKILL",
  { timeout: 120_000 },
  async () => {
    const shop = new Shopper(server.url)
    const placed: string[] = []
    for (let kill = 1; kill <= KILLS; kill++) {
      const { id } = await shop.place({ customerId: "cust_killed" })
      placed.unshift(id)
      const worker = server.worker()
      if (worker === null) throw new Error("nothing runs the code")
      signal(worker, "SIGKILL")
      await server.answers()
      expect((await shop.order("cust_killed")).id).toBe(id)
      expect((await shop.orders("cust_killed")).map((order) => order.id)).toEqual(placed)
    }
    expect((await shop.cancel("cust_killed")).headers.get("Location")).toBe(`/orders/${placed[0] ?? ""}`)
    expect(await shop.orders("cust_nobody")).toEqual([])
  },
)
