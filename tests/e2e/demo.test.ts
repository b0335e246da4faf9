/** The hazard: a demo that shows off and proves nothing. It ends well only if each of its orders does. */
import { execFile } from "node:child_process"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { z } from "zod"
import { cases } from "../../scripts/demo/cases.ts"
import { configurationOf, readConfiguration, writeConfiguration } from "../../scripts/deployment/configuration.ts"
import { DevServer, root } from "./devServer.ts"
import { freePort } from "./processes.ts"

describe("npm run demo", () => {
  let server: DevServer

  beforeAll(async () => {
    server = await DevServer.start({ DISPATCH_DELAY_MS: 2_000, TRANSIT_DELAY_MS: 200, DELIVERY_DELAY_MS: 200 })
  })

  afterAll(async () => {
    await server.stop()
  })

  test("every kind of order ends as it has to, and it says what to look at", async () => {
    const { code, output } = await demo(server.url)
    expect([code, output]).toEqual([0, expect.stringContaining(`${cases.length} of ${cases.length} have ended`)])
    for (const { name } of cases) expect(output).toMatch(new RegExp(`✓ ${name} `))
    expect(output).not.toContain("\u001B")
    for (const [url = ""] of output.matchAll(/^ {2}http:\S+$/gm)) {
      expect([url, (await fetch(url.trim())).status]).toEqual([url, 200])
    }
  })

  test("an order that ends otherwise is said, and the demo fails", async () => {
    // There is too little on the shelf for it.
    const shelf = await fetch(`${server.url}/inventory/GADGET-002`)
    const { available } = z.object({ available: z.number() }).parse(await shelf.json())
    await fetch(`${server.url}/orders`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        ...cases[1]?.order,
        customerId: "cust_all",
        items: [{ sku: "GADGET-002", quantity: available }],
      }),
    })
    const { code, output } = await demo(server.url)
    expect([code, output]).toEqual([1, expect.stringContaining("✗ reserve first")])
  })

  test("a shop that isn't there is said", async () => {
    const { code, output } = await demo(`http://localhost:${await freePort()}`)
    expect([code, output]).toEqual([2, expect.stringContaining("npm start")])
  })
})

describe("a shop with several queues per service", () => {
  let server: DevServer

  beforeAll(async () => {
    const file = readConfiguration()
    const three = configurationOf({ ...file, vars: { ...file.vars, QUEUE_SHARDS: "3" } }, "preview")
    const delays = { DISPATCH_DELAY_MS: 2_000, TRANSIT_DELAY_MS: 200, DELIVERY_DELAY_MS: 200 }
    server = await DevServer.start(delays, root, ["--config", writeConfiguration(three, "preview")])
  })

  afterAll(async () => {
    await server.stop()
  })

  test("is the same shop: every kind of order ends as it has to", async () => {
    const { code, output } = await demo(server.url)
    expect([code, output]).toEqual([0, expect.stringContaining(`${cases.length} of ${cases.length} have ended`)])
  })
})

function demo(url: string): Promise<{ readonly code: number; readonly output: string }> {
  const command = ["--no-warnings", join(root, "scripts/demo.ts"), "--url", url]
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd: root }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, output: stdout + stderr })
    })
  })
}
