// Who hears what, from the services' own declarations: nothing is said into the void, and nobody listens to nothing.
import { describe, expect, test } from "vitest"
import { registry, type Service } from "../../choreography/service.ts"
import { catalog } from "../../events/catalog.ts"
import { find, typesOf } from "../../events/definition.ts"
import { describeEvents } from "../../objects/description.ts"
import { services as transferring } from "../../examples/transfer/services.ts"
import { services } from "../../objects/registry.ts"
import { eventsPage } from "./eventsPage.ts"
import { orderStates } from "./orderStates.ts"
import { arrowsOf, untrueArrows } from "./pictures.ts"
import { code, importsOf, paths, read, type Code, type Finding } from "./project.ts"

const all: readonly Service[] = [...services.services.values()]
const types = typesOf(catalog)

describe("events", () => {
  test("every type has a listener, or is declared final (R-24, 2.1)", () => {
    const unheard = types.filter((type) => services.routes(type).length === 0)
    expect(unheard.filter((type) => find(catalog, type)?.options.final !== true)).toEqual([])
  })

  test("no type that is heard is declared final", () => {
    const heard = types.filter((type) => services.routes(type).length > 0)
    expect(heard.filter((type) => find(catalog, type)?.options.final === true)).toEqual([])
  })

  test("nobody listens to what nobody can say, nor waits for the return of it", () => {
    const wanted = all.flatMap(({ listeners, undelivered }) => [...listeners.keys(), ...undelivered.keys()])
    expect(wanted.filter((type) => !types.includes(type))).toEqual([])
  })

  test("every type is said by one service, and by no other: nobody says another's facts", () => {
    const sayers = types.map((type) => [type, all.filter(({ says }) => says.includes(type)).length] as const)
    expect(sayers.filter(([, count]) => count !== 1)).toEqual([])
  })

  test("a service declares nothing that its own code and its domain never say", () => {
    const idle = all.flatMap(({ name, says }) => {
      const texts = reachedFrom(`objects/${name}.ts`).map(({ text }) => text)
      return says.filter((type) => !texts.some((text) => text.includes(`type: "${type}"`)))
    })
    expect(idle).toEqual([])
  })

  test("a type that nobody hears is found", () => {
    const [, ...rest] = all
    const without = registry(rest)
    expect(types.some((type) => without.routes(type).length === 0 && find(catalog, type)?.options.final !== true)).toBe(
      true,
    )
  })
})

describe("what is written of the events", () => {
  test("docs/events.md is what the services declare", async () => {
    await expect(await eventsPage(describeEvents(), all)).toMatchFileSnapshot("../../docs/events.md")
  })

  test("every event says in a sentence what it says", () => {
    expect(types.filter((type) => !/^[A-Z].*[.?]$/s.test(find(catalog, type)?.options.about ?? ""))).toEqual([])
  })

  test("every arrow of a picture between services is true", () => {
    const pictures = paths.filter((path) => path.endsWith(".md") && arrowsOf(read(path)).length > 0)
    expect(pictures).toContain("README.md")
    const found = pictures.flatMap((path) =>
      untrueArrows(read(path), path.startsWith("examples/transfer/") ? transferring : all).map(
        (why) => `${path}: ${why}`,
      ),
    )
    expect(found).toEqual([])
  })

  test("an arrow that isn't true is found", () => {
    const found = (arrow: string): Finding[] => untrueArrows(`\`\`\`mermaid\nflowchart LR\n  ${arrow}\n\`\`\``, all)
    expect(found("Order -->|Payment.requested, .refund| Payment")).toEqual([])
    expect(found("Order -->|Payment.requested, .refunded| Payment")).toHaveLength(1)
    expect(found("Payment -->|.completed| Order")).toEqual([])
    expect(found("Payment -->|.requested| Order")).toHaveLength(1)
    expect(found("Payment -->|Order.*| Order")).toHaveLength(1)
    expect(found("Payment <-->|charge, refund| gateway([a gateway])")).toEqual([])
    expect(found("Payment <-->|void| gateway([a gateway])")).toHaveLength(1)
  })

  test("a queue of the document is a queue of the configuration, and the other way round", () => {
    const queues = [...read("wrangler.jsonc").matchAll(/"binding": "\w+", "queue": "([\w-]+)"/g)].map(
      ([, name]) => name,
    )
    expect(
      Object.values(describeEvents().channels)
        .flatMap(({ address }) => address ?? [])
        .sort(),
    ).toEqual(queues.sort())
  })
})

describe("the order's states", () => {
  test("docs/order-states.md is what the table says (N8)", async () => {
    await expect(await orderStates()).toMatchFileSnapshot("../../docs/order-states.md")
  })
})

/** A file and what it imports, and so on, of what decides. */
function reachedFrom(start: string): readonly Code[] {
  const reached = new Set<Code>()
  const visit = (path: string): void => {
    const file = code.find((each) => each.path === path)
    if (file === undefined || reached.has(file) || !/^(objects|domain)\//.test(path)) return
    reached.add(file)
    for (const { to } of importsOf(file)) visit(to)
  }
  visit(start)
  return [...reached]
}
