// Who hears what, from the services' own declarations: nothing is said into the void, and nobody listens to nothing.
import { describe, expect, test } from "vitest"
import { registry, type Service } from "../../choreography/service.ts"
import { catalog } from "../../events/catalog.ts"
import { find, typesOf } from "../../events/definition.ts"
import { services } from "../../objects/registry.ts"
import { orderStates } from "./orderStates.ts"
import { code } from "./project.ts"

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

  test("every type is said somewhere", () => {
    const deciders = code.filter(({ path }) => path.startsWith("domain/") || path.startsWith("objects/"))
    const isSaid = (type: string): boolean => deciders.some(({ text }) => text.includes(`type: "${type}"`))
    expect(types.filter((type) => !isSaid(type))).toEqual([])
  })

  test("a type that nobody hears is found", () => {
    const [, ...rest] = all
    const without = registry(rest)
    expect(types.some((type) => without.routes(type).length === 0 && find(catalog, type)?.options.final !== true)).toBe(
      true,
    )
  })
})

describe("the order's states", () => {
  test("docs/order-states.md is what the table says (N8)", async () => {
    await expect(await orderStates()).toMatchFileSnapshot("../../docs/order-states.md")
  })
})
