/** The hazard: documents that were true once. Every command in them is run as it stands, and ends as they say. */
import { existsSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { z } from "zod"
import { DevServer, root } from "./devServer.ts"
import { readDocument, ReadersShell, speaksToShop } from "./documents.ts"
import { Shopper } from "./shopper.ts"

const readme = readDocument("README.md")
const operations = readDocument("docs/operations.md")

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

describe("the operators' page", () => {
  let server: DevServer
  let shop: Shopper
  let shell: ReadersShell

  beforeAll(async () => {
    server = await DevServer.start()
    shop = new Shopper(server.url)
    shell = new ReadersShell(server.port)
  })

  afterAll(async () => {
    shell.close()
    await server.stop()
  })

  test("every command of it works verbatim, and the orders of its examples end", { timeout: 300_000 }, async () => {
    for (const block of operations.blocks.filter(speaksToShop)) await shell.run(block)
    const placed = [...operations.text.matchAll(/"customerId": "(\w+)"/g)]
    const customers = new Set(placed.map(([, customerId = ""]) => customerId))
    expect(customers.size).toBeGreaterThan(1)
    for (const customerId of customers) {
      const order = await shop.ends(customerId)
      expect([customerId, order.status]).toEqual([customerId, "cancelled"])
      expect(await shop.books(order.id)).toMatchObject({ kept: 0, balanced: true })
    }
    expect(await shop.letters()).toEqual([])
  })
})

const manifest = z.object({
  scripts: z.record(z.string(), z.string()),
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
})

describe("what the documents say of the project is so", () => {
  const { scripts, dependencies, devDependencies } = manifest.parse(
    JSON.parse(readFileSync(join(root, "package.json"), "utf8")),
  )

  test("each script that the README names is there", () => {
    const named = [...readme.text.matchAll(/\bnpm (?:run )?([a-z][a-z0-9:]*)\b/g)].map(([, name = ""]) => name)
    expect(named).toEqual(expect.arrayContaining(["start", "test", "deploy"]))
    expect(named.filter((name) => name !== "ci" && !(name in scripts))).toEqual([])
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

  test.each([
    "README.md",
    "docs/architecture.md",
    "docs/glossary.md",
    "docs/operations.md",
    "docs/adding-a-service.md",
  ])("%s leads to files that are there", (path) => {
    const { text } = readDocument(path)
    const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link = ""]) => link)
    expect(links.filter((link) => !existsSync(join(root, dirname(path), link)))).toEqual([])
  })
})
