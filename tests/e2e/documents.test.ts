/** The hazard: documents that were true once. Every command in them is run as it stands, and ends as they say. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { z } from "zod"
import { DevServer, root } from "./devServer.ts"
import { type Document, documents, readDocument, ReadersShell, runInProject, speaksToShop } from "./documents.ts"
import { Shopper } from "./shopper.ts"

const readme = readDocument("README.md")

describe("the README's walk through", () => {
  let server: DevServer
  let shop: Shopper
  let shell: ReadersShell

  beforeAll(async () => {
    // As `npm start` is, to the last setting.
    server = await DevServer.start()
    shop = new Shopper(server.url)
    shell = new ReadersShell(server.port)
  })

  afterAll(async () => {
    shell.close()
    await server.stop()
  })

  test(
    "every command of it works verbatim, and each sequence ends as described (D-33)",
    { timeout: 300_000 },
    async () => {
      const before = await Promise.all([shop.level("WIDGET-001"), shop.level("GADGET-002")])
      for (const block of readme.blocks.filter(speaksToShop)) await shell.run(block)

      const alice = await shop.ends("cust_alice")
      expect(alice).toMatchObject({ status: "delivered", total: 10_997 })

      const ten = await Promise.all(Array.from({ length: 10 }, (_, index) => shop.ends(`test_${index + 1}`)))
      const declined = ten.filter(({ status }) => status === "cancelled")
      for (const order of declined) expect(order.cancellation?.code).toBe("PAYMENT_DECLINED")

      expect(await shop.ends("cust_oos")).toMatchObject({ status: "cancelled", cancellation: { code: "OUT_OF_STOCK" } })
      expect(await shop.books("cust_oos")).toMatchObject({ kept: 0, balanced: true })

      expect(await shop.ends("cust_cancel")).toMatchObject({ status: "cancelled" })
      expect(await shop.books("cust_cancel")).toMatchObject({ captured: 4_999, refunded: 4_999, balanced: true })

      for (const { id } of [alice, ...ten]) expect((await shop.books(id)).balanced).toBe(true)
      const sold = 2 + ten.length - declined.length
      const [widgets, gadgets] = before
      expect(await shop.level("WIDGET-001")).toMatchObject({ available: widgets.available - sold, reserved: 0 })
      expect(await shop.level("GADGET-002")).toMatchObject({ available: gadgets.available - 1, reserved: 0 })
      expect(await shop.letters()).toEqual([])
    },
  )
})

describe("pages whose commands speak to a shop", () => {
  let server: DevServer
  let shop: Shopper
  let shell: ReadersShell

  beforeAll(async () => {
    // The secret that the page on gateways says such a shop has.
    const [, secret = ""] = /CARRIER_WEBHOOK_SECRET:(whsec_\S+)`/.exec(readDocument("docs/gateways.md").text) ?? []
    server = await DevServer.start({ CARRIER_WEBHOOK_SECRET: secret })
    shop = new Shopper(server.url)
    shell = new ReadersShell(server.port)
  })

  afterAll(async () => {
    shell.close()
    await server.stop()
  })

  test("every such page is run by one of these tests", () => {
    const pages = documents.filter((path) => readDocument(path).blocks.some(speaksToShop))
    const run = [
      "README.md",
      "docs/gateways.md",
      "docs/operations.md",
      "docs/observability.md",
      "docs/trying-it-out.md",
    ]
    // The example is a shop of its own, with a test of its own.
    expect(pages.filter((path) => !path.startsWith("examples/")).toSorted()).toEqual(run.toSorted())
  })

  test("the operators' page works verbatim, and the orders of its examples end", { timeout: 300_000 }, async () => {
    const operations = readDocument("docs/operations.md")
    for (const block of operations.blocks.filter(speaksToShop)) await shell.run(block)
    const customers = customersIn(operations)
    expect(customers.size).toBeGreaterThan(1)
    for (const customerId of customers) {
      const order = await shop.ends(customerId)
      expect([customerId, order.status]).toEqual([customerId, "cancelled"])
      expect(await shop.books(order.id)).toMatchObject({ kept: 0, balanced: true })
    }
    expect(await shop.letters()).toEqual([])
  })

  test("the page on gateways works verbatim: who signs as it says is heard", { timeout: 300_000 }, async () => {
    for (const block of readDocument("docs/gateways.md").blocks.filter(speaksToShop)) {
      expect(await shell.run(block)).toContain('"id":"msg_1"')
    }
    expect(await shop.ends("cust_webhook")).toMatchObject({ status: "delivered" })
  })

  test("the page on observing works verbatim, and finds the orders it places", { timeout: 300_000 }, async () => {
    const [place = "", ...look] = readDocument("docs/observability.md").blocks.filter(speaksToShop)
    await shell.run(place)
    expect((await shop.orders("cust_watched")).map(({ status }) => status)).toEqual([
      "cancelled",
      "delivered",
      "delivered",
    ])
    const [found = ""] = await Promise.all(look.map((block) => shell.run(block)))
    for (const { id } of await shop.orders("cust_watched")) expect(found).toContain(id)
  })

  test("the page on trying it out works verbatim, and its orders end as it says", { timeout: 300_000 }, async () => {
    const page = readDocument("docs/trying-it-out.md")
    for (const block of page.blocks.filter(speaksToShop)) await shell.run(block)
    expect(await shop.ends("try_label")).toMatchObject({
      status: "cancelled",
      cancellation: { code: "SHIPMENT_FAILED" },
    })
    expect(await shop.books("try_timeout")).toMatchObject({ captured: 2_999, kept: 2_999 })
    expect(await shop.orders("try_twice")).toHaveLength(1)
    expect(await shop.ends("try_twice")).toMatchObject({ status: "delivered" })
  })
})

describe("commands that need no shop", () => {
  const blocks = documents.flatMap((path) => readDocument(path).blocks.map((block) => ({ path, block })))
  const commands = blocks
    .filter(({ path, block }) => !speaksToShop(block) && !path.startsWith("examples/"))
    .flatMap(({ block }) => block.split("\n").filter((line) => line !== ""))
  const dry = commands.filter((command) => /--dry-run|--sagas 200\b| button -- /.test(command))

  test.each(dry)("%s works verbatim", { timeout: 120_000 }, async (command) => {
    await expect(runInProject(command)).resolves.toMatch(/\S/)
  })

  test("are few, and every other one is a script that is there", () => {
    expect(dry.length).toBeGreaterThan(4)
    expect(commands.filter((command) => !/^npm (ci|start|test|run (--silent )?[a-z:]+)\b/.test(command))).toEqual([])
  })
})

function customersIn({ text }: Document): ReadonlySet<string> {
  return new Set([...text.matchAll(/"customerId": "(\w+)"/g)].map(([, customerId = ""]) => customerId))
}

const manifest = z.object({
  scripts: z.record(z.string(), z.string()),
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
})

describe("what the documents say of the project is so", () => {
  const { scripts, dependencies, devDependencies } = manifest.parse(
    JSON.parse(readFileSync(join(root, "package.json"), "utf8")),
  )

  test("each script that a document names is there", () => {
    const named = documents
      .filter((path) => !path.startsWith("examples/"))
      .flatMap((path) => [...readDocument(path).text.matchAll(/\bnpm run (?:--silent )?([a-z][a-z0-9:]*)\b/g)])
      .map(([, name = ""]) => name)
    expect(named).toEqual(expect.arrayContaining(["demo", "deploy", "simulate"]))
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })

  test("each dependency has its reason in the README", () => {
    const table = readme.text.slice(readme.text.indexOf("## Dependencies"))
    const all = Object.keys({ ...dependencies, ...devDependencies })
    expect(all.filter((name) => !table.includes(`\`${name}\``))).toEqual([])
  })

  test("each guarantee is the name of a test", () => {
    const rows = [...readme.text.matchAll(/^\| (G\d+) \| (.+)\. \|$/gm)]
    expect(rows.map(([, guarantee]) => guarantee)).toEqual(Array.from({ length: 10 }, (_, index) => `G${index + 1}`))
    const tests = readFileSync(join(root, "tests/worker/guarantees.test.ts"), "utf8")
    const sentences = rows.map(([, guarantee = "", sentence = ""]) => `${guarantee}: ${sentence}`)
    expect(sentences.filter((sentence) => !tests.includes(`test("${sentence}"`))).toEqual([])
  })
})
